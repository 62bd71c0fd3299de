"""A designer on a host of its own, its backend at hand, and a browser before it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.designer.host import TOKEN, make_host
from tests.designer.memory import MemoryBackend, sample
from tests.support.served import served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BUNDLE = Path(__file__).parents[2] / "static" / "dist" / "manifest.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests with a reason where the browser or the bundle is missing; in CI they fail."""
    here = Path(__file__).parent
    reason = "Chromium is not installed" if CHROMIUM is None else ""
    reason = reason or ("" if BUNDLE.is_file() else "the bundle is not built: node designer/build.mjs")
    for item in items:
        if here in item.path.parents and item.get_closest_marker("browser") and reason and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def backend() -> MemoryBackend:
    found = MemoryBackend()
    found.put("7", "bpmn", "Refund", sample("refund.bpmn"))
    found.put("8", "form", "Refund request", sample("refund.form"))
    found.put("9", "dmn", "Refund policy", sample("blank.dmn"))
    return found


@pytest.fixture
def app(backend: MemoryBackend) -> Flask:
    return make_host(backend)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    found = app.test_client()
    found.environ_base["HTTP_X_CSRF_TOKEN"] = TOKEN
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "timezone_id": "UTC"}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Every test has a server of its own, see ``address``."""


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield f"{url}/designer/models"


@pytest.fixture
def context(address: str, new_context: Any) -> BrowserContext:
    """A browser's profile of its own, at home on this test's server, and gone before the server stops."""
    made: BrowserContext = new_context(base_url=address)
    return made


@pytest.fixture
def complaints() -> list[str]:
    """What went wrong in the browser; a test may clear what it provoked."""
    return []


@pytest.fixture
def page(page: Page, complaints: list[str]) -> Iterator[Page]:
    """Return a page on which a script error, or a request off this machine, fails the test."""
    page.set_default_timeout(15_000)

    def console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    def request(sent: Request) -> None:
        if not sent.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            complaints.append(f"a request to {sent.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", request)
    yield page
    assert complaints == []
