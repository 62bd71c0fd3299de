"""The whole program as a process: it starts, answers, is killed, starts again and goes on where it was."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
LETTER = "The lamp arrived with a broken shade. I would like my money back."


class Server:
    """`baton serve` on a free port, with what it printed."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BATON_")},
            "BATON_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.printed = ""
        self.url = ""

    def start(self) -> "Server":
        command = [sys.executable, "-m", "orchestrator", "serve", "--port", "0"]
        log = self.folder / f"log-{len(list(self.folder.glob('log-*')))}"
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
        while "Language model" not in (printed := log.read_text()):
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                pytest.fail(log.read_text())
        self.printed = printed
        self.url = re.search(r"Baton is ready on (http://\S+)", printed).group(1)
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def baton(self, *arguments: str):
        command = [sys.executable, "-m", "orchestrator", *arguments, "--json"]
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


def _until(ask: Callable[[], list[Any]]) -> list[Any]:
    """Ask until there is an answer; the time limit of the test is the limit (a lost lease takes its time)."""
    while not (found := ask()):
        pass
    return found


@pytest.fixture
def server(tmp_path):
    made = Server(tmp_path, BATON_ADMIN_PASSWORD="a password for tests")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


def test_the_first_start_prints_a_password_deploys_the_samples_and_says_that_no_model_is_used(tmp_path):
    server = Server(tmp_path).start()
    try:
        password = re.search(r"as admin with the password (\S+)", server.printed).group(1)
        auth = httpx2.BasicAuth("admin", password)
        answer = httpx2.post(f"{server.url}/v2/process-definitions/search", auth=auth, json={}).json()
    finally:
        server.kill()

    assert "demo-rules-1, plain rules" in server.printed
    ids = {each["processDefinitionId"] for each in answer["items"]}
    assert ids == {"customer-refund", "incident-triage", "invoice-intake", "supplier-check"}


@pytest.mark.chaos
def test_a_killed_server_goes_on_where_it_was(server):
    server.start()
    variables = {"orderId": "A-1", "amount": 480, "email": "ada@example.org", "letter": LETTER}
    key = server.baton("start", "customer-refund", "-v", json.dumps(variables))["instance_key"]
    assert (server.folder / "data" / "server.json").stat().st_mode & 0o077 == 0
    server.kill()  # wherever it is: before the model has answered, in the middle of a job, or waiting for a person

    server.baton("tasks")  # the note of the dead server is ignored, the database is opened
    server.start()
    (task,) = _until(lambda: server.baton("tasks"))
    assert task["element_id"] == "approve"

    server.baton("complete", str(task["user_task_key"]), "-v", '{"approved": true}')
    auth = httpx2.BasicAuth("admin", "a password for tests")
    query = {"filter": {"processInstanceKey": key, "state": "COMPLETED"}}
    _until(lambda: httpx2.post(f"{server.url}/v2/process-instances/search", auth=auth, json=query).json()["items"])
    shown = server.baton("show", key)

    assert shown["instance"]["status"] == "COMPLETED"
    assert shown["variables"]["payment"]["status"] == "paid"
    made = server.baton("token", "create", "build", "--role", "worker", "--days", "3")
    assert {row["name"] for row in server.baton("token", "list")} >= {"build"}
    server.baton("token", "revoke", made["key"])
    assert [row["actor"] for row in server.baton("audit", "--resource", made["key"])] == ["system", "system"]
    assert server.baton("audit", "--verify")["broken_at"] is None
    assert server.stop() == 0
    assert not (server.folder / "data" / "server.json").exists()


def test_what_the_web_server_itself_refuses_is_a_problem_document_too(server):
    server.start()
    auth = httpx2.BasicAuth("admin", "a password for tests")
    headers = {"Content-Type": "application/json"}

    large = httpx2.post(f"{server.url}/v2/process-instances", auth=auth, content=b"x" * 50_000_000, headers=headers)
    long = httpx2.get(f"{server.url}/v2/topology", auth=auth, headers={"X-Long": "x" * 300_000})

    assert [answer.status_code for answer in (large, long)] == [413, 431]
    assert {answer.headers["content-type"] for answer in (large, long)} == {"application/problem+json"}
    assert "at most 10485760 bytes" in large.json()["detail"]
    assert large.json()["title"] == "CONTENT_TOO_LARGE"


@pytest.mark.chaos
def test_a_request_sent_again_after_a_kill_is_answered_as_before_and_done_once(server):
    server.start()
    auth = httpx2.BasicAuth("admin", "a password for tests")
    body = {"processDefinitionId": "incident-triage", "variables": {}}

    def start() -> Any:
        headers = {"Idempotency-Key": "once"}
        return httpx2.post(f"{server.url}/v2/process-instances", auth=auth, json=body, headers=headers).json()

    first = start()
    server.kill()
    server.start()

    assert start() == first
    found = httpx2.post(f"{server.url}/v2/process-instances/search", auth=auth, json={}).json()
    assert found["page"]["totalItems"] == 1


def test_a_second_server_on_the_same_folder_and_a_taken_port_are_refused_in_words(server, tmp_path):
    server.start()
    port = server.url.rpartition(":")[2]

    def refused(folder: Path, port: str) -> str:
        command = [sys.executable, "-m", "orchestrator", "serve", "--port", port, "--data-dir", str(folder)]
        done = subprocess.run(command, env=server.environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 5
        assert "Traceback" not in done.stderr
        return done.stderr

    assert "in use by another process" in refused(server.folder / "data", "0")
    assert "cannot be listened on" in refused(tmp_path / "other", port)
