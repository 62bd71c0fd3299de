"""Logs are one line an event, and no secret gets into one."""

import io
import json
import logging

import pytest

from orchestrator.telemetry import logs


@pytest.fixture
def written():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()

    def configured(*, as_json=True, **secrets):
        logs.configure(level="info", as_json=as_json, known=lambda: secrets, stream=stream)
        return stream

    yield configured
    root.handlers[:], root.level = before, level


def test_an_event_is_one_json_object_with_its_fields(written):
    stream = written()

    logging.getLogger("baton.test").info("a job %s", "ended", extra={"job_key": 7})

    event = json.loads(stream.getvalue())
    assert (event["event"], event["level"], event["job_key"]) == ("a job ended", "info", 7)
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("as_json", [True, False])
def test_known_secrets_are_taken_out_wherever_they_stand(written, as_json):
    stream = written(as_json=as_json, api="t0p-s3cret")

    try:
        int("with t0p-s3cret inside")
    except ValueError:
        logging.getLogger("x").exception("calling with t0p-s3cret", extra={"given": {"deep": ["t0p-s3cret"]}})

    assert "t0p-s3cret" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "authorization: Bearer abcdef0123456789",
        "key sk-abcdefghijklmnop used",
        "postgresql+psycopg://baton:hunter2xyz@db/baton",
        "token ghp_abcdefghijklmnop",
    ],
)
def test_what_looks_like_a_credential_is_taken_out(text):
    cleaned = logs.clean(text, [])

    assert logs.HIDDEN in cleaned
    assert not any(part in cleaned for part in ("abcdef", "hunter2"))


def test_fields_with_telling_names_are_hidden(written):
    stream = written()

    logging.getLogger("x").info("login", extra={"password": "hunter2", "who": "ada", "headers": {"Cookie": "c"}})

    event = json.loads(stream.getvalue())
    assert (event["password"], event["who"], event["headers"]["Cookie"]) == (logs.HIDDEN, "ada", logs.HIDDEN)


def test_people_get_a_readable_line(written):
    stream = written(as_json=False)

    logging.getLogger("x").warning("it is late", extra={"minutes": 5})

    assert "warning it is late  minutes=5" in stream.getvalue()
