"""The house of the browser tests, called without a browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browser.house import PASSWORD, House, close_house, open_house

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = open_house(tmp_path)
    made.deploy("refund.bpmn", "approve_refund.form", "plain_task.bpmn")
    yield made
    close_house(made)


class Visitor:
    """Somebody who is signed in and sends what forms and scripts send."""

    def __init__(self, client: FlaskClient, name: str = "admin") -> None:
        self.client = client
        answer = client.post("/login", data={"username": name, "password": PASSWORD}, headers=HTML)
        assert answer.status_code == 303
        self.csrf = ""

    def open(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers=HTML | headers, buffered=True)
        if found := re.search(r'<meta name="csrf-token" content="(\w+)"', answer.text):
            self.csrf = found[1]
        return answer

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Submit a form."""
        return self.client.post(path, data={"csrf_token": self.csrf} | fields, headers=HTML, buffered=True)

    def post(self, path: str, body: Any) -> TestResponse:
        """Send JSON as our scripts do."""
        headers = {"Accept": "application/json", "X-CSRF-Token": self.csrf}
        return self.client.post(path, json=body, headers=headers, buffered=True)


@pytest.fixture
def visitor(house: House) -> Visitor:
    made = Visitor(house.app.test_client())
    made.open("/settings")
    return made
