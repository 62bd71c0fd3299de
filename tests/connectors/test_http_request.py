"""Calling a web service: requests as modelled, answers sorted into results, retries, incidents and BPMN errors."""

import base64
from datetime import timedelta

import pytest
from flask import Flask, Response, request
from pydantic import ValidationError

from connectors.api import BpmnError, GiveUp, TryAgain
from connectors.http_request import Input, http_request, retry_after
from tests.connectors.far_side import Serving


@pytest.fixture
def server():
    app = Flask("web-service")

    @app.route("/echo", methods=["GET", "POST", "DELETE"])
    def echo():
        return {
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "query": request.args,
            "body": request.get_data(as_text=True),
        }

    @app.get("/status/<int:status>")
    def status(status):
        return Response("no", status, headers={"retry-after": "7"} if status == 429 else {})

    @app.get("/bytes")
    def raw():
        return Response(b"\xff\xfe\x00", mimetype="application/octet-stream")

    @app.get("/bad-json")
    def bad_json():
        return Response("{", mimetype="application/json")

    with Serving(app) as url:
        yield url


def test_a_value_is_sent_as_json_with_the_idempotency_key(server, make_context):
    output = http_request(
        Input(method="POST", url=f"{server}/echo", body={"a": 1}, query={"q": "ü"}, headers={"X-One": "1"}),
        make_context(),
    )

    assert output.status == 200
    assert output.body["body"] == '{"a": 1}'
    assert output.body["query"] == {"q": "ü"}
    assert output.body["headers"]["content-type"] == "application/json"
    assert output.body["headers"]["idempotency-key"] == "key-1"
    assert output.body["headers"]["x-one"] == "1"


def test_a_reading_call_carries_no_idempotency_key(server, make_context):
    assert "idempotency-key" not in http_request(Input(url=f"{server}/echo"), make_context()).body["headers"]


@pytest.mark.parametrize(
    ("fields", "header", "value"),
    [
        ({"authentication": "bearer", "token": "t"}, "authorization", "Bearer t"),
        ({"authentication": "basic", "user": "u", "password": "p"}, "authorization", "Basic dTpw"),
        ({"authentication": "api_key", "api_key_header": "X-Key", "api_key": "k"}, "x-key", "k"),
    ],
)
def test_each_authentication_sets_its_header(server, make_context, fields, header, value):
    assert http_request(Input(url=f"{server}/echo", **fields), make_context()).body["headers"][header] == value


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_busy_or_broken_service_is_tried_again(server, make_context, status):
    with pytest.raises(TryAgain) as caught:
        http_request(Input(url=f"{server}/status/{status}"), make_context())

    assert caught.value.after == (timedelta(seconds=7) if status == 429 else None)


def test_a_refusal_is_an_incident_an_error_or_a_result_as_modelled(server, make_context):
    url = f"{server}/status/404"

    with pytest.raises(GiveUp, match="answered 404"):
        http_request(Input(url=url), make_context())
    with pytest.raises(BpmnError) as caught:
        http_request(Input(url=url, on_refusal="error"), make_context())
    assert caught.value.code == "HTTP_404"
    assert http_request(Input(url=url, on_refusal="result"), make_context()).status == 404


def test_messages_never_show_the_query_of_a_url(server, make_context):
    with pytest.raises(GiveUp) as caught:
        http_request(Input(url=f"{server}/status/403?token=t0p"), make_context())

    assert "t0p" not in str(caught.value)


def test_bytes_come_as_base64_and_broken_json_is_an_incident(server, make_context):
    assert base64.b64decode(http_request(Input(url=f"{server}/bytes"), make_context()).body) == b"\xff\xfe\x00"
    with pytest.raises(GiveUp, match="says it is JSON"):
        http_request(Input(url=f"{server}/bad-json"), make_context())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "30"}, 30),
        ({"retry-after": "99999999999999"}, 3600),
        ({"retry-after": "Fri, 01 May 2026 12:00:30 GMT", "date": "Fri, 01 May 2026 12:00:00 GMT"}, 30),
        ({"retry-after": "Fri, 01 May 2026 11:00:00 GMT", "date": "Fri, 01 May 2026 12:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_services_wish_for_a_pause_is_read_and_capped(headers, seconds):
    assert retry_after(headers) == (None if seconds is None else timedelta(seconds=seconds))


def test_empty_contexts_from_a_model_are_taken_as_none():
    assert Input(url="http://x", headers=None, query="").headers == {}
    with pytest.raises(ValidationError):
        Input(url="")
