"""The past of every sample's every case can be repeated: what comes out is what was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from connectors.registry import installed
from orchestrator import bootstrap, cases
from orchestrator.domain.access import SYSTEM
from orchestrator.domain.keys import DEFAULT_TENANT
from orchestrator.domain.search import PageRequest
from orchestrator.services import past, queries
from orchestrator.services.runtime import Runtime
from orchestrator.store.encoding import unpack
from orchestrator.store.locating import snapshots

FOLDER = Path(__file__).parents[2] / "process_models"
CASES = list(cases.find(FOLDER))


def repeat_all(rt: Runtime) -> int:
    """Repeat every root instance; compare its end with what the database keeps of it."""
    page = PageRequest(limit=1000)
    roots = queries.search(rt, SYSTEM, "instances", filter={"parent_instance_key": {"exists": False}}, page=page).items
    for row in roots:
        key = row["instance_key"]
        now = rt.database.read(lambda tx, key=key: past.moment(rt, tx, key, None, DEFAULT_TENANT))  # type: ignore[misc]
        kept = rt.database.read(lambda tx, key=key: snapshots(tx, [key])[key])  # type: ignore[misc]
        assert now.is_over == (kept is None)
        assert kept is None or now.snapshot.core == unpack(kept)
    return len(roots)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.model}/{case.file.stem}")
def test_every_instance_of_a_case_comes_out_again(case: cases.Case) -> None:
    repeated = []

    @contextmanager
    def watched(clock: Callable[[], datetime]) -> Iterator[Runtime]:
        with bootstrap._case_runtime(clock) as rt:
            yield rt
            repeated.append(repeat_all(rt))

    assert cases.run(case, installed(), watched).problems == ()
    assert sum(repeated) > 0
