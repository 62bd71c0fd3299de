"""An instance on the screen: live, past, stuck and free again."""

import re

import pytest
from playwright.sync_api import Page, expect

from orchestrator.domain.model_call import ModelCall
from tests.browser.conftest import Witness, open_page, wait_until_ready
from tests.browser.house import House


def shape(page: Page, element: str, marker: str) -> object:
    """The shape of an element where it carries a marker."""
    return page.locator(f"[data-element-id={element}].{marker}")


def test_the_token_moves_while_one_looks(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    expect(shape(signed_in, "Lookup", "b-active")).to_be_visible()

    house.work("lookup")

    expect(shape(signed_in, "Approve", "b-active")).to_be_visible()
    expect(shape(signed_in, "Lookup", "b-done")).to_be_visible()
    expect(shape(signed_in, "Large", "b-taken")).to_be_attached()
    expect(signed_in.locator("#status")).to_have_text("Waiting for a person")


def test_every_past_moment_can_be_looked_at(house: House, signed_in: Page) -> None:
    key = house.start(amount=5)
    house.work("lookup")
    house.work("pay")
    open_page(signed_in, f"/instances/{key}")
    expect(signed_in.locator("#status")).to_have_text("Completed")

    signed_in.keyboard.press("Home")
    expect(shape(signed_in, "Pay", "b-done")).to_have_count(0)
    expect(signed_in.get_by_role("button", name="Back to now")).to_be_visible()
    for _ in range(40):
        if signed_in.locator("[data-element-id=Pay].b-active").count():
            break
        signed_in.keyboard.press("ArrowRight")
    expect(shape(signed_in, "Pay", "b-active")).to_be_visible()
    assert "at=" in signed_in.url
    signed_in.reload()
    wait_until_ready(signed_in)
    expect(shape(signed_in, "Pay", "b-active")).to_be_visible()
    signed_in.get_by_role("button", name="Back to now").click()

    expect(shape(signed_in, "Pay", "b-done")).to_be_visible()
    assert "at=" not in signed_in.url


def test_the_past_stays_while_the_present_goes_on(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    expect(shape(signed_in, "Lookup", "b-active")).to_be_visible()
    most = signed_in.locator("#slider").get_attribute("max")
    signed_in.keyboard.press("Home")

    house.work("lookup")

    expect(signed_in.locator("#slider")).not_to_have_attribute("max", most)
    expect(shape(signed_in, "Approve", "b-active")).to_have_count(0)
    signed_in.keyboard.press("End")
    expect(shape(signed_in, "Approve", "b-active")).to_be_visible()


def test_a_link_leads_to_an_element(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    house.work("lookup")

    open_page(signed_in, f"/instances/{key}?element=Approve")

    detail = signed_in.get_by_role("complementary", name="Selected element")
    expect(detail.get_by_role("heading", name="Approve refund")).to_be_visible()
    expect(detail).to_contain_text("refund-approvers · nobody has it yet")
    detail.get_by_role("link", name="Open task").click()
    signed_in.wait_for_url("**/tasks/*")


def test_the_timeline_is_a_list_that_keyboards_reach(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    house.work("lookup")
    open_page(signed_in, f"/instances/{key}")

    signed_in.get_by_role("button", name=re.compile("Look up order")).focus()
    signed_in.keyboard.press("Enter")

    expect(signed_in.get_by_role("complementary").get_by_role("heading", name="Look up order")).to_be_visible()
    assert "element=Lookup" in signed_in.url


def test_an_incident_is_seen_and_tried_again(house: House, signed_in: Page) -> None:
    key = house.start(amount=5)
    open_page(signed_in, f"/instances/{key}")
    house.fail("lookup", "HTTP 503 from the shop after 3 attempts")

    expect(shape(signed_in, "Lookup", "b-stuck")).to_be_visible()
    expect(signed_in.locator("#status")).to_have_text("Incident")
    signed_in.get_by_role("tab", name=re.compile("Incidents")).click()
    panel = signed_in.get_by_role("tabpanel", name=re.compile("Incidents"))
    expect(panel).to_contain_text("HTTP 503 from the shop after 3 attempts")
    panel.get_by_role("button", name="Retry").click()

    expect(shape(signed_in, "Lookup", "b-active")).to_be_visible()
    house.work("lookup")
    expect(shape(signed_in, "Pay", "b-active")).to_be_visible()


def test_a_variable_is_changed_with_a_name_beside_it(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    signed_in.get_by_role("tab", name=re.compile("Variables")).click()

    signed_in.get_by_role("button", name="Change amount").click()
    signed_in.get_by_label("Value as JSON").fill("{")
    signed_in.get_by_role("button", name="Save").click()
    expect(signed_in.get_by_role("dialog").get_by_role("alert")).to_contain_text("not JSON")
    signed_in.get_by_label("Value as JSON").fill("7")
    signed_in.get_by_role("button", name="Save").click()

    row = signed_in.get_by_role("row", name=re.compile("amount"))
    expect(row).to_contain_text("7")
    expect(row).to_contain_text("admin")


def test_the_parts_of_the_server_follow(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    signed_in.get_by_role("tab", name=re.compile("Tasks")).click()
    expect(signed_in.get_by_text("No tasks for people")).to_be_visible()

    house.work("lookup")

    expect(signed_in.get_by_role("tabpanel", name=re.compile("Tasks"))).to_contain_text("Approve refund")


@pytest.mark.parametrize("width", [1024, 1280, 1440, 1920])
@pytest.mark.parametrize("business_id", [None, "Order 2026/000117"])
def test_where_one_is_and_the_key_are_whole_at_every_width(
    house: House, signed_in: Page, width: int, business_id: str | None
) -> None:
    key = house.start(amount=240, business_id=business_id)
    signed_in.set_viewport_size({"width": width, "height": 900})

    open_page(signed_in, f"/instances/{key}")
    expect(signed_in.get_by_role("button", name="Suspend")).to_be_visible()

    bar = signed_in.locator(".b-bar")
    expect(bar.locator(".b-bar-title")).to_contain_text(str(key))
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"
    assert bar.locator(".b-crumbs, .b-crumbs li, .b-crumbs .b-cut, h1").evaluate_all(cut) == []
    assert bar.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_what_is_seldom_done_is_in_a_menu_for_the_keyboard_too(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    more = signed_in.locator("summary", has_text="More")
    expect(signed_in.get_by_role("button", name="Go back")).to_be_hidden()

    more.press("Enter")
    signed_in.keyboard.press("Tab")
    expect(signed_in.get_by_role("button", name="Migrate")).to_be_focused()
    signed_in.keyboard.press("Tab")
    signed_in.keyboard.press("Enter")
    expect(signed_in.get_by_role("dialog", name="Go back to this moment")).to_be_visible()
    signed_in.keyboard.press("Escape")

    expect(more).to_be_focused()
    expect(signed_in.get_by_role("button", name="Go back")).to_be_hidden()


def test_cancelling_asks_first_and_then_shows_the_end(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")

    signed_in.get_by_role("button", name="Cancel").click()
    signed_in.get_by_role("button", name="Cancel instance").click()

    expect(signed_in.locator("#status")).to_have_text("Cancelled")
    expect(signed_in.get_by_role("button", name="Cancel")).to_have_count(0)


def test_the_stream_comes_back_after_the_server_was_away(house: House, signed_in: Page, witness: Witness) -> None:
    witness.expect("Failed to load resource")
    witness.expect("ERR_")
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    expect(shape(signed_in, "Lookup", "b-active")).to_be_visible()
    signed_in.context.set_offline(True)
    house.work("lookup")
    signed_in.context.set_offline(False)

    expect(shape(signed_in, "Approve", "b-active")).to_be_visible(timeout=20_000)


def test_questions_to_models_are_listed_with_answer_and_cost(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    call = ModelCall(provider="openai", model="gpt-5-mini", tokens_in=1200, tokens_out=34, requests=1, cost=12_000_000)
    house.ask_model("lookup", call, reason="damaged")
    open_page(signed_in, f"/instances/{key}")

    signed_in.get_by_role("link", name="0.01 $").click()

    panel = signed_in.get_by_role("tabpanel", name=re.compile("Model calls"))
    expect(panel).to_contain_text("gpt-5-mini")
    panel.get_by_text("Question and answer").click()
    expect(panel).to_contain_text("damaged")
    expect(signed_in.get_by_role("tab", name="Model calls 1")).to_have_attribute("aria-selected", "true")
