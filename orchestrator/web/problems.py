"""Problem documents of RFC 9457, and the one table from refusals to statuses."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from werkzeug.exceptions import HTTPException

from orchestrator.domain import errors
from orchestrator.web.bodies import UnsupportedMediaType


class TooManyRequests(errors.OrchestratorError):
    """Slow down: the same caller has failed or asked too often."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TookTooLong(errors.OrchestratorError):
    """What was waited for has not come in the given time; it may still come."""


class Busy(errors.Unavailable):
    """Too many others ask for the same at this moment; Camunda's clients slow down at its title."""


class NotAcceptable(errors.OrchestratorError):
    """It cannot be shown in the format that was asked for."""


class RefusedDeployment(errors.InvalidModel):
    """A model that cannot be deployed, where Camunda's clients expect 400."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one kind of refusal looks: the status, and Camunda's word for it as the title."""

    status: int
    title: str
    headers: Mapping[str, str] = field(default_factory=dict)


TABLE: Mapping[type[Exception], Answer] = {
    errors.Invalid: Answer(400, "INVALID_ARGUMENT"),
    errors.Unauthenticated: Answer(401, "UNAUTHENTICATED"),
    errors.Forbidden: Answer(403, "FORBIDDEN"),
    errors.NotFound: Answer(404, "NOT_FOUND"),
    NotAcceptable: Answer(406, "NOT_ACCEPTABLE"),
    errors.Conflict: Answer(409, "INVALID_STATE"),
    errors.KeyReused: Answer(422, "INVALID_ARGUMENT"),
    errors.TooLarge: Answer(413, "CONTENT_TOO_LARGE"),
    UnsupportedMediaType: Answer(415, "UNSUPPORTED_MEDIA_TYPE"),
    errors.InvalidModel: Answer(422, "INVALID_MODEL"),
    RefusedDeployment: Answer(400, "INVALID_ARGUMENT"),
    TooManyRequests: Answer(429, "RESOURCE_EXHAUSTED"),
    errors.Unavailable: Answer(503, "UNAVAILABLE", {"Retry-After": "1"}),
    Busy: Answer(503, "RESOURCE_EXHAUSTED", {"Retry-After": "1"}),
    TookTooLong: Answer(504, "DEADLINE_EXCEEDED"),
}
"""From the refusal to the answer; a refusal that has no row of its own takes that of its parent."""

UNEXPECTED = Answer(500, "INTERNAL_ERROR")


@dataclass(frozen=True, slots=True)
class Problem:
    """All that the caller is told."""

    status: int
    title: str
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def document(self, instance: str) -> dict[str, Any]:
        """Write the body of the answer; ``instance`` is the path that was called."""
        known = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        return known | {"instance": instance} | dict(self.more)


def of_refusal(reason: errors.OrchestratorError) -> Problem:
    """Look a refusal up in the table."""
    answer = next((TABLE[kind] for kind in type(reason).__mro__ if kind in TABLE), UNEXPECTED)
    headers = dict(answer.headers)
    more: dict[str, Any] = {}
    if isinstance(reason, TooManyRequests):
        headers["Retry-After"] = str(reason.retry_after)
    if isinstance(reason, errors.InvalidModel) and reason.findings:
        more["findings"] = [asdict(finding) for finding in reason.findings]
    if isinstance(reason, errors.InvalidForm):
        more["fields"] = reason.fields
    detail = str(reason) or (type(reason).__doc__ or answer.title)
    return Problem(answer.status, answer.title, detail, headers, more)


_SENTENCES: Mapping[int, str] = {
    404: "There is nothing at this address.",
    405: "This address exists, but not for this method.",
    413: "The request is larger than this server accepts.",
    415: "The body is in a format that this address does not read.",
}


def of_http(reason: HTTPException, allowed: Sequence[str] = ()) -> Problem:
    """Word what the routing or the web server's library refuses."""
    status = reason.code or 500
    detail = _SENTENCES.get(status) or reason.description or reason.name
    headers = {"Allow": ", ".join(allowed)} if allowed else {}
    return Problem(status, reason.name.upper().replace(" ", "_"), detail, headers)


def of_bug(number: str) -> Problem:
    """Tell nothing but the number under which the log has the rest."""
    detail = f"Something went wrong on our side. The log has the details under {number}."
    return Problem(UNEXPECTED.status, UNEXPECTED.title, detail, more={"correlationId": number})
