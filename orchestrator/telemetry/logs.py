"""Logs: one line an event, for people on a terminal and as JSON for programs, with secrets taken out."""

import logging
import re
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog

HIDDEN = "•••"
NAMES = re.compile(r"password|passwd|secret|token|api[-_]?key|authorization|cookie|credential", re.IGNORECASE)
PATTERNS = (
    re.compile(r"\bBearer\s+[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"\bBasic\s+[A-Za-z0-9+/=]{8,}"),
    re.compile(r"\b(?:sk|pk|rk|xox[abp]|gh[pousr])[-_][\w-]{10,}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),  # user and password inside a URL
)
SHORTEST = 4  #: a known secret of three letters would black out half the log


def configure(
    *, level: str, as_json: bool, known: Callable[[], Mapping[str, str]], stream: TextIO | None = None
) -> None:
    """Send all logging, ours and the libraries', through one pipe. ``known`` returns the secrets by name."""
    out = stream or sys.stderr
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso" if as_json else "%H:%M:%S", utc=as_json),
        structlog.processors.format_exc_info,
        Redaction(known),
    ]
    renderer: Any = structlog.processors.JSONRenderer() if as_json else Line(colours=out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("apscheduler", "httpx2", "httpcore2", "alembic", "waitress.queue", "openai", "anthropic", "apprise"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Redaction:
    """Takes secrets out of an event: by the field's name, by known values, by how credentials look."""

    def __init__(self, known: Callable[[], Mapping[str, str]]) -> None:
        self._known = known

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Return the event without secrets."""
        values = [each for each in self._known().values() if len(each) >= SHORTEST]
        for name, value in list(event.items()):
            if not name.startswith("_"):  # structlog's own, removed before the line is written
                event[name] = HIDDEN if NAMES.search(name) and name != "event" else self._clean(value, values)
        return event

    def _clean(self, value: Any, secrets: list[str]) -> Any:
        match value:
            case str():
                return clean(value, secrets)
            case Mapping():
                return {
                    name: HIDDEN if NAMES.search(str(name)) else self._clean(each, secrets)
                    for name, each in value.items()
                }
            case list() | tuple():
                return [self._clean(each, secrets) for each in value]
            case _:
                return value


def clean(text: str, secrets: list[str]) -> str:
    """Take known values and everything that looks like a credential out of a text."""
    for each in secrets:
        text = text.replace(each, HIDDEN)
    for pattern in PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text


class Line:
    """One readable line: time, level where it matters, words, then the fields."""

    def __init__(self, *, colours: bool) -> None:
        self._colours = colours

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
        """Render an event."""
        at, words, level = (event.pop(name, "") for name in ("timestamp", "event", "level"))
        trace = event.pop("exception", None)
        event.pop("logger", None)
        fields = " ".join(f"{name}={value}" for name, value in event.items())
        mark = {"warning": self._paint("33", "warning "), "error": self._paint("31", "error "), "critical": "critical "}
        line = f"{self._paint('2', at)} {mark.get(level, '')}{words}" + (
            f"  {self._paint('2', fields)}" if fields else ""
        )
        return f"{line}\n{trace}" if trace else line

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours and text else text
