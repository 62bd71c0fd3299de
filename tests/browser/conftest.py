"""A real browser before a real server; a script error or a request to anywhere else fails the test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

from orchestrator.web import live
from tests.browser.house import PASSWORD, House, close_house, open_house
from tests.support.served import served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BUNDLE = Path(__file__).parents[2] / "static" / "dist" / "manifest.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here; where the browser or the bundle is missing, skip with the reason (in CI, fail)."""
    here = Path(__file__).parent
    reason = "Chromium is not installed" if CHROMIUM is None else ""
    reason = reason or ("" if BUNDLE.is_file() else "the bundle is not built: node designer/build.mjs")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if reason and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    calm = {"reduced_motion": "reduce", "locale": "en-GB", "timezone_id": "UTC"}
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, **calm}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every test has a server of its own, see ``address``."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.deploy("refund.bpmn", "approve_refund.form", "plain_task.bpmn")
    yield made
    close_house(made)


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house.app) as url:
        yield url
        live.close(house.app)


@pytest.fixture
def context(address: str, new_context: Any) -> BrowserContext:
    """A browser's profile of its own, at home on this test's server, and gone before the server stops."""
    made: BrowserContext = new_context(base_url=address)
    return made


class Witness:
    """Writes down what must not happen."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, words: str) -> None:
        """Say that a message with these words is part of the test."""
        self.expected.append(words)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(words in message.text for words in self.expected):
            self.complaints.append(f"console: {message.text}")

    def error(self, error: Any) -> None:
        self.complaints.append(f"script: {error}")

    def request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != self.host:
            self.complaints.append(f"off-site: {request.url}")


@pytest.fixture(autouse=True)
def witness(context: BrowserContext, address: str) -> Iterator[Witness]:
    made = Witness(address)
    context.on("console", made.console)
    context.on("weberror", lambda event: made.error(event.error))
    context.on("request", made.request)
    yield made
    assert made.complaints == []


def wait_until_ready(page: Page) -> None:
    """Wait until the page's scripts listen."""
    expect(page.locator("html[data-ready=true]")).to_be_attached()


def open_page(page: Page, path: str) -> None:
    """Go to a page and wait until its scripts listen."""
    page.goto(path)
    wait_until_ready(page)


@pytest.fixture
def signed_in(page: Page) -> Page:
    """The page of somebody who has signed in as administrator."""
    page.goto("/login")
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    wait_until_ready(page)
    return page
