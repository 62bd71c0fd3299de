"""Who gets in, and what every answer looks like."""

import re
from base64 import b64encode
from datetime import timedelta

import pytest
from flask import Flask

from orchestrator.domain.access import SYSTEM
from orchestrator.services import accounts, sessions, status, tokens
from orchestrator.services.runtime import Runtime
from orchestrator.web import auth
from orchestrator.web.app import create_app
from tests.web.api.conftest import PASSWORD, Caller, Clock


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every method and address of the application, with something in the place of what varies."""
    return [
        (method, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule not in auth.OPEN
        for method in sorted((rule.methods or set()) - {"HEAD"})
    ]


def test_nothing_is_open_but_health_sign_in_and_static_files(app: Flask) -> None:
    client = app.test_client()
    found = addresses(app)

    answers = {(method, path): client.open(path, method=method).status_code for method, path in found}

    assert len(found) > 90
    assert {place: code for place, code in answers.items() if code != 401} == {}


def test_the_list_of_open_addresses_is_short_and_known() -> None:
    assert {
        "/health",
        "/ready",
        "/login",
        "/oauth/token",
        "/static/<path:filename>",
        "/favicon.ico",
    } == auth.OPEN


def test_a_foreign_address_asks_who_is_there_too(app: Flask) -> None:
    assert app.test_client().get("/v2/secret-place").status_code == 401


def test_programs_are_challenged_and_people_are_shown_the_way_in(app: Flask) -> None:
    client = app.test_client()

    program = client.get("/v2/topology")
    person = client.get("/instances?state=active", headers={"Accept": "text/html"})
    script = client.get("/v2/topology", headers={"Sec-Fetch-Mode": "cors"})

    assert program.headers["WWW-Authenticate"].startswith("Basic")
    assert person.status_code == 302
    assert person.headers["Location"] == "/login?next=/instances%3Fstate%3Dactive"
    assert "WWW-Authenticate" not in script.headers


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !!!",
        "Basic " + b64encode(b"no-colon").decode(),
        "Basic " + b64encode(b"admin:\0").decode(),
        "Basic " + b64encode(b"\xff:\xff").decode(),
        "Basic " + b64encode(b"admin:wrong").decode(),
        "Basic " + b64encode(b"nobody:wrong").decode(),
        "Bearer",
        "Bearer nothing-of-ours",
        "Digest username=admin",
    ],
)
def test_wrong_credentials_are_refused(app: Flask, header: str) -> None:
    answer = app.test_client().get("/v2/topology", headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.json["title"] == "UNAUTHENTICATED"


def test_a_token_lets_its_bearer_in_until_it_is_revoked(app: Flask, rt: Runtime) -> None:
    text, token = tokens.create(rt, SYSTEM, name="ci", roles=["viewer"])
    client = app.test_client()
    headers = {"Authorization": f"Bearer {text}"}

    assert client.get("/v2/topology", headers=headers).status_code == 200
    tokens.revoke(rt, SYSTEM, token.key)
    auth_gate(app).forget()
    assert client.get("/v2/topology", headers=headers).status_code == 401


def test_an_expired_token_lets_nobody_in(app: Flask, rt: Runtime, clock: Clock) -> None:
    text, _ = tokens.create(rt, SYSTEM, name="old", roles=["viewer"], expires_at=clock() + timedelta(days=1))
    clock.ahead = timedelta(days=2)

    answer = app.test_client().get("/v2/topology", headers={"Authorization": f"Bearer {text}"})

    assert answer.status_code == 401


def auth_gate(app: Flask) -> auth.Gate:
    with app.app_context():
        return auth.gate()


def test_client_credentials_are_answered_from_api_tokens(app: Flask, rt: Runtime) -> None:
    text, _ = tokens.create(rt, SYSTEM, name="robot", roles=["worker"])
    client = app.test_client()
    form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": text, "audience": "baton"}

    granted = client.post("/oauth/token", data=form)
    refused = client.post("/oauth/token", data={**form, "client_secret": "wrong"})
    odd = client.post("/oauth/token", data={**form, "grant_type": "password"})

    assert granted.json["token_type"] == "Bearer"
    me = client.get("/v2/authentication/me", headers={"Authorization": f"Bearer {granted.json['access_token']}"})
    assert me.json["roles"] == ["worker"]
    assert (refused.status_code, refused.json["error"]) == (401, "invalid_client")
    assert (odd.status_code, odd.json["error"]) == (400, "unsupported_grant_type")


def signed_in(app: Flask, rt: Runtime) -> tuple[object, str]:
    """A browser with a session, and the CSRF token of that session."""
    principal = accounts.authenticate(rt, "admin", PASSWORD)
    session_id = sessions.create(rt, principal)
    client = app.test_client()
    client.set_cookie(auth.COOKIE, session_id)
    with app.test_request_context("/", headers={"Cookie": f"{auth.COOKIE}={session_id}"}):
        app.preprocess_request()
        return client, auth.csrf_token()


def unsafe(app: Flask) -> list[tuple[str, str]]:
    return [(method, path) for method, path in addresses(app) if method not in auth.SAFE_METHODS]


def test_with_a_cookie_nothing_changes_without_the_csrf_token(app: Flask, rt: Runtime) -> None:
    client, _ = signed_in(app, rt)
    found = unsafe(app)

    answers = {(method, path): client.open(path, method=method).status_code for method, path in found}

    assert len(found) > 50
    assert {place: code for place, code in answers.items() if code != 403} == {}


def test_with_cookie_and_csrf_token_a_page_may_act(app: Flask, rt: Runtime) -> None:
    client, csrf = signed_in(app, rt)

    acted = client.post("/v2/process-instances/search", json={}, headers={"X-CSRF-Token": csrf})
    foreign = client.post(
        "/v2/process-instances/search",
        json={},
        headers={"X-CSRF-Token": csrf, "Origin": "https://evil.example"},
    )
    cross = client.post(
        "/v2/process-instances/search", json={}, headers={"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"}
    )
    other = client.post("/v2/process-instances/search", json={}, headers={"X-CSRF-Token": "0" * 64})

    assert acted.status_code == 200
    assert [foreign.status_code, cross.status_code, other.status_code] == [403, 403, 403]


def test_an_ended_session_is_over(app: Flask, rt: Runtime) -> None:
    client, _ = signed_in(app, rt)
    session_id = client.get_cookie(auth.COOKIE).value

    assert client.get("/v2/topology").status_code == 200
    sessions.end(rt, session_id)
    assert client.get("/v2/topology").status_code == 401


def test_signing_in_needs_no_token_but_comes_from_here(app: Flask) -> None:
    answer = app.test_client().post(
        "/login", data={"username": "admin", "password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )

    assert answer.status_code == 403


def test_a_new_session_ends_the_old_one_and_its_cookie_is_kept_from_scripts(app: Flask, rt: Runtime) -> None:
    client, _ = signed_in(app, rt)
    old = client.get_cookie(auth.COOKIE).value

    answer = client.post("/login", data={"username": "admin", "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert sessions.read(rt, old) is None
    assert client.get("/v2/topology").status_code == 200


def test_guessing_is_slowed_down_and_says_so(app: Flask) -> None:
    client = app.test_client()

    answers = [client.get("/v2/topology", auth=("admin", f"guess {number}")) for number in range(7)]

    assert [answer.status_code for answer in answers][:5] == [401] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].json["title"] == "RESOURCE_EXHAUSTED"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "", None, "a"])
def test_after_signing_in_one_stays_here(target: str | None) -> None:
    assert auth.safe_next(target) == "/"


def test_every_answer_carries_the_security_headers(app: Flask, admin: Caller) -> None:
    client = app.test_client()
    answers = [
        client.get("/health"),
        client.get("/v2/topology"),
        admin.get("/topology"),
        admin.get("/nowhere"),
        client.get("/static/missing.js"),
    ]

    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


def test_problems_are_documents_with_a_sentence(admin: Caller) -> None:
    answer = admin.get("/process-instances/1")

    assert answer.content_type == "application/problem+json"
    assert answer.json.keys() == {"type", "title", "status", "detail", "instance"}
    assert answer.json | {"detail": ""} == {
        "type": "about:blank",
        "title": "NOT_FOUND",
        "status": 404,
        "detail": "",
        "instance": "/v2/process-instances/1",
    }
    assert "1" in answer.json["detail"]


def test_a_bug_tells_its_number_and_nothing_else(
    app: Flask, admin: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_rt: Runtime) -> status.Health:
        raise RuntimeError("the secret ingredient")

    monkeypatch.setattr(status, "health", fail)

    answer = admin.get("/topology")

    assert answer.status_code == 500
    assert "secret ingredient" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)
    assert answer.json["correlationId"] in answer.json["detail"]
    assert answer.json["correlationId"] in caplog.text
    assert "the secret ingredient" in caplog.text


def test_an_absent_database_is_503_with_a_time_to_come_again(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestrator.domain.errors import Unavailable
    from orchestrator.services import queries

    def fail(*_: object, **__: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(queries, "get", fail)

    answer = admin.get("/incidents/1")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["detail"] == "The database does not answer."


@pytest.mark.parametrize(
    ("raw", "media", "status_code", "sentence"),
    [
        (b'{"processDefinitionId": "a", "processDefinitionId": "b"}', "application/json", 400, "stands twice"),
        (b'{"processDefinitionId": "a\\u0000"}', "application/json", 400, "NUL"),
        (b'{"processDefinitionId": "\\ud83d"}', "application/json", 400, "surrogate"),
        (b'{"processDefinitionId":', "application/json", 400, "not JSON"),
        (b'{"proces": "a"}', "application/json", 400, "has no key"),
        (b'"text"', "application/json", 400, "must be an object"),
        (b"a=b", "application/x-www-form-urlencoded", 415, "must be JSON"),
        (b" " * 50_000_000, "application/json", 413, "at most"),
    ],
)
def test_bad_bodies_are_refused(admin: Caller, raw: bytes, media: str, status_code: int, sentence: str) -> None:
    answer = admin("POST", "/v2/process-instances", data=raw, content_type=media)

    assert answer.status_code == status_code
    assert sentence in answer.json["detail"]


def test_nul_in_an_address_is_refused(admin: Caller) -> None:
    assert admin.get("/users/a%00b").status_code == 400


def test_a_method_that_is_not_served_names_those_that_are(admin: Caller) -> None:
    answer = admin("DELETE", "/v2/topology")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_probes_say_whether_it_lives_and_is_ready(app: Flask) -> None:
    client = app.test_client()

    assert client.get("/health").json == {"status": "UP"}
    assert client.get("/ready").json == {"status": "UP"}


def test_numbers_are_for_those_who_may_read(app: Flask, rt: Runtime, admin: Caller) -> None:
    accounts.create(rt, SYSTEM, user_id="tim", password="long enough 1", roles=["participant"])

    shown = admin("GET", "/metrics")
    refused = Caller(app.test_client(), "tim", "long enough 1")("GET", "/metrics")

    assert "baton_http_request_seconds" in shown.get_data(as_text=True)
    assert refused.status_code == 403


def test_the_address_of_a_proxied_caller_is_believed_only_from_known_proxies(rt: Runtime) -> None:
    seen = []
    for proxies in (0, 1):
        app = create_app(rt, trusted_proxies=proxies)

        @app.get("/address")
        def address() -> str:
            from flask import request

            return request.remote_addr or ""

        answer = app.test_client().get("/address", auth=("admin", PASSWORD), headers={"X-Forwarded-For": "10.9.8.7"})
        seen.append(answer.get_data(as_text=True))

    assert seen == ["127.0.0.1", "10.9.8.7"]
