"""Conditional, multiple and parallel multiple start events on every database with the real engine."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.errors import NotFound
from orchestrator.domain.search import PageRequest
from orchestrator.services import (
    conditionals,
    deployments,
    inbox,
    instances,
    messages,
    queries,
    runtime,
    signals,
    timers,
)
from tests.services.test_with_engine import chain, model
from tests.support.houses import ADMIN, House, open_house

HOUR = timedelta(hours=1)


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    opened = open_house(shared_database, None)
    yield opened
    runtime.close(opened.rt)


def conditional(process_id: str, condition: str, extension: str = "") -> Any:
    start = (
        f'<startEvent id="s"><conditionalEventDefinition><condition>{condition}</condition>{extension}'
        "</conditionalEventDefinition></startEvent>"
    )
    return model(process_id, f'{start}<userTask id="t"/>' + chain("s", "t"))


def gathers(process_id: str, *events: str, together: bool = True) -> Any:
    """A process that begins when all of its events have come; messages and signals have names after its own."""
    flag = f'parallelMultiple="{str(together).lower()}"'
    before = (
        f'<message id="a" name="{process_id}-a"/><message id="b" name="{process_id}-b"/>'
        f'<signal id="g" name="{process_id}-g"/>'
    )
    body = f'<startEvent id="s" {flag}>{"".join(events)}</startEvent><userTask id="t"/>' + chain("s", "t")
    return model(process_id, body, before)


A, B = '<messageEventDefinition messageRef="a"/>', '<messageEventDefinition messageRef="b"/>'
SIGNAL = '<signalEventDefinition signalRef="g"/>'
BEAT = "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>"


def deploy(house: House, *resources: Any) -> Any:
    return deployments.deploy(house.rt, ADMIN, resources)


def running(house: House, process_id: str) -> list[dict[str, Any]]:
    """What has begun, each with its variables."""
    found = queries.search(house.rt, ADMIN, "instances", page=PageRequest(limit=1000)).items
    keys = [row["instance_key"] for row in found if row["process_id"] == process_id]
    named = queries.search(house.rt, ADMIN, "variables", page=PageRequest(limit=1000)).items
    return [{row["name"]: row["value"] for row in named if row["instance_key"] == key} for key in keys]


def publish(house: House, name: str, key: str = "", **values: Any) -> None:
    messages.publish(
        house.rt, ADMIN, name=name, correlation_key=key, variables=values, time_to_live=HOUR, message_id=str(values)
    )


def test_variables_start_the_processes_whose_condition_they_make_true(house: House) -> None:
    deploy(house, conditional("warm", "=celsius &gt; 20"), conditional("hot", "=celsius &gt; 30"))

    evaluated = conditionals.evaluate(house.rt, ADMIN, variables={"celsius": 25})

    (started,) = evaluated.started
    assert queries.get(house.rt, ADMIN, "instances", started.instance_key)["process_id"] == "warm"
    assert running(house, "warm") == [{"celsius": 25}]
    assert running(house, "hot") == []


@pytest.mark.parametrize("given", [{}, {"degrees": "many"}, {"degrees": None}])
def test_a_condition_that_fails_or_has_nothing_to_look_at_starts_nothing(house: House, given: dict[str, Any]) -> None:
    deploy(house, conditional("careful", "=degrees &gt; 20"))

    assert conditionals.evaluate(house.rt, ADMIN, variables=given).started == []


def test_a_condition_may_ask_for_variables_by_name(house: House) -> None:
    narrowed = '<extensionElements><zeebe:conditionalFilter variableNames="wanted"/></extensionElements>'
    (made,) = deploy(house, conditional("narrow", "=true", narrowed)).processes

    def asked(**values: Any) -> int:
        found = conditionals.evaluate(house.rt, ADMIN, variables=values, definition_key=made.definition_key)
        return len(found.started)

    assert (asked(other=1), asked(wanted=1)) == (0, 1)


def test_only_the_newest_version_is_started_by_a_condition(house: House) -> None:
    (old,) = deploy(house, conditional("newest", "=x = 1")).processes
    (new,) = deploy(house, conditional("newest", "=x = 2")).processes

    def asked(key: int, x: int) -> int:
        return len(conditionals.evaluate(house.rt, ADMIN, variables={"x": x}, definition_key=key).started)

    assert (asked(old.definition_key, 1), asked(new.definition_key, 1), asked(new.definition_key, 2)) == (0, 0, 1)
    deployments.delete(house.rt, ADMIN, _cancelled(house, "newest", new.definition_key))
    assert asked(old.definition_key, 1) == 1
    with pytest.raises(NotFound, match="no process definition 77"):
        conditionals.evaluate(house.rt, ADMIN, variables={}, definition_key=77)


def _cancelled(house: House, process_id: str, definition_key: int) -> int:
    for row in queries.search(house.rt, ADMIN, "instances", page=PageRequest(limit=1000)).items:
        if row["process_id"] == process_id and row["status"] == "ACTIVE":
            instances.cancel(house.rt, ADMIN, row["instance_key"])
    return definition_key


def test_any_of_several_events_starts_an_instance(house: House) -> None:
    deploy(house, gathers("any", A, SIGNAL, together=False))

    publish(house, "any-a", a=1)
    signals.broadcast(house.rt, ADMIN, name="any-g", variables={"g": 1})

    assert running(house, "any") == [{"a": 1}, {"g": 1}]


def test_all_of_several_events_start_one_instance_with_what_each_has_brought(house: House) -> None:
    deploy(house, gathers("all", A, SIGNAL))

    publish(house, "all-a", a=1)
    assert running(house, "all") == []
    house.reopen()
    signals.broadcast(house.rt, ADMIN, name="all-g", variables={"g": 2})

    assert running(house, "all") == [{"a": 1, "g": 2}]


def test_messages_are_gathered_by_their_correlation_key(house: House) -> None:
    deploy(house, gathers("keyed", A, B))

    publish(house, "keyed-a", "one", a=1)
    publish(house, "keyed-b", "two", b=2)
    assert running(house, "keyed") == []
    publish(house, "keyed-b", "one", b=1)

    assert running(house, "keyed") == [{"a": 1, "b": 1}]


def test_an_event_that_comes_again_waits_for_the_next_round(house: House) -> None:
    deploy(house, gathers("rounds", A, B))

    publish(house, "rounds-a", "k", a=1)
    publish(house, "rounds-a", "k", a=1)  # the same message
    publish(house, "rounds-a", "k", a=2)
    publish(house, "rounds-b", "k", b=1)
    publish(house, "rounds-b", "k", b=2)
    publish(house, "rounds-b", "k", b=3)

    assert running(house, "rounds") == [{"a": 1, "b": 1}, {"a": 2, "b": 2}]


def test_a_timer_may_be_one_of_the_events(house: House) -> None:
    deploy(house, gathers("timed", SIGNAL, BEAT))
    signals.broadcast(house.rt, ADMIN, name="timed-g", variables={"g": 1})
    assert running(house, "timed") == []

    house.clock.advance(hours=1)
    while timers.fire_due(house.rt) or inbox.drain(house.rt):
        pass

    assert running(house, "timed") == [{"g": 1}]


def test_a_message_that_was_there_before_the_deployment_counts(house: House) -> None:
    publish(house, "early-a", "k", a=1)
    publish(house, "early-b", "k", b=1)

    deploy(house, gathers("early", A, B))
    while inbox.drain(house.rt):
        pass

    assert running(house, "early") == [{"a": 1, "b": 1}]


def test_what_has_come_survives_a_new_version_that_still_waits_for_it(house: House) -> None:
    deploy(house, gathers("versions", A, B))
    publish(house, "versions-a", "k", a=1)

    deploy(house, gathers("versions", A, B, SIGNAL.replace("/>", ">") + "</signalEventDefinition>", together=True))
    publish(house, "versions-b", "k", b=1)
    assert running(house, "versions") == []

    deploy(house, gathers("versions", A, B))
    publish(house, "versions-a", "k", a=2)
    assert running(house, "versions") == [{"a": 1, "b": 1}]


def test_the_last_event_starts_once_when_two_processes_bring_it_at_the_same_moment(shared_database: str) -> None:
    if shared_database.startswith("sqlite"):
        pytest.skip("SQLite's file belongs to one process")
    houses = [open_house(shared_database, None) for _ in range(2)]
    deploy(houses[0], gathers("race", A, B))

    with ThreadPoolExecutor(2) as pool:
        for number in range(10):
            for name, house in zip("ab", houses, strict=True):
                pool.submit(publish, house, f"race-{name}", str(number), **{name: number})

    assert len(running(houses[0], "race")) == 10
    for house in houses:
        runtime.close(house.rt)


def test_variables_of_conditions_are_gathered_too(house: House) -> None:
    condition = "<conditionalEventDefinition><condition>=x = 1</condition></conditionalEventDefinition>"
    (made,) = deploy(house, gathers("mixed", SIGNAL, condition)).processes
    values = {"x": 1, "unlike": "others"}

    key = made.definition_key
    assert conditionals.evaluate(house.rt, ADMIN, variables=values, definition_key=key).started == []
    signals.broadcast(house.rt, ADMIN, name="mixed-g")

    assert running(house, "mixed") == [{"x": 1, "unlike": "others"}]
