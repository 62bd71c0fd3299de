"""Repair on the screen: a plan made by clicking, a moment gone back to, many migrated at once."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_page
from tests.browser.house import House
from tests.browser.test_inspector import shape


def click_on(page: Page, element: str) -> None:
    page.locator(f"[data-element-id={element}] .djs-hit").first.click()


def test_tokens_are_moved_by_clicking_after_a_preview(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")
    signed_in.get_by_role("button", name="Modify").click()
    panel = signed_in.get_by_role("complementary", name="Modification")

    click_on(signed_in, "Lookup")
    panel.get_by_role("button", name="Move to…").click()
    click_on(signed_in, "Pay")
    panel.get_by_label("Variables of the instance").fill('{"byHand": true}')
    panel.get_by_label("Why").fill("paid already")
    panel.get_by_role("button", name="Preview").click()
    expect(panel.get_by_role("status")).to_contain_text("begins")
    expect(shape(signed_in, "Lookup", "b-active")).to_be_visible()
    panel.get_by_role("button", name="Apply").click()

    expect(shape(signed_in, "Pay", "b-active")).to_be_visible()
    expect(panel).to_have_count(0)
    signed_in.get_by_role("tab", name="Records").click()
    expect(signed_in.locator("#panel-records")).to_contain_text("changed it by hand")
    expect(signed_in.locator("#panel-records")).to_contain_text("paid already")


def test_an_instance_is_suspended_and_resumed_with_a_reason(house: House, signed_in: Page) -> None:
    key = house.start(amount=240)
    open_page(signed_in, f"/instances/{key}")

    signed_in.get_by_role("button", name="Suspend").click()
    dialog = signed_in.get_by_role("dialog")
    dialog.get_by_label("Why").fill("customer asks")
    dialog.get_by_role("button", name="Suspend").click()
    expect(signed_in.locator("#status")).to_have_text("Suspended")
    signed_in.get_by_role("button", name="Resume").click()
    signed_in.get_by_role("dialog").get_by_role("button", name="Resume").click()

    expect(signed_in.locator("#status")).to_have_text("Active")


def test_a_past_moment_is_gone_back_to_with_changed_variables(house: House, signed_in: Page) -> None:
    key = house.start(amount=5)
    house.work("lookup")
    open_page(signed_in, f"/instances/{key}")
    for _ in range(40):
        if signed_in.locator("[data-element-id=Lookup].b-active").count():
            break
        signed_in.keyboard.press("ArrowLeft")
    signed_in.locator("summary", has_text="More").click()
    signed_in.get_by_role("button", name="Go back").click()
    dialog = signed_in.get_by_role("dialog")
    dialog.get_by_label("Variables to begin with").fill("no JSON")
    dialog.get_by_role("button", name="Begin there").click()
    expect(dialog.get_by_role("alert")).to_contain_text("not JSON")
    dialog.get_by_label("Variables to begin with").fill('{"amount": 500}')
    dialog.get_by_label("Business id").fill("Second try")
    dialog.get_by_role("button", name="Begin there").click()

    expect(signed_in.get_by_role("heading", name="Second try")).to_be_visible()
    expect(shape(signed_in, "Lookup", "b-active")).to_be_visible()
    expect(signed_in.get_by_text(f"taken up from {key}")).to_be_visible()


def test_many_migrate_as_a_batch_after_a_dry_run(house: House, signed_in: Page) -> None:
    for number in range(3):
        house.start(amount=number)
    house.deploy_again("refund.bpmn")
    open_page(signed_in, "/instances")
    signed_in.get_by_label("Tick all").check()
    signed_in.get_by_role("button", name="Migrate").click()
    dialog = signed_in.get_by_role("dialog")
    dialog.get_by_role("button", name="Dry run").click()
    expect(dialog.get_by_role("status")).to_contain_text("3 can migrate, 0 would be refused")
    dialog.get_by_role("button", name="Migrate").click()

    expect(signed_in).to_have_url(re.compile("/batches/"))
    house.settle()
    expect(signed_in.get_by_text("3 of 3 done")).to_be_visible()
    assert {row["version"] for row in house.rows("instances")} == {2}
