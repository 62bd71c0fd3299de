"""The door every connector comes through: a decorator, a context of plain functions, three ways to say no.

ConnectorError
├── TryAgain       it may work later: retry with back-off, then an incident
├── GiveUp         it will not work like this: an incident at once
└── BpmnError      a business outcome that the process model catches by its code

Anything else a connector raises is a bug in it: logged with its traceback, then treated as ``TryAgain``.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, get_type_hints

from pydantic import BaseModel

InputT = TypeVar("InputT", bound=BaseModel)
OutputT = TypeVar("OutputT", bound=BaseModel)

TYPE = re.compile(r"[a-z][a-z0-9-]*:[1-9][0-9]*")


class Effect(StrEnum):
    """What a call does to the world outside; people and policies decide by it."""

    NONE = "none"  #: it only reads
    IDEMPOTENT = "idempotent"  #: the same call twice is one act
    REVERSIBLE = "reversible"  #: it can be undone
    IRREVERSIBLE = "irreversible"  #: it cannot


class ConnectorError(Exception):
    """What a connector may say instead of an answer."""


class TryAgain(ConnectorError):
    """It did not work this time; ``after`` is the far side's wish, where it named one."""

    def __init__(self, message: str, *, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class NotNow(TryAgain):
    """It was not even tried, since the far side is left alone for a while: the attempt does not count."""


class GiveUp(ConnectorError):
    """It will not work like this; a person must look."""


class BpmnError(ConnectorError):
    """A business outcome with a code, caught by an error event of the process model."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.message = message
        self.variables = dict(variables or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the far side of an HTTP call said."""

    status: int
    headers: Mapping[str, str]  #: names in lower case
    content: bytes
    url: str  #: the last one, after redirects


class HttpClient(Protocol):
    """The guarded client: public addresses only, unless the installation allows more."""

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        timeout: timedelta | None = None,
        max_bytes: int | None = None,
        follow_redirects: bool = False,
    ) -> Answer:
        """Call once, within the caps; raises ``TryAgain`` or ``GiveUp``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything a connector may use besides its input; it never sees instance, database or engine."""

    idempotency_key: str  #: names the effect, the same for every attempt; pass it on to the far side
    attempt: int  #: from 1
    deadline: datetime  #: aware; the answer is worth nothing after it
    seconds_left: Callable[[], float]  #: until the deadline
    secret: Callable[[str], str]  #: a secret's value by its name; raises ``GiveUp`` where there is none
    http: HttpClient
    heartbeat: Callable[[], bool] = lambda: True  #: False: the job is no longer ours, stop working on it
    #: around each call to a far side; raises ``TryAgain`` while its circuit breaker is open
    endpoint: Callable[[str], AbstractContextManager[None]] = lambda _name: nullcontext()
    options: Mapping[str, Any] = field(default_factory=dict)  #: what the installation configured for this connector


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector(Generic[InputT, OutputT]):
    """A function with everything the worker and the designer must know about it."""

    job_type: str  #: with its version: ``echo:1``
    title: str  #: what people read in the designer
    takes: type[InputT]
    gives: type[OutputT]
    call: Callable[[InputT, Context], OutputT]
    effect: Effect
    timeout: timedelta  #: for one attempt
    module: str

    @property
    def name(self) -> str:
        """The type without its version."""
        return self.job_type.partition(":")[0]

    @property
    def version(self) -> int:
        """The number behind the colon; a new one when input or meaning change."""
        return int(self.job_type.partition(":")[2])

    @property
    def description(self) -> str:
        """The first paragraph of the function's docstring."""
        return (inspect.getdoc(self.call) or "").split("\n\n")[0].replace("\n", " ")

    def __call__(self, given: InputT, context: Context) -> OutputT:
        """Call it as the function it was."""
        return self.call(given, context)


def connector(
    job_type: str,
    *,
    title: str = "",
    effect: Effect = Effect.IRREVERSIBLE,
    timeout: timedelta = timedelta(seconds=60),
) -> Callable[[Callable[[InputT, Context], OutputT]], Connector[InputT, OutputT]]:
    """Make a function of an input model and a context into a connector; its annotations name the two models."""
    if not TYPE.fullmatch(job_type):
        raise ValueError(f"a connector's type looks like 'send-mail:1', not {job_type!r}")

    def wrap(call: Callable[[InputT, Context], OutputT]) -> Connector[InputT, OutputT]:
        first = next(iter(inspect.signature(call).parameters))
        hints = get_type_hints(call)
        return Connector(
            job_type=job_type,
            title=title or job_type.partition(":")[0].replace("-", " ").capitalize(),
            takes=hints[first],
            gives=hints["return"],
            call=call,
            effect=effect,
            timeout=timeout,
            module=call.__module__,
        )

    return wrap
