"""The promises hold in every simulated history; without any one rule of the protocol they do not."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from orchestrator.services import jobs
from orchestrator.services.residents import Residents
from orchestrator.store import claims
from tests.simulation import world as simulation
from tests.simulation.world import Faults, history

SEEDS = int(os.environ.get("BATON_SIMULATION_SEEDS", "25"))
MUTANT_SEEDS = 40


CALM = Faults(0, 0, 0, 0, 0)


def broken_promises(seed: int, mutant: str = "", faults: Faults | None = None) -> list[str]:
    world = history(seed, faults, mutant)
    try:
        return list(world.violations())
    finally:
        world.close()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_or_done_twice(seed: int) -> None:
    assert broken_promises(seed) == []


@pytest.mark.parametrize("seed", range(5))
def test_without_faults_every_effect_happens_once(seed: int) -> None:
    assert broken_promises(seed, faults=CALM) == []


def test_faults_do_happen() -> None:
    worlds = [history(seed) for seed in range(3)]
    counts = worlds[0].counts + worlds[1].counts + worlds[2].counts
    for world in worlds:
        world.close()
    assert min(counts["crashes"], counts["pauses"], counts["replies lost"]) > 0


def test_the_same_seed_gives_the_same_history() -> None:
    first, second = history(3), history(3)
    try:
        assert (first.effects, first.counts, first.now) == (second.effects, second.counts, second.now)
        assert first.rows(simulation.schema.instances.journal) == second.rows(simulation.schema.instances.journal)
    finally:
        first.close()
        second.close()


def _stale(self: Residents, key: int, revision: int) -> Any:
    return self._kept.get(key)


def _in_two_transactions(rt: Any, who: Any, job_key: int, *, lease_token: str, variables: Any) -> None:
    def mark(tx: Any) -> bool:
        values = {"status": "COMPLETED", "open_type": None}
        own = simulation.schema.waiting.jobs
        changed = own.update().where(
            own.c.job_key == job_key, own.c.lease_token == lease_token, own.c.status == "ACTIVATED"
        )
        return tx.write(changed.values(values)) == 1

    if rt.database.run(mark):
        _marked.job_key = job_key
        _complete(rt, who, job_key, lease_token=lease_token, variables=variables)


# a patch inside a simulated process would be undone in another's order: what is patched asks whom it is for
_marked = threading.local()


def _require_unmarked(located: Any, job_key: int, lease_token: str | None) -> None:
    if getattr(_marked, "job_key", None) != job_key:
        _require_lease(located, job_key, lease_token)


_require_lease = jobs._require_lease


_complete = jobs.complete
_claim = claims.claim


def _never_again(tx: Any, kind: str, tenant: str, **rest: Any) -> Any:
    with patch.object(
        claims, "_sqlite", lambda dialect: _SQLITE(dialect).replace("tenant = ?", "tenant = ? AND status = 'AVAILABLE'")
    ):
        return _claim(tx, kind, tenant, **rest)


_SQLITE = claims._sqlite


def _by_own_clock(tx: Any, kind: str, tenant: str, **rest: Any) -> Any:
    """The claim believes the clock of the worker, which is wrong by half a minute."""
    skew = timedelta(seconds=30 if rest["worker"].endswith("0") else -30)
    tx._now = tx.now + skew
    return _claim(tx, kind, tenant, **rest)


@contextmanager
def without(rule: str) -> Iterator[None]:
    match rule:
        case "fence":
            with patch.object(jobs, "_require_lease"):
                yield
        case "instance lock":
            with patch.object(Residents, "take", _stale):
                yield
        case "completion in one transaction":
            with (
                patch.object(jobs, "complete", _in_two_transactions),
                patch.object(jobs, "_require_lease", _require_unmarked),
                patch.object(jobs, "_repeats", return_value=False),
            ):
                yield
        case "retaking expired leases":
            with patch.object(jobs, "claim", _never_again):
                yield
        case "the database's clock":
            with patch.object(jobs, "claim", _by_own_clock):
                yield
        case "effect before acknowledgement":
            yield
        case _:
            raise AssertionError(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "fence",
        "instance lock",
        "completion in one transaction",
        "effect before acknowledgement",
        "retaking expired leases",
        "the database's clock",
    ],
)
def test_without_this_rule_a_promise_breaks(rule: str) -> None:
    mutant = "acknowledge before the effect" if rule == "effect before acknowledgement" else ""
    faults = CALM if rule == "the database's clock" else None  # nothing but the clocks is to blame for doubles
    with without(rule):
        broken = next((seed for seed in range(MUTANT_SEEDS) if broken_promises(seed, mutant, faults)), None)
    assert broken is not None, f"{MUTANT_SEEDS} histories without «{rule}» kept every promise"
