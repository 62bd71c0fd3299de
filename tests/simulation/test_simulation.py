"""The promises hold in every simulated history; without any one rule of the protocol they do not."""

import os

import pytest

from benchmarks import promises
from benchmarks.rules import RULES
from orchestrator.store.schema.instances import journal
from tests.simulation.world import Faults, history

SEEDS = int(os.environ.get("BATON_SIMULATION_SEEDS", "25"))
MUTANT_SEEDS = 40
CALM = Faults(0, 0, 0, 0, 0)


def broken_promises(seed: int, faults: Faults | None = None) -> list[str]:
    world = history(seed, faults)
    try:
        return world.violations()
    finally:
        world.close()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_or_done_twice(seed: int) -> None:
    assert broken_promises(seed) == []


@pytest.mark.parametrize("seed", range(5))
def test_without_faults_every_effect_happens_once(seed: int) -> None:
    assert broken_promises(seed, CALM) == []


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
        assert first.rows(journal) == second.rows(journal)
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize("rule", RULES)
def test_without_this_rule_a_promise_breaks(rule: str) -> None:
    faults = CALM if RULES[rule].calm else None  # nothing but the missing rule is to blame for doubled effects
    with RULES[rule].without():
        broken = next((seed for seed in range(MUTANT_SEEDS) if broken_promises(seed, faults)), None)
    assert broken is not None, f"{MUTANT_SEEDS} histories without «{RULES[rule].says}» kept every promise"


def test_the_revision_alone_keeps_steps_from_being_written_over_when_the_lock_is_gone() -> None:
    with RULES["instance-lock"].without():
        found = [each for seed in range(5) for each in broken_promises(seed)]

    assert not [each for each in found if each.startswith(promises.TWICE)]
