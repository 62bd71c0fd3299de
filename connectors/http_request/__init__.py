"""Call a REST or web service and hand its answer to the process."""

import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, field_validator

from connectors.api import Answer, BpmnError, Context, Effect, GiveUp, TryAgain, connector
from connectors.schema import Shown

LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LONGEST_WAIT = timedelta(hours=1)
ANSWERED = range(200, 300)
REDIRECTED = range(300, 400)


class Input(BaseModel):
    """What to call, and what to make of the answer."""

    method: Annotated[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"], Shown(group="Request")] = "GET"
    url: Annotated[str, Shown(label="URL", group="Request")] = Field(
        min_length=1,
        description="Absolute, http or https. Private addresses are refused unless the installation allows them.",
    )
    query: Annotated[dict[str, Any], Shown(label="Query parameters", group="Request", feel=True)] = Field(
        default_factory=dict, description="A context, for instance {limit: 10}."
    )
    headers: Annotated[dict[str, str], Shown(group="Request", feel=True, secrets=True)] = Field(
        default_factory=dict, description="A context; {{secrets.NAME}} may stand in its values."
    )
    body: Annotated[Any, Shown(group="Request", feel=True, when=("method", "POST", "PUT", "PATCH", "DELETE"))] = Field(
        default=None, description="Text is sent as it is, everything else as JSON."
    )
    authentication: Annotated[
        Literal["none", "bearer", "basic", "api_key"],
        Shown(
            group="Authentication",
            choices={
                "none": "None",
                "bearer": "Bearer token",
                "basic": "User and password",
                "api_key": "API key header",
            },
        ),
    ] = "none"
    token: Annotated[
        str, Shown(label="Bearer token", group="Authentication", when=("authentication", "bearer"), secrets=True)
    ] = Field(default="", description="Best a reference: {{secrets.NAME}}.")
    user: Annotated[str, Shown(group="Authentication", when=("authentication", "basic"), secrets=True)] = ""
    password: Annotated[str, Shown(group="Authentication", when=("authentication", "basic"), secrets=True)] = Field(
        default="", description="Best a reference: {{secrets.NAME}}."
    )
    api_key_header: Annotated[
        str, Shown(label="Header name", group="Authentication", when=("authentication", "api_key"))
    ] = "X-API-Key"
    api_key: Annotated[
        str, Shown(label="API key", group="Authentication", when=("authentication", "api_key"), secrets=True)
    ] = Field(default="", description="Best a reference: {{secrets.NAME}}.")
    on_refusal: Annotated[
        Literal["incident", "error", "result"],
        Shown(
            label="When the service refuses (3xx, 4xx)",
            group="Answer",
            choices={
                "incident": "Open an incident",
                "error": "Throw a BPMN error, code HTTP_<status>",
                "result": "Take it as a result",
            },
        ),
    ] = "incident"
    follow_redirects: Annotated[bool, Shown(group="Answer")] = Field(
        default=False, description="To another host go neither credentials nor headers."
    )
    timeout_seconds: Annotated[float, Shown(label="Time limit in seconds", group="Answer")] = Field(
        default=20, gt=0, le=300, description="For the whole call. The installation may set less."
    )

    @field_validator("query", "headers", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any) -> Any:
        return {} if value is None or value == "" else value


class Output(BaseModel):
    """What the service answered."""

    status: int
    headers: dict[str, str]
    body: Any = Field(description="Parsed where it is JSON; text otherwise; base64 where it is neither.")


@connector("http-request:1", title="HTTP request", effect=Effect.IDEMPOTENT, timeout=timedelta(seconds=300))
def http_request(given: Input, context: Context) -> Output:
    """Call a web service.

    Answers 408, 425, 429 and 5xx are tried again, after the time the service asks for. Writing calls carry the header
    ``Idempotency-Key``, the same one for every attempt.
    """
    content, kind = _content(given.body)
    with context.endpoint(_origin(given.url)):
        answer = context.http.request(
            given.method,
            given.url,
            params=given.query,
            headers=_headers(given, context, kind),
            content=content,
            timeout=timedelta(seconds=min(given.timeout_seconds, max(context.seconds_left(), 0.1))),
            follow_redirects=given.follow_redirects,
        )
        if answer.status in LATER or answer.status not in range(100, 600):
            raise TryAgain(f"{_origin(given.url)} answered {answer.status}", after=retry_after(answer.headers))
    return _result(given, answer)


def _result(given: Input, answer: Answer) -> Output:
    output = Output(status=answer.status, headers=dict(answer.headers), body=_body(answer))
    if answer.status in ANSWERED or given.on_refusal == "result":
        return output
    sentence = f"{given.method} {_origin(given.url)} answered {answer.status}"
    if answer.status in REDIRECTED:
        sentence += ", a redirect that was not followed"
    if given.on_refusal == "error":
        raise BpmnError(f"HTTP_{answer.status}", sentence, {"response": output.model_dump(mode="json")})
    if answer.status >= 500:  # noqa: PLR2004 - the edge of HTTP's classes
        raise TryAgain(sentence)
    raise GiveUp(sentence)


def _headers(given: Input, context: Context, kind: str | None) -> dict[str, str]:
    headers = {"accept": "application/json, */*;q=0.5"}
    if kind:
        headers["content-type"] = kind
    if given.method in WRITES:
        headers["idempotency-key"] = context.idempotency_key
    match given.authentication:
        case "bearer":
            headers["authorization"] = f"Bearer {given.token}"
        case "basic":
            pair = f"{given.user}:{given.password}".encode()
            headers["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        case "api_key":
            headers[given.api_key_header.lower()] = given.api_key
        case "none":
            pass
    return headers | {name.lower(): value for name, value in given.headers.items()}


def _content(body: Any) -> tuple[bytes | None, str | None]:
    match body:
        case None:
            return None, None
        case str():
            return body.encode(), "text/plain; charset=utf-8"
        case _:
            return json.dumps(body, ensure_ascii=False).encode(), "application/json"


def _body(answer: Answer) -> Any:
    if not answer.content:
        return None
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        try:
            return json.loads(answer.content)
        except (ValueError, RecursionError) as problem:
            raise GiveUp(f"the answer says it is JSON, but it is not: {problem}") from problem
    try:
        return answer.content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(answer.content).decode()


def _origin(url: str) -> str:
    """Return scheme and host: enough for messages and breakers, and free of tokens that URLs may carry."""
    scheme, _, rest = url.strip().partition("://")
    return f"{scheme}://{rest.split('/')[0].split('?')[0].rpartition('@')[2]}"


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Read ``Retry-After``: seconds, or a date compared with the far side's own clock; an hour at most."""
    wish = headers.get("retry-after", "").strip()
    if wish.isdigit():
        return min(timedelta(seconds=int(wish[:6])), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(wish) - parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)
