"""Nobody is kept out: WCAG 2.2 AA on every page, in both themes."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from orchestrator.domain.model_call import ModelCall
from tests.browser.conftest import open_page
from tests.browser.house import House

AXE = Path(__file__).parents[2] / "designer" / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TABS = ["variables", "incidents", "jobs", "tasks", "called", "models", "records"]

pytestmark = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci in designer")


def judge(page: Page, where: str) -> list[str]:
    """Return what axe finds, in one line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("standards => axe.run({ runOnly: standards })", STANDARDS)
    return [
        f"{where}: {violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_fit_for_everybody(house: House, signed_in: Page, address: str, theme: str) -> None:
    waiting = house.start(amount=240, customer="Ada Long")
    house.ask_model("lookup", ModelCall(provider="demo", model="demo-rules-1", simulated=True), reason="damaged")
    house.start(amount=5)
    house.fail("lookup", "HTTP 503 from the shop")
    house.start("plain-task", question="why?")
    tasks = {row["element_id"]: row["user_task_key"] for row in house.rows("user_tasks", status="CREATED")}
    (definition,) = house.rows("definitions", process_id="refund")
    signed_in.context.add_cookies([{"name": "baton_theme", "value": theme, "url": address}])
    paths = [
        "/", "/models", "/instances", "/incidents", "/tasks", f"/tasks/{tasks['Approve']}", f"/tasks/{tasks['Ask']}",
        f"/definitions/{definition['definition_key']}", "/settings", "/settings/tokens", "/settings/users",
        "/settings/connectors", "/settings/status", f"/instances/{waiting}?element=Approve",
    ]  # fmt: skip

    found = []
    for path in paths:
        open_page(signed_in, path)
        found += judge(signed_in, f"{path} in {theme}")
    for tab in TABS:
        signed_in.locator(f"#tab-{tab}").click()
        found += judge(signed_in, f"{tab} in {theme}")
    signed_in.keyboard.press("Control+k")
    found += judge(signed_in, f"palette in {theme}")

    assert found == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_way_in_is_fit_for_everybody(page: Page, address: str, theme: str) -> None:
    page.context.add_cookies([{"name": "baton_theme", "value": theme, "url": address}])
    page.goto("/login")

    assert judge(page, theme) == []
