"""The same request under the same key: done once, answered the same, on every database and through every door."""

import threading
from datetime import timedelta

import pytest

from orchestrator.domain.errors import Conflict, Invalid, KeyReused, NotFound
from orchestrator.domain.search import PageRequest
from orchestrator.services import answers, deployments, instances, messages, queries, signals
from orchestrator.services.answers import Kept, Receipt
from orchestrator.services.deployments import Resource
from tests.services.test_protocol import deploy
from tests.support.houses import ADMIN, WORKER, House


def ask(house: House, key: str, content: str = "body", who=ADMIN) -> Kept | Receipt:
    return answers.recall(
        house.rt, who, key, content.encode().ljust(32), lambda result: Kept(200, "text/plain", str(result))
    )


def receipt(house: House, key: str) -> Receipt:
    found = ask(house, key)
    assert isinstance(found, Receipt)
    return found


def count(house: House, process_id: str) -> int:
    found = queries.search(house.rt, ADMIN, "instances", page=PageRequest(limit=1000)).items
    return sum(1 for row in found if row["process_id"] == process_id)


def test_an_instance_is_started_once_under_a_key(house: House) -> None:
    definition = deploy(house, "kept-start", ["job:kept-start"])
    started = instances.start(house.rt, ADMIN, definition_key=definition, receipt=receipt(house, "start"))

    house.reopen()

    assert ask(house, "start") == Kept(200, "text/plain", str(started))
    assert count(house, "kept-start") == 1


def test_of_two_at_the_same_moment_one_is_told_to_ask_again(house: House) -> None:
    definition = deploy(house, "kept-twice", ["job:kept-twice"])
    receipts = [receipt(house, "twice") for _ in range(4)]
    refused: list[Exception] = []

    def start(one: Receipt) -> None:
        try:
            instances.start(house.rt, ADMIN, definition_key=definition, receipt=one)
        except Conflict as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=start, args=(one,)) for one in receipts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 3
    assert all("once more" in str(refusal) for refusal in refused)
    assert count(house, "kept-twice") == 1


def test_every_creating_act_keeps_its_answer(house: House) -> None:
    published = messages.publish(
        house.rt, ADMIN, name="kept", time_to_live=timedelta(hours=1), receipt=receipt(house, "publish")
    )
    signalled = signals.broadcast(house.rt, ADMIN, name="kept", receipt=receipt(house, "signal"))
    file = Resource(name="kept.bpmn", content=b'{"id": "kept-file", "branches": [["job:kept-file"]]}')
    deployed = deployments.deploy(house.rt, ADMIN, [file], receipt=receipt(house, "deploy"))

    assert ask(house, "publish") == Kept(200, "text/plain", str(published))
    assert ask(house, "signal") == Kept(200, "text/plain", str(signalled))
    assert ask(house, "deploy") == Kept(200, "text/plain", str(deployed))


def test_a_message_for_somebody_who_waits_is_handed_over_once(house: House) -> None:
    instances.start(house.rt, ADMIN, definition_key=deploy(house, "kept-wait", ["message:kept-wait/k", "job:x"]))
    correlated = messages.correlate(
        house.rt, ADMIN, name="kept-wait", correlation_key="k", receipt=receipt(house, "correlate")
    )

    assert ask(house, "correlate") == Kept(200, "text/plain", str(correlated))


def test_a_refusal_is_not_kept_so_that_the_mended_world_can_be_asked_again(house: House) -> None:
    with pytest.raises(NotFound):
        messages.correlate(house.rt, ADMIN, name="nobody", correlation_key="k", receipt=receipt(house, "refused"))

    assert isinstance(ask(house, "refused"), Receipt)


def test_another_body_under_the_key_is_refused_and_another_caller_is_another_matter(house: House) -> None:
    signals.broadcast(house.rt, ADMIN, name="mine", receipt=receipt(house, "mine"))

    with pytest.raises(KeyReused, match="another request"):
        ask(house, "mine", content="another body")
    assert isinstance(ask(house, "mine", who=WORKER), Receipt)
    with pytest.raises(Invalid, match="Idempotency-Key"):
        ask(house, "")


def test_answers_are_forgotten_after_a_day(house: House) -> None:
    signals.broadcast(house.rt, ADMIN, name="old", receipt=receipt(house, "old"))
    house.clock.advance(hours=25)

    assert isinstance(ask(house, "old"), Receipt)
    assert answers.expire(house.rt) >= 1
    signals.broadcast(house.rt, ADMIN, name="old", receipt=receipt(house, "old"))
    assert isinstance(ask(house, "old"), Kept)
