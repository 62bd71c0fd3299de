"""What the web server refuses before the application sees it, said as everything else is: as a problem document."""

from collections.abc import Mapping

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask
from waitress.utilities import Error

from orchestrator.web.problems import Problem
from orchestrator.web.wire import dump

_TITLES: Mapping[int, str] = {
    400: "INVALID_ARGUMENT",
    413: "CONTENT_TOO_LARGE",
    431: "REQUEST_HEADER_FIELDS_TOO_LARGE",
    500: "INTERNAL_ERROR",
    501: "NOT_IMPLEMENTED",
}


class _Refusal(Error):  # type: ignore[misc]  # waitress has no types
    """An error of the web server in our words."""

    def __init__(self, found: Error, most: int) -> None:
        super().__init__(found.body)
        self.code, self.reason, self._most = found.code, found.reason, most

    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        problem = Problem(self.code, _TITLES.get(self.code, "INVALID_ARGUMENT"), self._sentence())
        body = dump(problem.document(""))
        return f"{self.code} {self.reason}", [("Content-Type", "application/problem+json")], body

    def _sentence(self) -> str:
        match self.code:
            case 413:
                return f"The request is larger than this server accepts; at most {self._most} bytes are."
            case 431:
                return "The request's headers are larger than this server accepts."
            case 500:
                return "Something went wrong on our side; the log has the details."
            case _:
                return f"The request is no HTTP that this server understands: {self.body}."


class _RefusalTask(ErrorTask):  # type: ignore[misc]
    def execute(self) -> None:
        """Answer in our words."""
        self.request.error = _Refusal(self.request.error, self.channel.server.adj.max_request_body_size)
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose refusals are problem documents."""

    error_task_class = _RefusalTask
