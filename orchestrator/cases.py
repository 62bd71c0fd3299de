"""Run a process model's cases: given values and answers, the path it must take and the values it must reach.

A case has a database of its own and a clock that stands until the case moves it. Jobs are answered by the case; those
it does not name are done by the real connectors, which cannot reach anything outside.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from connectors.api import GiveUp
from connectors.registry import Registry
from orchestrator.domain.access import SYSTEM, Principal
from orchestrator.domain.errors import OrchestratorError
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.search import PageRequest
from orchestrator.domain.timer import parse_duration
from orchestrator.services import (
    deployments,
    expressions,
    inbox,
    instances,
    jobs,
    journal,
    messages,
    queries,
    signals,
    timers,
    user_tasks,
    variables,
)
from orchestrator.services.runtime import Runtime
from orchestrator.worker import executor, results
from orchestrator.worker.calls import Answered, Equipment, call
from orchestrator.worker.outcomes import Failed, GaveUp, Outcome, Succeeded, Threw
from orchestrator.worker.secrets import Secrets

MODEL_FILES = (".bpmn", ".dmn", ".form")
MOST_ROUNDS = 10_000
LEASE = timedelta(minutes=5)
EVERYTHING = PageRequest(limit=1000)
BODY = "MULTI_INSTANCE_BODY"


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


class Step(_Strict):
    """What happens next: one of the first five."""

    complete: str | None = None  #: a user task, by element
    advance: str | None = None  #: the clock, by an ISO 8601 duration
    publish: str | None = None  #: a message, by name
    signal: str | None = None
    waits_at: list[str] | None = None  #: a check: these elements are active now
    settle: bool = False  #: nothing; everything that can move has moved before every step anyway
    user: str | None = Field(default=None, alias="as")
    key: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)


class Expected(_Strict):
    """What must have become of it in the end."""

    status: str | None = None
    path: list[str] = Field(default_factory=list)  #: elements in this order, others may lie between
    never: list[str] = Field(default_factory=list)
    visits: dict[str, int] = Field(default_factory=dict)
    variables: dict[str, Any] = Field(default_factory=dict)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of one process model."""

    model: str  #: the folder's name
    folder: Path
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a case went."""

    model: str
    name: str
    problems: tuple[str, ...] = ()
    visited: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()  #: all of the deployed processes

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.problems


class Clock:
    """Stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


def find(folder: Path) -> Iterator[Case]:
    """Find the cases of a process model, or of all process models in a folder."""
    for cases in sorted(folder.rglob("cases")):
        if cases.is_dir():
            for file in sorted(cases.glob("*.json")):
                yield Case(model=cases.parent.name, folder=cases.parent, file=file)


def uncovered(done: Sequence[Result]) -> dict[str, list[str]]:
    """Return for each model the elements that none of its cases visited."""
    left: dict[str, set[str]] = {}
    for result in done:
        left.setdefault(result.model, set()).update(result.elements)
    for result in done:
        left[result.model] -= result.visited
    return {model: sorted(elements) for model, elements in left.items()}


def run(case: Case, registry: Registry, opened: Callable[[Clock], AbstractContextManager[Runtime]]) -> Result:
    """Run a case in a runtime of its own; whatever goes wrong is a problem of the case, not of the run."""
    try:
        told = CaseFile.model_validate_json(case.file.read_bytes())
    except ValidationError as problem:
        return Result(model=case.model, name=case.file.stem, problems=(f"{case.file.name} is no case: {problem}",))
    clock = Clock(told.at)
    with opened(clock) as rt:
        play = _Play(rt=rt, clock=clock, told=told, registry=registry)
        try:
            play.everything(case.folder)
        except (OrchestratorError, _Unlike) as problem:
            play.problems.append(str(problem))
        return Result(
            model=case.model,
            name=told.name,
            problems=tuple(play.problems),
            visited=frozenset(play.visits()),
            elements=play.elements(),
        )


class _Unlike(Exception):
    """The process is not where the case wants it, so that the rest makes no sense."""


@dataclass(slots=True)
class _Play:
    """One case in the middle of it."""

    rt: Runtime
    clock: Clock
    told: CaseFile
    registry: Registry
    problems: list[str] = field(default_factory=list)
    instance_key: Any = None
    answered: Counter[str] = field(default_factory=Counter)

    def everything(self, folder: Path) -> None:
        files = [each for each in sorted(folder.iterdir()) if each.suffix in MODEL_FILES]
        resources = [deployments.Resource(name=each.name, content=each.read_bytes()) for each in files]
        deployments.deploy(self.rt, SYSTEM, resources)
        self._start()
        self._settle()
        for number, step in enumerate(self.told.steps, 1):
            try:
                self._take(step)
            except (OrchestratorError, _Unlike) as problem:
                raise _Unlike(f"step {number}: {problem}") from problem
            self._settle()
        self._compare()

    def visits(self) -> Counter[str]:
        """Count how often each element was activated, in its own right and not as the frame of many."""
        return Counter(body["element_id"] for body in self._activated())

    def elements(self) -> frozenset[str]:
        """Return the ids of all elements of the deployed processes."""
        found = queries.search(self.rt, SYSTEM, "definitions", page=EVERYTHING).items
        return frozenset(
            element for row in found for element, about in dict(row.get("elements") or {}).items() if _counts(about)
        )

    def _start(self) -> None:
        start = self.told.start
        if start.message is not None:
            messages.publish(self.rt, SYSTEM, name=start.message, correlation_key=start.key, variables=start.variables)
        elif start.signal is not None:
            signals.broadcast(self.rt, SYSTEM, name=start.signal, variables=start.variables)
        else:
            instances.start(self.rt, SYSTEM, process_id=self.told.process, variables=start.variables, start_at=start.at)
        inbox.drain(self.rt)
        mine = {"process_id": self.told.process}
        found = queries.search(self.rt, SYSTEM, "instances", filter=mine, page=EVERYTHING).items
        if not found:
            raise _Unlike(f"no instance of {self.told.process} was started")
        self.instance_key = found[0]["instance_key"]

    def _take(self, step: Step) -> None:
        if step.complete is not None:
            self._complete(step)
        if step.advance is not None:
            self._advance(parse_duration(step.advance).after(self.clock.now, ZoneInfo("UTC")))
        if step.publish is not None:
            messages.publish(self.rt, SYSTEM, name=step.publish, correlation_key=step.key, variables=step.variables)
        if step.signal is not None:
            signals.broadcast(self.rt, SYSTEM, name=step.signal, variables=step.variables)
        if step.waits_at is not None:
            self._check_waits(step.waits_at)

    def _complete(self, step: Step) -> None:
        wanted = {"element_id": step.complete, "status": "CREATED"}
        open_tasks = queries.search(self.rt, SYSTEM, "user_tasks", filter=wanted, page=EVERYTHING).items
        if not open_tasks:
            raise _Unlike(f"no task {step.complete} is open; active are: {', '.join(self._active()) or 'none'}")
        task = min(open_tasks, key=lambda each: each["user_task_key"])
        who = Principal(id=step.user, kind="system") if step.user else SYSTEM
        user_tasks.complete(self.rt, who, task["user_task_key"], step.variables, form=task.get("form_id") is not None)

    def _advance(self, target: datetime) -> None:
        """Move the clock from one due timer to the next, so that everything fires at its own time."""
        for _ in range(MOST_ROUNDS):
            open_timers = queries.search(self.rt, SYSTEM, "timers", page=EVERYTHING).items
            due = min((each["due_at"] for each in open_timers), default=None)
            if due is None or due > target:
                break
            self.clock.now = max(self.clock.now, due)
            if not timers.fire_due(self.rt):
                break
            self._settle()
        self.clock.now = target
        self._settle()

    def _check_waits(self, wanted: Sequence[str]) -> None:
        active = self._active()
        missing = [each for each in wanted if each not in active]
        if missing:
            raise _Unlike(f"{', '.join(missing)} should be active; active are: {', '.join(active) or 'none'}")

    def _settle(self) -> None:
        """Move everything that can move without time or people."""
        for _ in range(MOST_ROUNDS):
            moved = inbox.drain(self.rt)
            for job in self._claimed():
                moved += 1
                self._do(job)
            if not moved:
                return
        raise _Unlike(f"it does not come to rest within {MOST_ROUNDS:,} rounds")

    def _claimed(self) -> list[ActivatedJob]:
        available = queries.search(self.rt, SYSTEM, "jobs", filter={"status": "AVAILABLE"}, page=EVERYTHING).items
        types = sorted({each["type"] for each in available})
        if not types:
            return []
        return jobs.activate(self.rt, SYSTEM, type=types, worker="case", timeout=LEASE, max_jobs=100)

    def _do(self, job: ActivatedJob) -> None:
        executor.report(self.rt, job, self._outcome(job))

    def _outcome(self, job: ActivatedJob) -> Outcome:
        answers = self.told.jobs.get(job.element_id)
        if answers is None:
            return self._by_connector(job)
        answer = answers[min(self.answered[job.element_id], len(answers) - 1)]
        self.answered[job.element_id] += 1
        match answer:
            case Answer(connector=True):
                return self._by_connector(job)
            case Answer(error=ErrorAnswer() as error):
                return Threw(error.code, error.message, error.variables)
            case Answer(fail=str() as reason):
                return Failed(reason)
            case Answer(variables=dict() as given):
                return Succeeded(given)
            case _:
                return results.outcome(job, Answered(answer.response), self._evaluate)

    def _by_connector(self, job: ActivatedJob) -> Outcome:
        if job.type not in self.registry.by_type:
            return GaveUp(f"the case has no answer for {job.element_id}, and no connector serves {job.type!r}")
        equipment = Equipment(
            registry=self.registry,
            secrets=_AnySecret({}),
            http=_NoNetwork(),
            endpoint=_no_network,
            now=self.clock,
        )
        return results.outcome(job, call(equipment, job, lambda: True), self._evaluate)

    def _evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        value, _warnings = expressions.evaluate(self.rt, SYSTEM, expression, names)
        return value

    def _active(self) -> list[str]:
        found = queries.search(self.rt, SYSTEM, "element_instances", filter={"status": "ACTIVE"}, page=EVERYTHING).items
        return sorted({each["element_id"] for each in found})

    def _activated(self) -> Iterator[Mapping[str, Any]]:
        """Return all activations, also of called processes, in their order."""
        found = queries.search(self.rt, SYSTEM, "instances", page=EVERYTHING).items
        roots = [each["instance_key"] for each in found if not each.get("parent_instance_key")]
        for root in roots:
            after = 0
            while page := journal.read(self.rt, SYSTEM, root, after=after):
                after = page[-1]["sequence"]
                for record in page:
                    if record["kind"] == "ElementActivated" and record["body"]["element_type"] not in (BODY, "PROCESS"):
                        yield record["body"]

    def _compare(self) -> None:
        expect = self.told.expect
        row = queries.get(self.rt, SYSTEM, "instances", self.instance_key)
        if expect.status is not None and row["status"] != expect.status:
            at = f", active are: {', '.join(self._active())}" if self._active() else ""
            self.problems.append(f"the instance is {row['status']} instead of {expect.status}{at}")
        self._compare_path(expect)
        found = variables.visible(self.rt, SYSTEM, self.instance_key)
        for name, value in expect.variables.items():
            if name not in found:
                self.problems.append(f"there is no variable {name}; there are: {', '.join(sorted(found))}")
            elif not same(found[name], value):
                self.problems.append(f"{name} is {found[name]!r} instead of {value!r}")
        self._compare_incidents(expect)

    def _compare_path(self, expect: Expected) -> None:
        taken = [body["element_id"] for body in self._activated()]
        if (missing := first_missing(expect.path, taken)) is not None:
            self.problems.append(f"the path does not come to {missing} in the order given; it was: {' → '.join(taken)}")
        for element in expect.never:
            if element in taken:
                self.problems.append(f"{element} was visited, and should not have been")
        counted = Counter(taken)
        for element, count in expect.visits.items():
            if counted[element] != count:
                self.problems.append(f"{element} was visited {counted[element]} times instead of {count}")

    def _compare_incidents(self, expect: Expected) -> None:
        found = queries.search(self.rt, SYSTEM, "incidents", filter={"status": "ACTIVE"}, page=EVERYTHING).items
        stuck = {each["element_id"]: each["message"] for each in found}
        self.problems += [
            f"incident at {name}: {words}" for name, words in stuck.items() if name not in expect.incidents
        ]
        self.problems += [f"there is no incident at {name}" for name in expect.incidents if name not in stuck]


class _AnySecret(Secrets):
    """Every secret there might be, with a value that is none."""

    def get(self, name: str) -> str:
        return f"secret {name}"


class _NoNetwork:
    """The client of a case."""

    def request(self, method: str, url: str, **_more: Any) -> NoReturn:
        raise GiveUp(f"a case makes no calls ({method} {url}): give an answer for this job")


def _no_network(name: str) -> NoReturn:
    raise GiveUp(f"a case makes no calls ({name}): give an answer for this job")


def _counts(about: Any) -> bool:
    """Say whether an element can be visited at all."""
    kind = about.get("type") if isinstance(about, Mapping) else None
    return kind not in {"SEQUENCE_FLOW", "PROCESS"}


def first_missing(wanted: Sequence[str], taken: Sequence[str]) -> str | None:
    """Return the first element that is not found behind its forerunner; None if the order holds."""
    rest = iter(taken)
    return next((each for each in wanted if each not in rest), None)


def same(found: Any, wanted: Any) -> bool:
    """Compare as JSON: objects may hold more than was asked for, numbers are numbers."""
    match wanted:
        case Mapping():
            return isinstance(found, Mapping) and all(
                name in found and same(found[name], value) for name, value in wanted.items()
            )
        case list():
            return (
                isinstance(found, list)
                and len(found) == len(wanted)
                and all(same(one, other) for one, other in zip(found, wanted, strict=True))
            )
        case bool() | None:
            return found is wanted
        case _:
            return bool(found == wanted)
