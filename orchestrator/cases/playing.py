"""Play a case: deploy its models, start, take its steps on a clock that stands, and look what became of it."""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from connectors.registry import Registry
from orchestrator.cases.answers import Answers
from orchestrator.cases.casefile import CaseFile, Step
from orchestrator.cases.comparing import differences, hints, unknown
from orchestrator.cases.results import Case, Result
from orchestrator.cases.seen import Seen
from orchestrator.domain.access import SYSTEM, Principal
from orchestrator.domain.errors import OrchestratorError
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.timer import parse_duration
from orchestrator.services import (
    deployments,
    inbox,
    incidents,
    instances,
    jobs,
    messages,
    queries,
    signals,
    timers,
    user_tasks,
    variables,
)
from orchestrator.services.runtime import Runtime
from orchestrator.worker import reporting

MODEL_FILES = (".bpmn", ".dmn", ".form")
MOST_ROUNDS = 10_000
LEASE = timedelta(minutes=5)


class Clock:
    """Stands until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


def run(case: Case, registry: Registry, opened: Callable[[Clock], AbstractContextManager[Runtime]]) -> Result:
    """Run a case in a runtime of its own; whatever goes wrong is a problem of the case, not of the run."""
    try:
        told = CaseFile.model_validate_json(case.file.read_bytes())
    except ValidationError as problem:
        wrong = f"{case.file.name} is no case: {problem}"
        return Result(model=case.model, name=case.file.stem, file=str(case.file), problems=(wrong,))
    clock = Clock(told.at)
    with opened(clock) as rt:
        answers = Answers(rt, registry, clock, told.jobs)
        play = _Play(rt=rt, clock=clock, told=told, seen=Seen(rt), answers=answers)
        try:
            play.everything(case.folder)
        except (OrchestratorError, _Unlike) as problem:
            play.problems.append(str(problem))
        return play.result(case)


class _Unlike(Exception):
    """The process is not where the case wants it, so that the rest makes no sense."""


@dataclass(slots=True, kw_only=True)
class _Play:
    """One case in the middle of it."""

    rt: Runtime
    clock: Clock
    told: CaseFile
    seen: Seen
    answers: Answers
    problems: list[str] = field(default_factory=list)
    instance_key: Any = None

    def everything(self, folder: Path) -> None:
        files = [each for each in sorted(folder.iterdir()) if each.suffix in MODEL_FILES]
        resources = [deployments.Resource(name=each.name, content=each.read_bytes()) for each in files]
        deployments.deploy(self.rt, SYSTEM, resources)
        self.problems += unknown(self.told, self.seen.elements())
        self._start()
        self._settle()
        for number, step in enumerate(self.told.steps, 1):
            try:
                self._take(step)
            except (OrchestratorError, _Unlike) as problem:
                raise _Unlike(f"step {number}: {problem}") from problem
            self._settle()
        row = queries.get(self.rt, SYSTEM, "instances", self.instance_key)
        values = variables.visible(self.rt, SYSTEM, self.instance_key)
        self.problems += differences(self.seen, self.told.expect, row, values)

    def result(self, case: Case) -> Result:
        """Return how it went, with what helps to see why."""
        way = self.seen.way()
        return Result(
            model=case.model,
            name=self.told.name,
            file=str(case.file),
            problems=tuple(self.problems),
            expected=tuple(self.told.expect.path),
            path=tuple(way),
            waits=tuple(self.seen.active()),
            hints=tuple(hints(self.seen, self.told)) if self.problems else (),
            visited=frozenset(way),
            elements=self.seen.elements(),
            visits=Counter(way),
            taken=self.seen.taken(),
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
        found = self.seen.rows("instances", process_id=self.told.process)
        if not found:
            raise _Unlike(f"no instance of {self.told.process} was started")
        self.instance_key = found[0]["instance_key"]

    def _take(self, step: Step) -> None:
        match step:
            case Step(complete=str() as element):
                self._complete(element, step)
            case Step(advance=str() as duration):
                self._advance(parse_duration(duration).after(self.clock.now, ZoneInfo("UTC")))
            case Step(publish=str() as name):
                messages.publish(self.rt, SYSTEM, name=name, correlation_key=step.key, variables=step.variables)
            case Step(signal=str() as name):
                signals.broadcast(self.rt, SYSTEM, name=name, variables=step.variables)
            case Step(retry=str() as element):
                self._retry(element)
            case Step(set=dict() as values):
                instances.set_variables(self.rt, SYSTEM, self.instance_key, values)
            case Step(cancel=True):
                instances.cancel(self.rt, SYSTEM, self.instance_key)
            case Step(waits_at=list() as wanted):
                self._check_waits(wanted)
            case _:  # to settle, which every step begins with
                return

    def _complete(self, element: str, step: Step) -> None:
        open_tasks = self.seen.rows("user_tasks", element_id=element, status="CREATED")
        if not open_tasks:
            raise _Unlike(f"no task {element} is open; active are: {', '.join(self.seen.active()) or 'none'}")
        task = min(open_tasks, key=lambda each: each["user_task_key"])
        who = Principal(id=step.user, kind="system") if step.user else SYSTEM
        user_tasks.complete(self.rt, who, task["user_task_key"], step.variables, form=task.get("form_id") is not None)

    def _retry(self, element: str) -> None:
        stuck = self.seen.stuck()
        if element not in stuck:
            raise _Unlike(f"nothing is stuck at {element}; stuck are: {', '.join(stuck) or 'none'}")
        incidents.resolve(self.rt, SYSTEM, stuck[element]["incident_key"])

    def _advance(self, target: datetime) -> None:
        """Move the clock from one due timer to the next, so that everything fires at its own time."""
        for _ in range(MOST_ROUNDS):
            due = min((each["due_at"] for each in self.seen.rows("timers")), default=None)
            if due is None or due > target:
                break
            self.clock.now = max(self.clock.now, due)
            if not timers.fire_due(self.rt):
                break
            self._settle()
        self.clock.now = target
        self._settle()

    def _check_waits(self, wanted: list[str]) -> None:
        active = self.seen.active()
        missing = [each for each in wanted if each not in active]
        if missing:
            raise _Unlike(f"{', '.join(missing)} should be active; active are: {', '.join(active) or 'none'}")

    def _settle(self) -> None:
        """Move everything that can move without time or people."""
        for _ in range(MOST_ROUNDS):
            moved = inbox.drain(self.rt)
            for job in self._claimed():
                moved += 1
                reporting.report(self.rt, job, self.answers.outcome(job))
            if not moved:
                return
        raise _Unlike(f"it does not come to rest within {MOST_ROUNDS:,} rounds")

    def _claimed(self) -> list[ActivatedJob]:
        types = sorted({each["type"] for each in self.seen.rows("jobs", status="AVAILABLE")})
        if not types:
            return []
        return jobs.activate(self.rt, SYSTEM, type=types, worker="case", timeout=LEASE, max_jobs=100)
