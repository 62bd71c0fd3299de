"""Messages, signals and timers between instances, on every database with the real engine."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from orchestrator.services import inbox, instances, messages, queries, runtime, signals, timers, user_tasks
from tests.services.test_with_engine import chain, deploy, flow, model, task
from tests.support.houses import ADMIN, House, open_house

HOUR = timedelta(hours=1)
NUMBERS = count()


class Town(House):
    """A house whose process ids, messages and signals no other test has."""

    def __init__(self, house: House) -> None:
        super().__init__(house.rt, house.clock, house.engine)
        self.tag = f"mt{next(NUMBERS)}"

    def deploy(self, name: str, body: str) -> None:
        before = (
            f'<message id="m" name="{self.tag}"><extensionElements><zeebe:subscription correlationKey="=key"/>'
            f'</extensionElements></message><signal id="g" name="{self.tag}"/>'
        )
        deploy(self, model(f"{self.tag}{name}", body, before))

    def start(self, name: str, **variables: Any) -> int:
        started = instances.start(self.rt, ADMIN, process_id=f"{self.tag}{name}", variables=variables)
        self.settle()
        return int(started.instance_key)

    def publish(self, to: str = "k", /, *, keep: bool = False, identity: str = "", **variables: Any) -> Any:
        answer = messages.publish(
            self.rt,
            ADMIN,
            name=self.tag,
            correlation_key=to,
            variables=variables,
            time_to_live=HOUR if keep else timedelta(0),
            message_id=identity,
        )
        self.settle()
        return answer

    def settle(self) -> None:
        self.reopen()
        while inbox.drain(self.rt):
            pass

    def tick(self) -> int:
        fired = timers.fire_due(self.rt)
        self.settle()
        return fired

    def runs(self, name: str) -> list[dict[str, Any]]:
        found = queries.search(self.rt, ADMIN, "instances", filter={"process_id": f"{self.tag}{name}"}).items
        return sorted((dict(row) for row in found), key=lambda row: row["instance_key"])

    def states(self, name: str) -> list[str]:
        return [row["status"] for row in self.runs(name)]

    def seen(self, instance: int, name: str = "v") -> Any:
        found = queries.search(self.rt, ADMIN, "variables", filter={"instance_key": instance, "name": name}).items
        return found[0]["value"] if found else None

    def finish(self, instance: int) -> None:
        (open_task,) = queries.search(
            self.rt, ADMIN, "user_tasks", filter={"instance_key": instance, "status": "CREATED"}
        ).items
        user_tasks.complete(self.rt, ADMIN, open_task["user_task_key"], variables={})
        self.settle()


@pytest.fixture
def town(shared_database: str) -> Iterator[Town]:
    opened = open_house(shared_database, None)
    yield Town(opened)
    runtime.close(opened.rt)


START, WAIT = '<startEvent id="s"/>', '<receiveTask id="w" messageRef="m"/>'
WORK = '<userTask id="u"><extensionElements><zeebe:userTask/></extensionElements></userTask>'
BY_MESSAGE = '<startEvent id="s"><messageEventDefinition id="d" messageRef="m"/></startEvent>'
BY_SIGNAL = '<startEvent id="s"><signalEventDefinition id="d" signalRef="g"/></startEvent>'
THROW = '<intermediateThrowEvent id="t"><{0}EventDefinition id="td" {0}Ref="{1}"/></intermediateThrowEvent>'


def test_one_instance_of_each_process_gets_a_message_whatever_its_version(town: Town) -> None:
    town.deploy("a", START + WAIT + chain("s", "w"))
    first = town.start("a", key="k")
    town.deploy("a", START + WAIT + '<task id="x"/>' + chain("s", "w", "x"))
    town.deploy("b", START + WAIT + chain("s", "w"))
    second, other = town.start("a", key="k"), town.start("b", key="k")

    town.publish(v=1)
    assert (town.states("a"), town.states("b")) == (["COMPLETED", "ACTIVE"], ["COMPLETED"])
    town.publish(v=2)

    assert [town.seen(each) for each in (first, second, other)] == [1, 2, 1]


def test_a_kept_message_waits_for_its_time_and_is_used_once_oldest_first(town: Town) -> None:
    town.deploy("a", START + WAIT + chain("s", "w"))
    town.publish(v=1, keep=True)
    town.publish(v=2, keep=True)
    town.publish(v=3)

    found = [town.seen(town.start("a", key="k")) for _ in range(3)]
    assert found == [1, 2, None]
    town.publish("late", v=4, keep=True)
    town.clock.advance(hours=2)

    assert town.seen(town.start("a", key="late")) is None


def test_other_processes_may_have_a_kept_message_too(town: Town) -> None:
    town.deploy("a", START + WAIT + chain("s", "w"))
    town.deploy("b", START + WAIT + chain("s", "w"))
    town.publish(v=1, keep=True)

    assert [town.seen(town.start(name, key="k")) for name in "aba"] == [1, 1, None]


def test_a_number_as_key_meets_its_text(town: Town) -> None:
    town.deploy("a", START + WAIT + chain("s", "w"))
    instance = town.start("a", key=7)

    town.publish("7", v=1)

    assert town.seen(instance) == 1


def test_a_key_starts_one_living_instance_and_later_messages_wait_their_turn(town: Town) -> None:
    town.deploy("a", BY_MESSAGE + WORK + chain("s", "u"))
    for number in (1, 2, 3):
        town.publish(v=number, keep=number != 2)
    assert [town.seen(row["instance_key"]) for row in town.runs("a")] == [1]

    town.finish(town.runs("a")[0]["instance_key"])

    assert [town.seen(row["instance_key"]) for row in town.runs("a")] == [1, 3]


def test_a_message_without_key_always_starts_an_instance(town: Town) -> None:
    town.deploy("a", BY_MESSAGE + WORK + chain("s", "u"))

    for number in (1, 2):
        town.publish("", v=number)

    assert town.states("a") == ["ACTIVE", "ACTIVE"]


def test_who_waits_comes_before_a_start_event_of_the_same_process(town: Town) -> None:
    town.deploy("a", BY_MESSAGE + WAIT + WORK + chain("s", "w", "u"))

    town.publish("k", key="k")
    town.publish("k", v=1)
    assert (town.states("a"), town.seen(town.runs("a")[0]["instance_key"])) == (["ACTIVE"], 1)


def test_a_message_id_is_taken_once_for_a_name_and_key(town: Town) -> None:
    town.deploy("a", START + WAIT + chain("s", "w"))
    one, two = town.start("a", key="k"), town.start("a", key="k")

    first, again = town.publish(v=1, keep=True, identity="i"), town.publish(v=2, keep=True, identity="i")

    assert (again.message_key, again.duplicate) == (first.message_key, True)
    assert [town.seen(one), town.seen(two)] == [1, None]


def test_buffered_messages_all_come_to_a_boundary_that_does_not_interrupt(town: Town) -> None:
    border = '<boundaryEvent id="b" attachedToRef="u" cancelActivity="false"><messageEventDefinition messageRef="m"/>'
    count = task("c", '<zeebe:script expression="=n + v" resultVariable="n"/>', "scriptTask")
    town.deploy("a", START + WORK + border + "</boundaryEvent>" + count + chain("s", "u") + flow("b", "c"))
    for number in (1, 20, 300):
        town.publish(v=number, keep=True)

    instance = town.start("a", key="k", n=0)

    assert town.seen(instance, "n") == 321


def test_an_instance_may_send_itself_a_message_by_way_of_the_store(town: Town) -> None:
    body = START + '<parallelGateway id="f"/>' + WAIT + THROW.format("message", "m")
    town.deploy("a", body + chain("s", "f", "w") + flow("f", "t"))

    town.start("a", key="k")

    assert town.states("a") == ["COMPLETED"]


def test_a_signal_reaches_each_waiting_instance_once_and_every_start_event(town: Town) -> None:
    catch = '<intermediateCatchEvent id="c"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>'
    both = START + '<parallelGateway id="f"/>' + catch + THROW.format("signal", "g")
    twice = catch.replace('"c"', '"c2"')
    town.deploy("a", both + twice + chain("s", "f", "c", "c2") + flow("f", "t"))
    town.deploy("b", BY_SIGNAL + WORK + chain("s", "u"))
    town.deploy("c", START + catch + chain("s", "c"))
    town.start("c")

    town.start("a")
    assert (town.states("a"), town.states("b"), town.states("c")) == (["ACTIVE"], ["ACTIVE"], ["COMPLETED"])
    signals.broadcast(town.rt, ADMIN, name=town.tag)
    town.settle()

    assert (town.states("a"), town.states("b")) == (["COMPLETED"], ["ACTIVE", "ACTIVE"])


CATCH_UPS = {
    "R5/PT1H": ("", [5, 5, 5]),  # finite: every missed firing
    "R/PT1H": ("", [1, 2, 3]),  # endless: one late, then the next of the beat
    "0 0 * * * *": ("", [1, 2, 3]),
    "R4/PT1H": ("once", [1, 1, 1]),
    "R/PT1H ": ("all", [5, 6, 7]),
    " R/PT1H": ("skip", [0, 1, 2]),
}


@pytest.mark.parametrize("cycle", CATCH_UPS)
def test_what_a_downtime_has_missed_is_caught_up_by_the_rule(town: Town, cycle: str) -> None:
    how, expected = CATCH_UPS[cycle]
    said = f'<zeebe:properties><zeebe:property name="baton.catchUp" value="{how}"/></zeebe:properties>' if how else ""
    border = (
        f'<boundaryEvent id="b" attachedToRef="u" cancelActivity="false"><extensionElements>{said}</extensionElements>'
        f"<timerEventDefinition><timeCycle>{cycle.strip()}</timeCycle></timerEventDefinition></boundaryEvent>"
    )
    counted = task("c", '<zeebe:script expression="=n + 1" resultVariable="n"/>', "scriptTask")
    town.deploy("a", START + WORK + border + counted + chain("s", "u") + flow("b", "c"))
    instance = town.start("a", n=0)

    found = []
    for span in (timedelta(hours=5, minutes=30), HOUR, HOUR):
        town.clock.advance(seconds=span.total_seconds())
        while town.tick():
            pass
        found.append(town.seen(instance, "n"))

    assert found == expected
