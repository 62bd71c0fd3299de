"""Numbers: attempts, tokens and cost, records, and how many there are."""

from prometheus_client import REGISTRY

from orchestrator.domain.keys import Key
from orchestrator.domain.model_call import ModelCall
from orchestrator.domain.records import InstanceCompleted
from orchestrator.telemetry import metrics


def value(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


def test_an_attempt_is_counted_with_its_outcome_and_time():
    before = value("baton_jobs_total", type="test:1", outcome="failed")

    metrics.job_done("test:1", "failed", 0.3)

    assert value("baton_jobs_total", type="test:1", outcome="failed") == before + 1
    assert value("baton_job_seconds_count", type="test:1") >= 1


def test_calls_of_language_models_are_counted_by_tokens_and_cost():
    labels = {"provider": "p", "model": "m"}
    before = value("baton_model_tokens_total", direction="in", **labels)

    metrics.models_asked([ModelCall(**labels, tokens_in=10, tokens_out=3, cost=500_000_000, currency="EUR")])

    assert value("baton_model_tokens_total", direction="in", **labels) == before + 10
    assert value("baton_model_cost_total", currency="EUR", **labels) >= 0.5


def test_a_cost_that_is_not_known_counts_as_nothing():
    labels = {"provider": "q", "model": "m"}

    metrics.models_asked([ModelCall(**labels, cost=None)])

    assert value("baton_model_cost_total", currency="USD", **labels) == 0


def test_records_and_plain_numbers_of_the_overview_are_shown():
    before = value("baton_records_total", kind="InstanceCompleted")

    metrics.observe([InstanceCompleted(instance_key=Key(1)), InstanceCompleted(instance_key=Key(2))])
    metrics.counted({"active_instances": 4, "recent": [1, 2], "healthy": True})

    assert value("baton_records_total", kind="InstanceCompleted") == before + 2
    assert value("baton_now", noun="active_instances") == 4
    assert REGISTRY.get_sample_value("baton_now", {"noun": "healthy"}) is None
