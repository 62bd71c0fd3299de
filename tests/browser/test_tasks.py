"""The inbox on the screen."""

from playwright.sync_api import Page, expect

from orchestrator.services import user_tasks
from tests.browser.conftest import Witness, open_page
from tests.browser.house import House


def approve_task(house: House) -> int:
    house.start(amount=240, customer="Ada Long", business_id="A-1009")
    house.work("lookup")
    (task,) = house.rows("user_tasks", status="CREATED")
    return task["user_task_key"]


def test_a_form_is_filled_in_and_the_process_goes_on(house: House, signed_in: Page) -> None:
    approve_task(house)
    open_page(signed_in, "/tasks")
    signed_in.get_by_role("link", name="Approve refund").click()
    expect(signed_in.get_by_label("Customer")).to_have_value("Ada Long")

    signed_in.get_by_role("button", name="Complete").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("missing")
    signed_in.get_by_label("Approve", exact=True).check()
    signed_in.keyboard.press("Control+Enter")

    signed_in.wait_for_url("**/tasks?view=open")
    expect(signed_in.locator("#toasts")).to_contain_text("Completed")
    (task,) = house.rows("user_tasks")
    assert (task["status"], task["completed_by"]) == ("COMPLETED", "admin")
    house.work("pay")
    assert house.rows("instances")[0]["status"] == "COMPLETED"


def test_a_draft_is_there_again(house: House, signed_in: Page) -> None:
    key = approve_task(house)
    open_page(signed_in, f"/tasks/{key}")

    signed_in.get_by_label("Note").fill("half a thought")
    expect(signed_in.locator("#draft-state")).to_have_text("Draft saved")
    signed_in.reload()

    expect(signed_in.get_by_label("Note")).to_have_value("half a thought")


def test_who_comes_second_is_told_and_loses_nothing(house: House, signed_in: Page, witness: Witness) -> None:
    witness.expect("409")
    key = approve_task(house)
    dana = house.add_person("dana", "participant", groups=["refund-approvers"])
    open_page(signed_in, f"/tasks/{key}")
    signed_in.get_by_label("Refuse", exact=True).check()
    user_tasks.complete(house.rt, dana, key, {"decision": "approve", "amount": 240})

    signed_in.get_by_role("button", name="Complete").click()

    expect(signed_in.get_by_role("alert")).to_contain_text("dana")
    expect(signed_in.get_by_label("Refuse", exact=True)).to_be_checked()


def test_a_task_without_a_form_takes_json_and_the_next_one_opens(house: House, signed_in: Page) -> None:
    house.start("plain-task", question="why?")
    house.start("plain-task", question="how?")
    open_page(signed_in, "/tasks")
    signed_in.keyboard.press("j")
    signed_in.wait_for_url("**/tasks/*")
    first = signed_in.url
    expect(signed_in.get_by_text('"why?"')).to_be_visible()

    signed_in.get_by_label("Result as a JSON object").fill("[1]")
    signed_in.get_by_role("button", name="Complete").click()
    expect(signed_in.get_by_role("alert")).to_contain_text("not a JSON object")
    signed_in.get_by_label("Result as a JSON object").fill('{"answer": 42}')
    signed_in.get_by_role("button", name="Complete").click()

    signed_in.wait_for_url(lambda address: "/tasks/" in address and address != first)
    expect(signed_in.get_by_text('"how?"')).to_be_visible()


def test_a_task_is_taken_given_back_and_given_away(house: House, signed_in: Page) -> None:
    key = approve_task(house)
    house.add_person("dana", "participant")
    open_page(signed_in, f"/tasks/{key}")

    signed_in.get_by_role("button", name="Assign to me").click()
    expect(signed_in.get_by_role("article").get_by_text("You", exact=True)).to_be_visible()
    signed_in.locator("summary[aria-label=More]").click()
    signed_in.get_by_role("button", name="Assign to somebody").click()
    signed_in.get_by_label("User id").fill("dana")
    signed_in.get_by_role("button", name="Assign", exact=True).click()

    expect(signed_in.get_by_text("dana has this task")).to_be_visible()
    assert house.rows("user_tasks", user_task_key=key)[0]["assignee"] == "dana"


def test_a_new_task_appears_by_itself(house: House, signed_in: Page) -> None:
    open_page(signed_in, "/tasks")
    expect(signed_in.get_by_text("No tasks here")).to_be_visible()

    house.start("plain-task")

    expect(signed_in.get_by_role("link", name="Answer the question")).to_be_visible(timeout=15_000)


def test_what_the_server_refuses_stands_at_its_field(house: House, signed_in: Page, witness: Witness) -> None:
    witness.expect("400")
    open_page(signed_in, f"/tasks/{approve_task(house)}")
    refusal = {"detail": "The decision is not yours.", "fields": {"note": "Say why."}}
    signed_in.route("**/complete", lambda route: route.fulfill(status=400, json=refusal))
    signed_in.get_by_label("Approve", exact=True).check()

    signed_in.get_by_role("button", name="Complete").click()

    expect(signed_in.get_by_role("alert").first).to_contain_text("The decision is not yours.")
    expect(signed_in.locator(".fjs-form-field-error")).to_have_text("Say why.")
    expect(signed_in.get_by_label("Note")).to_be_focused()
