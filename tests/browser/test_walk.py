"""A person signs in and goes through the house."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Witness, open_page
from tests.browser.house import House


def test_a_newcomer_signs_in_and_finds_every_page(signed_in: Page) -> None:
    navigation = signed_in.get_by_role("navigation", name="Main")

    for name in ("Models", "Instances", "Tasks", "Incidents", "Settings", "Overview"):
        navigation.get_by_role("link", name=re.compile(name)).first.click()
        expect(navigation.locator("[aria-current=page]")).to_contain_text(name)


def test_a_wrong_password_says_so(page: Page, witness: Witness) -> None:
    witness.expect("401")
    page.goto("/login")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("Name")).to_have_value("admin")


def test_keys_go_to_places_and_the_sheet_tells_them(signed_in: Page) -> None:
    signed_in.keyboard.press("?")
    expect(signed_in.get_by_role("dialog", name="Keyboard")).to_be_visible()
    signed_in.keyboard.press("Escape")

    signed_in.keyboard.press("g")
    signed_in.keyboard.press("i")

    signed_in.wait_for_url("**/instances")
    signed_in.keyboard.press("/")
    expect(signed_in.get_by_role("searchbox")).to_be_focused()


def test_shortcuts_can_be_switched_off(signed_in: Page) -> None:
    signed_in.keyboard.press("?")
    signed_in.get_by_label("Single keys work as shortcuts").uncheck()
    signed_in.keyboard.press("Escape")
    signed_in.keyboard.press("?")

    expect(signed_in.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_the_palette_finds_and_opens(house: House, signed_in: Page) -> None:
    key = house.start(amount=1, business_id="A-1009")

    signed_in.keyboard.press("Control+k")
    signed_in.get_by_role("combobox").fill("A-1009")
    expect(signed_in.get_by_role("option", name=re.compile("A-1009"))).to_be_visible()
    signed_in.keyboard.press("Enter")

    signed_in.wait_for_url(f"**/instances/{key}")


def test_the_theme_is_kept_without_a_flash(signed_in: Page) -> None:
    signed_in.get_by_role("button", name="Light or dark").first.click()
    before = signed_in.evaluate("getComputedStyle(document.body).backgroundColor")
    open_page(signed_in, "/models")

    chosen = signed_in.evaluate("document.documentElement.dataset.theme")
    assert chosen in {"light", "dark"}
    assert signed_in.evaluate("getComputedStyle(document.body).backgroundColor") == before


def test_the_skip_link_leads_to_the_content(signed_in: Page) -> None:
    signed_in.keyboard.press("Tab")
    expect(signed_in.get_by_role("link", name="Skip to the content")).to_be_focused()
    signed_in.keyboard.press("Enter")

    expect(signed_in.locator("#main")).to_be_focused()


def test_instances_are_filtered_while_typing_and_the_address_keeps_it(house: House, signed_in: Page) -> None:
    house.start(amount=1, business_id="Sought-77310")
    house.start(amount=1, business_id="B-2")
    open_page(signed_in, "/instances")

    signed_in.get_by_role("searchbox").fill("77310")

    expect(signed_in.get_by_role("row")).to_have_count(2)
    assert "q=77310" in signed_in.url
    signed_in.reload()
    expect(signed_in.get_by_role("row")).to_have_count(2)


def test_ticked_instances_are_cancelled_only_after_a_question(house: House, signed_in: Page) -> None:
    house.start(amount=1, business_id="A-1009")
    house.start(amount=1, business_id="B-2")
    open_page(signed_in, "/instances")
    signed_in.get_by_role("checkbox", name="Tick A-1009").check()

    signed_in.get_by_role("button", name="Cancel").click()
    signed_in.get_by_role("button", name="Keep").click()
    assert house.rows("instances", status="CANCELLED") == []
    signed_in.get_by_role("button", name="Cancel").click()
    signed_in.get_by_role("dialog").get_by_label("Why").fill("ordered twice")
    signed_in.get_by_role("button", name="Cancel instances").click()

    expect(signed_in.locator("#toasts")).to_contain_text("Cancel instances: 1 to do")
    house.settle()
    assert [row["business_id"] for row in house.rows("instances", status="CANCELLED")] == ["A-1009"]
    assert [row["reason"] for row in house.rows("batches")] == ["ordered twice"]


def test_ticked_instances_are_suspended_by_keyboard_with_a_reason(house: House, signed_in: Page) -> None:
    house.start(amount=1, business_id="A-1009")
    open_page(signed_in, "/instances")
    signed_in.get_by_role("checkbox", name="Tick A-1009").check()

    signed_in.get_by_role("button", name="Suspend").press("Enter")
    dialog = signed_in.get_by_role("dialog")
    dialog.get_by_role("button", name="Not now").click()
    signed_in.get_by_role("button", name="Suspend").press("Enter")
    expect(dialog.get_by_label("Why")).to_be_focused()
    signed_in.keyboard.type("the shop is closed")
    signed_in.keyboard.press("Enter")

    signed_in.wait_for_url("**/batches/*")
    expect(signed_in.get_by_text("the shop is closed")).to_be_visible()
    house.settle()
    assert [row["status"] for row in house.rows("instances")] == ["SUSPENDED"]


def test_lists_and_counts_follow_what_happens(house: House, signed_in: Page) -> None:
    open_page(signed_in, "/instances")
    expect(signed_in.get_by_text("Nothing has been started yet")).to_be_visible()

    house.start(amount=1, business_id="A-1009")

    expect(signed_in.get_by_role("link", name="A-1009")).to_be_visible(timeout=15_000)
    expect(signed_in.locator("[data-count=running]")).to_have_text("1")


def test_a_file_is_dropped_and_opens_in_the_designer(signed_in: Page) -> None:
    open_page(signed_in, "/models")
    content = "<?xml version='1.0'?><definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>"
    script = """([name, text]) => {
        const data = new DataTransfer();
        data.items.add(new File([text], name));
        const area = document.querySelector("[data-drop]");
        area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }"""

    with signed_in.expect_request("**/models/import"):
        signed_in.evaluate(script, ["order.bpmn", content])
    signed_in.wait_for_url("**/designer/models/*", wait_until="commit")
    open_page(signed_in, "/models")

    expect(signed_in.get_by_role("link", name="order", exact=True)).to_be_visible()


def test_a_definition_shows_its_numbers_and_starts(house: House, signed_in: Page) -> None:
    house.start(amount=1)
    open_page(signed_in, "/models")
    signed_in.get_by_role("link", name="Refund", exact=True).click()
    expect(signed_in.locator("[data-element-id=Lookup].b-active")).to_be_visible()
    signed_in.get_by_role("button", name="Heat").click()
    expect(signed_in.locator(".layer-b-heat rect").first).to_be_attached()
    signed_in.get_by_role("button", name="Errors").click()
    expect(signed_in.locator(".layer-b-heat rect")).to_have_count(0)

    signed_in.get_by_role("button", name="Start").click()
    signed_in.get_by_label("Variables as a JSON object").fill("{amount}")
    signed_in.get_by_role("dialog").get_by_role("button", name="Start").click()
    expect(signed_in.get_by_role("dialog").get_by_role("alert")).to_contain_text("not a JSON object")
    signed_in.get_by_label("Variables as a JSON object").fill('{"amount": 240}')
    signed_in.get_by_role("dialog").get_by_role("button", name="Start").click()

    signed_in.wait_for_url("**/instances/*")
    expect(signed_in.locator("[data-element-id=Lookup].b-active")).to_be_visible()


@pytest.mark.parametrize("width", [400, 800])
def test_nothing_is_wider_than_a_small_screen(house: House, signed_in: Page, width: int) -> None:
    key = house.start(amount=1)
    signed_in.set_viewport_size({"width": width, "height": 800})

    for path in ("/", "/models", "/instances", "/tasks", "/incidents", "/settings/users", f"/instances/{key}"):
        open_page(signed_in, path)
        assert signed_in.evaluate("document.documentElement.scrollWidth") <= width, path
