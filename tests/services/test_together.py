"""Results that go out together lead where they lead one by one: in answers, in rows, and in what comes after."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from orchestrator.domain.errors import OrchestratorError
from orchestrator.services import deployments, inbox, instances, jobs, messages, queries, runtime, user_tasks
from orchestrator.services.deployments import Resource
from orchestrator.store.encoding import unpack
from orchestrator.store.schema import instances as it
from orchestrator.store.schema import waiting as w
from tests.services.test_protocol import MINUTE
from tests.support import blocks
from tests.support.bpmn import as_bpmn
from tests.support.houses import ADMIN, WORKER, House, open_house

TABLES = (
    it.process_instances,
    it.element_instances,
    it.variables,
    it.journal,
    it.incidents,
    w.jobs,
    w.user_tasks,
    w.message_subscriptions,
    w.signal_subscriptions,
    w.timers,
    w.inbox,
)
MASKED = frozenset({"revision", "lease_token", "variable_key"})  #: a row is written once for many steps
ROUNDS = 8
KEY = re.compile(r"\b\d{6,}\b")


@pytest.fixture(scope="module")
def houses() -> Iterator[list[House]]:
    both = [open_house("sqlite://", None), open_house("sqlite://", None)]
    yield both
    for house in both:
        runtime.close(house.rt)


def begin(house: House, block: Any) -> None:
    """Start an instance of a model in a house where no other is."""
    for table in TABLES:
        house.rt.database.run(lambda tx, t=table: tx.write(delete(t)))
    source = as_bpmn(*blocks.model(block))
    deployments.deploy(house.rt, ADMIN, [Resource(name="p.bpmn", content=source)])
    instances.start(house.rt, ADMIN, process_id="p")


def all_rows(house: House) -> list[str]:
    """Return every row, its keys replaced by their rank: keys drawn in vain leave gaps."""
    told = []
    for table in TABLES:
        for row in house.rt.database.read(lambda tx, t=table: tx.rows(select(t).order_by(*t.primary_key))):
            told.append([table.name, *(_plain(name, value) for name, value in row._mapping.items())])
    text = json.dumps(told, default=str)
    ranks = {key: f"#{rank}" for rank, key in enumerate(sorted(set(KEY.findall(text)), key=int))}
    return [KEY.sub(lambda found: ranks[found.group()], json.dumps(each, default=str)) for each in told]


def _plain(name: str, value: Any) -> Any:
    if name in MASKED:
        return None
    if isinstance(value, bytes):
        return re.sub(r'"sum":"\w+"', "", unpack(value).decode(errors="replace"))
    return str(value) if name.endswith(("_at", "at")) else value


def results(house: House, picks: list[int]) -> list[jobs.Completion]:
    """Lease what there is, and choose in which order it is reported; one result comes twice."""
    kinds = sorted({row["type"] for row in queries.search(house.rt, ADMIN, "jobs").items})
    claimed = jobs.activate(house.rt, WORKER, type=kinds, worker="w", timeout=MINUTE, max_jobs=50) if kinds else []
    onward = jobs.Onward(types=set(kinds[::2]), worker="w", lease=MINUTE)
    claimed.sort(key=lambda job: job.key)
    said = [
        jobs.Completion(job_key=job.key, lease_token=job.lease_token, variables={"v": n}, onward=onward)
        for n, job in enumerate(claimed)
    ]
    said = [said[n] for n in sorted(range(len(said)), key=lambda n: (picks[n % len(picks)], n))]
    return [*said, *said[:1]]


def one_by_one(house: House, said: list[jobs.Completion]) -> list[Any]:
    answers: list[Any] = []
    for each in said:
        try:
            answers.append(jobs.complete(house.rt, WORKER, **{name: getattr(each, name) for name in each.__slots__}))
        except OrchestratorError as refusal:
            answers.append(refusal)
    return answers


def shape(answers: list[Any]) -> list[Any]:
    return [
        (each.element_id, each.variables) if hasattr(each, "element_id") else each and (type(each).__name__)
        for each in answers
    ]


def go_on(house: House) -> None:
    """Let people and messages do what they can."""
    for task in queries.search(house.rt, ADMIN, "user_tasks", filter={"status": "CREATED"}).items[:1]:
        user_tasks.complete(house.rt, ADMIN, task["user_task_key"], {})
    for waiting in queries.search(house.rt, ADMIN, "message_subscriptions").items[:1]:
        messages.publish(house.rt, ADMIN, name=waiting["message_name"], correlation_key="1")
    inbox.drain(house.rt, limit=10)
    house.clock.advance(seconds=61)


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a smaller one takes longer than it saves
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(blocks.blocks, min_size=2, max_size=3), st.lists(st.integers(0, 9), min_size=1, max_size=5))
def test_together_and_one_by_one_are_the_same(houses: list[House], inner: list[Any], picks: list[int]) -> None:
    together, alone = houses
    for house in houses:
        begin(house, blocks.named(("par", "t", inner)))
    for _ in range(ROUNDS):
        said = results(together, picks), results(alone, picks)
        answers = jobs.complete_together(together.rt, WORKER, said[0])
        assert shape(answers) == shape(one_by_one(alone, said[1]))
        assert all_rows(together) == all_rows(alone)
        for house in houses:
            go_on(house)
