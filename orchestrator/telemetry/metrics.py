"""Numbers for Prometheus: jobs, models, records, and how many of everything there are."""

from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

from orchestrator.domain.model_call import NANO, ModelCall
from orchestrator.domain.records import Record

JOBS = Counter("baton_jobs", "Attempts at jobs by the embedded connectors", ["type", "outcome"])
JOB_SECONDS = Histogram(
    "baton_job_seconds",
    "Time of an attempt",
    ["type"],
    buckets=(0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900),
)
TOKENS = Counter("baton_model_tokens", "Tokens of language models", ["provider", "model", "direction"])
COST = Counter("baton_model_cost", "Cost of language models", ["provider", "model", "currency"])
RECORDS = Counter("baton_records", "What happened to process instances", ["kind"])
NOW = Gauge("baton_now", "How many there are at this moment", ["noun"])


def job_done(job_type: str, outcome: str, seconds: float) -> None:
    """Count an attempt."""
    JOBS.labels(job_type, outcome).inc()
    JOB_SECONDS.labels(job_type).observe(seconds)


def models_asked(calls: Sequence[ModelCall]) -> None:
    """Count tokens and cost of calls to language models."""
    for call in calls:
        TOKENS.labels(call.provider, call.model, "in").inc(call.tokens_in)
        TOKENS.labels(call.provider, call.model, "out").inc(call.tokens_out)
        COST.labels(call.provider, call.model, call.currency).inc((call.cost or 0) / NANO)


def observe(records: Sequence[Record]) -> None:
    """Count what a step said has happened."""
    for kind, count in Tally(type(record).__name__ for record in records).items():
        RECORDS.labels(kind).inc(count)


def counted(overview: Mapping[str, Any]) -> None:
    """Show the plain numbers of the dashboard."""
    for noun, value in overview.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            NOW.labels(noun).set(value)
