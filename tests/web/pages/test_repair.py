"""The pages of repair: batches, suspended definitions, where an instance comes from."""

import json

import pytest

from orchestrator.services import forks, repairs
from tests.browser.house import House
from tests.web.pages.conftest import Visitor


def test_a_batch_is_watched_rested_and_left(house: House, visitor: Visitor) -> None:
    keys = [str(house.start(amount=number)) for number in range(3)]

    answer = visitor.send("/instances/bulk", action="suspend", key=keys)
    batch = answer.location
    assert "Suspend instances" in visitor.open("/batches").text
    shown = visitor.open(batch, **{"HX-Request": "true"}).text
    assert 'hx-trigger="every 1s"' in shown
    assert "3 to do" in shown
    visitor.send(f"{batch}/suspend")
    house.settle()
    assert "<b>0</b> of 3 done" in visitor.open(batch).text
    visitor.send(f"{batch}/resume")
    house.settle()

    shown = visitor.open(batch).text
    assert "<b>3</b> of 3 done" in shown
    assert "every 1s" not in shown
    assert {row["status"] for row in house.rows("instances")} == {"SUSPENDED"}
    assert "Suspended" in visitor.open("/instances?state=suspended").text
    assert "Nothing here" in visitor.open(f"{batch}?state=FAILED").text
    assert visitor.send(f"{batch}/cancel").status_code in {303, 409}
    assert visitor.send(f"{batch}/explode").status_code == 404


@pytest.mark.parametrize("action", ["cancel", "retry", "suspend", "resume"])
def test_why_it_is_done_to_many_is_kept_with_the_batch_and_in_the_audit_log(
    house: House, visitor: Visitor, action: str
) -> None:
    key = house.start(amount=1)
    if action == "retry":
        house.fail("lookup", "the shop does not answer")
    if action == "resume":
        repairs.suspend(house.rt, house.admin, key)

    answer = visitor.send("/instances/bulk", action=action, key=str(key), reason="the shop was closed")

    assert "the shop was closed" in visitor.open(answer.location).text
    assert [row["reason"] for row in house.rows("batches")] == ["the shop was closed"]
    assert "the shop was closed" in visitor.open("/settings/audit").text


def test_an_instance_is_cancelled_with_the_reason_that_was_given(house: House, visitor: Visitor) -> None:
    key = house.start(amount=1)

    visitor.send(f"/instances/{key}/cancel", reason="ordered twice")

    (told,) = [row for row in house.rows("audit") if row["action"] == "cancel"]
    assert told["details"] == {"reason": "ordered twice"}


def test_all_that_fit_are_meant_where_that_is_said(house: House, visitor: Visitor) -> None:
    for number in range(3):
        house.start(amount=number)

    visitor.send("/instances/bulk?q=amount%3D1", action="cancel", everything="1")
    house.settle()

    assert sorted(row["status"] for row in house.rows("instances")) == ["ACTIVE", "ACTIVE", "CANCELLED"]


def test_a_migration_of_many_is_tried_and_begun(house: House, visitor: Visitor) -> None:
    keys = [str(house.start(amount=number)) for number in range(2)]
    (definition,) = house.rows("definitions", process_id="refund")
    plan = {"targetProcessDefinitionKey": str(definition["definition_key"]), "mappingInstructions": []}

    told = visitor.post("/instances/bulk-migration", {"keys": keys, "plan": plan, "dry": True})
    assert [each["refusals"] for each in told.json["items"]] == [[], []]
    begun = visitor.post("/instances/bulk-migration", {"keys": keys, "plan": plan, "reason": "again"})
    house.settle()

    assert "<b>2</b> of 2 done" in visitor.open(begun.json["next"]).text
    assert visitor.post("/instances/bulk-migration", {"keys": [], "plan": plan}).status_code == 400


def test_a_version_is_suspended_with_its_instances_and_resumed(house: House, visitor: Visitor) -> None:
    house.start(amount=1)
    (definition,) = house.rows("definitions", process_id="refund")
    page = f"/definitions/{definition['definition_key']}"

    answer = visitor.send(f"{page}/suspend", with_instances="1", reason="broken")
    house.settle()
    assert answer.location.startswith("/batches/")
    shown = visitor.open(page).text
    assert "Resume" in shown
    assert 'data-open-dialog="start"' not in shown
    visitor.send(f"{page}/resume")

    assert 'data-open-dialog="start"' in visitor.open(page).text
    assert house.rows("instances")[0]["status"] == "SUSPENDED"


def test_an_instance_says_where_it_comes_from_and_as_what_it_went_on(house: House, visitor: Visitor) -> None:
    old = house.start(amount=1)
    made = forks.fork(house.rt, house.admin, old, business_id="second try")

    assert f'href="/instances/{old}?at={made.sequence}"' in visitor.open(f"/instances/{made.instance_key}").text
    assert "second try" in visitor.open(f"/instances/{old}").text


def test_the_records_that_the_browser_reads_carry_who_and_why(house: House, visitor: Visitor) -> None:
    key = house.start(amount=1)
    repairs.suspend(house.rt, house.admin, key, reason="customer asks")

    records = json.loads(visitor.open(f"/instances/{key}/records").data)["records"]

    (told,) = [record for record in records if record["kind"] == "InstanceSuspended"]
    assert (told["actor"], told["reason"]) == ("admin", "customer asks")
