"""What stands in ``cases/<name>.json``: given values and answers, the way to take and the values to reach."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorAnswer(_Strict):
    """A BPMN error."""

    code: str
    message: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)


class Answer(_Strict):
    """What a job comes back with: one of these."""

    response: Any = None  #: a connector's answer; the task's own headers map it
    variables: dict[str, Any] | None = None  #: straight into the process
    error: ErrorAnswer | None = None
    fail: str | None = None  #: an attempt that did not work
    connector: bool = False  #: let the real connector do it

    @model_validator(mode="after")
    def _exactly_one(self) -> "Answer":
        if len(self.model_fields_set) != 1:
            raise ValueError("an answer is one of response, variables, error, fail, connector")
        return self


class Start(_Strict):
    """How the instance begins."""

    variables: dict[str, Any] = Field(default_factory=dict)
    message: str | None = None  #: by this message instead of by name
    key: str = ""
    signal: str | None = None
    at: list[str] = Field(default_factory=list)  #: before these elements


ACTS = ("complete", "advance", "publish", "signal", "retry", "set", "cancel", "waits_at", "settle")


class Step(_Strict):
    """What happens next: one of ``ACTS``."""

    complete: str | None = None  #: a user task, by element
    advance: str | None = None  #: the clock, by an ISO 8601 duration
    publish: str | None = None  #: a message, by name
    signal: str | None = None
    retry: str | None = None  #: what is stuck at this element
    set: dict[str, Any] | None = None  #: variables of the process
    cancel: bool = False  #: the instance
    waits_at: list[str] | None = None  #: a check: these elements are active now
    settle: bool = False  #: nothing; everything that can move has moved before every step anyway
    user: str | None = Field(default=None, alias="as")
    key: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _exactly_one(self) -> "Step":
        if len(said := [name for name in ACTS if name in self.model_fields_set]) != 1:
            raise ValueError(f"a step is one of {', '.join(ACTS)}, not {' and '.join(said) or 'nothing'}")
        return self


class Expected(_Strict):
    """What must have become of it in the end."""

    status: str | None = None
    path: list[str] = Field(default_factory=list)  #: elements in this order, others may lie between
    never: list[str] = Field(default_factory=list)
    visits: dict[str, int] = Field(default_factory=dict)
    flows: list[str] = Field(default_factory=list)  #: sequence flows that were taken
    waits_at: list[str] | None = None  #: exactly these elements are active
    variables: dict[str, Any] = Field(default_factory=dict)
    decisions: dict[str, Any] = Field(default_factory=dict)  #: the last answer of each, by decision id
    incidents: list[str] = Field(default_factory=list)  #: elements; an incident that is not expected is a problem


class CaseFile(_Strict):
    """The contents of ``cases/<name>.json``."""

    name: str
    process: str
    at: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    start: Start = Field(default_factory=Start)
    jobs: dict[str, list[Answer]] = Field(
        default_factory=dict
    )  #: by element; the last answer holds for all that follow
    steps: list[Step] = Field(default_factory=list)
    expect: Expected = Field(default_factory=Expected)

    def named(self) -> Iterator[tuple[str, str]]:
        """Return every element that the case names, and where it does."""
        yield from (("jobs", each) for each in self.jobs)
        yield from (("start.at", each) for each in self.start.at)
        for number, step in enumerate(self.steps, 1):
            for each in (step.complete, step.retry, *(step.waits_at or ())):
                if each is not None:
                    yield f"step {number}", each
        expect = self.expect
        for where in ("path", "never", "visits", "incidents", "waits_at"):
            yield from ((f"expect.{where}", each) for each in getattr(expect, where) or ())
