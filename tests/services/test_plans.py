"""The work of a step on PostgreSQL does not grow with the tables, also where plans were made while they were empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from orchestrator.services import jobs, runtime
from tests.services.test_protocol import MINUTE, claim, deploy, results, start
from tests.support.counting_engine import CountingEngine
from tests.support.houses import WORKER, fresh_database, is_there, open_house

STEPS = 300
ROWS_A_STEP = 12
READ = text(
    "SELECT t.relname, t.seq_tup_read + COALESCE(sum(i.idx_tup_read), 0) FROM pg_stat_user_tables t"
    " LEFT JOIN pg_stat_user_indexes i USING (relid)"
    " WHERE t.relname IN ('jobs', 'element_instances', 'process_instances', 'journal', 'variables')"
    " GROUP BY t.relid, t.relname, t.seq_tup_read"
)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    if not is_there("postgresql"):
        pytest.skip("no PostgreSQL answers here")
    with fresh_database("postgresql", tmp_path) as made:
        yield made


def rows_read(url: str) -> dict[str, int]:
    """Return how many rows of each table were read; a session tells when it ends."""
    house = open_house(url, CountingEngine())
    try:
        return {name: int(count) for name, count in house.rt.database.read(lambda tx: tx.rows(READ))}
    finally:
        runtime.close(house.rt)


@pytest.mark.parametrize("in_hand", [1, 30])
def test_a_step_reads_its_own_rows_and_no_others(url: str, in_hand: int) -> None:
    house = open_house(url, CountingEngine())
    key = deploy(house, "long", ["job:long"] * (STEPS // 30))
    for _ in range(30):
        start(house, key, variables={"n": 1})
    hands = claim(house, "long", max_jobs=30)
    wish = jobs.Onward(types={"long"}, worker="w", lease=MINUTE)
    while hands:
        some, hands = hands[:in_hand], hands[in_hand:]
        said = results(some, variables={"n": len(hands)}, onward=wish)
        hands += [job for job in jobs.complete_together(house.rt, WORKER, said) if job is not None]
    runtime.close(house.rt)

    read = rows_read(url)

    assert {name for name, count in read.items() if count > ROWS_A_STEP * STEPS} == set(), read
