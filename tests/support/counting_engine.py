"""A small deterministic engine for tests of the protocol: branches that do one thing after another.

A model is JSON: ``{"id": …, "branches": [["job:work", "user:", "timer:60", …], …], "starts": […]}``. It has the
seam of the real engine and none of its cost; what it waits for goes through the same records.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from orchestrator.domain import records as r
from orchestrator.domain import triggers as t
from orchestrator.domain.finding import Finding


class Status(StrEnum):
    RUNNING = "running"
    MORE = "more"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Snapshot:
    definition_key: int
    instance_key: int
    core: bytes
    variables: Mapping[int, Mapping[str, Any]]

    @staticmethod
    def load(core: bytes, variables: Mapping[int, Mapping[str, Any]]) -> "Snapshot":
        state = json.loads(core)
        return Snapshot(state["definition_key"], state["instance_key"], core, variables)

    @staticmethod
    def scopes(core: bytes) -> list[int]:
        return [json.loads(core)["instance_key"]]


@dataclass(frozen=True)
class Step:
    snapshot: Snapshot
    records: tuple[r.Record, ...]
    status: Status


@dataclass(frozen=True)
class Process:
    id: str
    name: str
    executable: bool = True
    version_tag: str | None = None
    body: Any = field(default_factory=lambda: type("Body", (), {"nodes": {}})())


@dataclass(frozen=True)
class Checked:
    processes: tuple[Process, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Definition:
    key: int
    version: int
    model: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class MessageStart:
    element_id: str
    message_name: str


@dataclass(frozen=True, kw_only=True)
class SignalStart:
    element_id: str
    signal_name: str


@dataclass(frozen=True, kw_only=True)
class TimerStart:
    element_id: str
    due_at: datetime
    repetitions_left: int | None
    text: str
    kind: str
    zone: str = "UTC"
    catch_up: str | None = None


class Broken(Exception):
    """The engine trips over a model."""


class CountingEngine:
    """The seam as an object; ``broken`` makes every step of some instances fail."""

    Snapshot = Snapshot
    Status = Status

    def __init__(self) -> None:
        self.broken: set[int] = set()

    def read_decision_head(self, source: bytes) -> None:
        """It knows no decisions."""

    def check_safely(self, source: bytes, *, filename: str = "") -> Checked:
        try:
            model = json.loads(source)
        except ValueError as wrong:
            return Checked((), (Finding(rule="no-model", message=str(wrong), resource=filename),))
        return Checked((Process(model["id"], model.get("name", model["id"])),), ())

    def compile_process(self, source: bytes, process_id: str, *, key: int, version: int, **_rest: Any) -> Definition:
        return Definition(key, version, json.loads(source))

    def has_task_listeners(self, definition: Definition, element_id: str, event: str) -> bool:
        return False

    def start_events(self, definition: Definition, *, now: datetime) -> Sequence[Any]:
        starts: list[Any] = []
        for start in definition.model.get("starts", ()):
            kind, _, text = start.partition(":")
            if kind == "message":
                starts.append(MessageStart(element_id=start, message_name=text))
            elif kind == "signal":
                starts.append(SignalStart(element_id=start, signal_name=text))
            elif kind == "cycle":
                due = now + timedelta(seconds=60)
                starts.append(TimerStart(element_id=start, due_at=due, repetitions_left=3, text=text, kind="cycle"))
        return starts

    def step(self, snapshot: Snapshot | None, trigger: t.Trigger, given: Any) -> Step:
        if snapshot is not None and snapshot.instance_key in self.broken:
            raise Broken("the model is beyond this engine")
        if isinstance(trigger, t.Start):
            life = _Life.begin(trigger, given)
        else:
            assert snapshot is not None
            life = _Life(json.loads(snapshot.core), given, dict(snapshot.variables.get(snapshot.instance_key, {})))
            life.apply(trigger)
        if life.rejected:
            assert snapshot is not None
            return Step(snapshot, (r.TriggerRejected(reason=life.rejected),), Status.RUNNING)
        return life.end()


class _Life:
    def __init__(self, state: dict[str, Any], given: Any, variables: dict[str, Any]) -> None:
        self.state = state
        self.given = given
        self.variables = variables
        self.records: list[r.Record] = []
        self.rejected = ""
        self.key = state["instance_key"]
        self.model = given.lookup.by_key(state["definition_key"]).model
        self.cancelled = False

    @classmethod
    def begin(cls, start: t.Start, given: Any) -> "_Life":
        definition = given.lookup.by_key(start.definition_key)
        state = {
            "instance_key": start.instance_key,
            "definition_key": start.definition_key,
            "waits": {},
            "left": 0,
            "more": [],
        }
        life = cls(state, given, {})
        life.records.append(
            r.InstanceStarted(
                instance_key=start.instance_key,
                definition_key=start.definition_key,
                process_id=definition.model["id"],
                version=definition.version,
                root_instance_key=start.instance_key,
                business_id=start.business_id,
                tags=tuple(start.tags),
            )
        )
        life.set_variables({**start.variables, **(start.payload or {})})
        branches = definition.model["branches"]
        state["left"] = len(branches)
        for branch in range(len(branches)):
            life.enter(branch, 0)
        return life

    def set_variables(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self.variables[name] = value
            self.records.append(r.VariableSet(instance_key=self.key, scope_key=self.key, name=name, value=value))

    def enter(self, branch: int, position: int) -> None:
        things = self.model["branches"][branch]
        if position == len(things):
            self.state["left"] -= 1
            return
        thing = things[position]
        kind, _, text = thing.partition(":")
        element = self.given.new_key()
        element_id = f"b{branch}p{position}"
        self.records.append(
            r.ElementActivated(
                instance_key=self.key,
                element_instance_key=element,
                element_id=element_id,
                element_type="SERVICE_TASK",
                scope_key=self.key,
            )
        )
        wait = {
            "branch": branch,
            "position": position,
            "element": element,
            "kind": kind,
            "text": text,
            "id": element_id,
        }
        if kind == "throw":
            name, _, correlation = text.partition("/")
            variables = dict(self.variables)
            thrown = r.MessageThrown(
                instance_key=self.key,
                element_id=element_id,
                name=name,
                correlation_key=correlation,
                variables=variables,
            )
            self.records.append(thrown)
            self.leave(wait)
            return
        if kind == "more":
            self.state["more"].append(wait)
            return
        key = self.given.new_key()
        self.state["waits"][str(key)] = wait
        self.open(key, wait)

    def open(self, key: int, wait: dict[str, Any]) -> None:
        about = {"instance_key": self.key, "element_instance_key": wait["element"], "element_id": wait["id"]}
        text = wait["text"]
        match wait["kind"]:
            case "job":
                name, _, retries = text.partition("/")
                job = r.JobCreated(
                    **about, job_key=key, type=name, retries=int(retries or 3), headers={}, scopes=[self.key]
                )
                self.records.append(job)
            case "user":
                task = r.UserTaskCreated(
                    **about,
                    user_task_key=key,
                    name=wait["id"],
                    scopes=[self.key],
                    candidate_users=[name for name in text.split(",") if name],
                    form_id=self.model.get("form"),
                )
                self.records.append(task)
            case "timer":
                due = self.given.now + timedelta(seconds=float(text))
                self.records.append(r.TimerArmed(**about, timer_key=key, due_at=due))
            case "beats":
                self.arm(key, wait, 1)
            case "message":
                name, _, correlation = text.partition("/")
                opened = r.MessageSubscriptionOpened(
                    **about,
                    subscription_key=key,
                    process_id=self.model["id"],
                    message_name=name,
                    correlation_key=str(self.variables.get(correlation, correlation)),
                )
                self.records.append(opened)
            case "signal":
                self.records.append(r.SignalSubscriptionOpened(**about, subscription_key=key, signal_name=text))

    def close(self, key: int, wait: dict[str, Any], *, done: bool) -> None:
        own = {"instance_key": self.key}
        match wait["kind"]:
            case "job":
                kind = r.JobCompleted if done else r.JobCancelled
                self.records.append(kind(**own, job_key=key))
            case "user":
                kind = r.UserTaskCompleted if done else r.UserTaskCancelled
                self.records.append(kind(**own, user_task_key=key))
            case "timer" | "beats":
                self.records.append(r.TimerDisarmed(**own, timer_key=key))
            case "message":
                self.records.append(r.MessageSubscriptionClosed(**own, subscription_key=key))
            case "signal":
                self.records.append(r.SignalSubscriptionClosed(**own, subscription_key=key))

    def leave(self, wait: dict[str, Any]) -> None:
        self.records.append(
            r.ElementCompleted(instance_key=self.key, element_instance_key=wait["element"], element_id=wait["id"])
        )
        self.enter(wait["branch"], wait["position"] + 1)

    def finish(self, key: int, variables: Mapping[str, Any]) -> None:
        wait = self.state["waits"].pop(str(key), None)
        if wait is None:
            self.rejected = f"{key} is no longer open"
            return
        self.close(key, wait, done=True)
        self.set_variables(variables)
        self.leave(wait)

    def arm(self, key: int, wait: dict[str, Any], number: int) -> None:
        """A timer that fires so many times with so many seconds between: ``beats:3/5``."""
        wait["beat"] = number
        due = self.given.now + timedelta(seconds=float(wait["text"].partition("/")[2]))
        about = {"instance_key": self.key, "element_instance_key": wait["element"], "element_id": wait["id"]}
        self.records.append(r.TimerArmed(**about, timer_key=key, due_at=due, fire_number=number))

    def beat(self, trigger: t.FireTimer) -> None:
        wait = self.state["waits"].get(str(trigger.timer_key), {"kind": "timer"})
        if wait["kind"] == "timer" or wait["beat"] == int(wait["text"].partition("/")[0]):
            self.finish(trigger.timer_key, {})
        elif trigger.fire_number != wait["beat"]:
            self.rejected = f"{trigger.timer_key} stands for beat {wait['beat']}"
        else:
            self.arm(trigger.timer_key, wait, wait["beat"] + 1)

    def apply(self, trigger: t.Trigger) -> None:
        match trigger:
            case t.CompleteJob():
                self.finish(trigger.job_key, trigger.variables)
            case t.CompleteUserTask():
                self.finish(trigger.user_task_key, trigger.variables)
            case t.FireTimer():
                self.beat(trigger)
            case t.CorrelateMessage():
                self.finish(trigger.subscription_key, trigger.variables)
            case t.BroadcastSignal():
                for key, wait in list(self.state["waits"].items()):
                    if wait["kind"] == "signal" and wait["text"] == trigger.name:
                        self.finish(int(key), trigger.variables)
            case t.FailJob():
                wait = self.state["waits"][str(trigger.job_key)]
                wait["incident"] = self.given.new_key()
                self.records.append(
                    r.IncidentRaised(
                        instance_key=self.key,
                        incident_key=wait["incident"],
                        element_instance_key=wait["element"],
                        element_id=wait["id"],
                        code="NO_RETRIES",
                        message=trigger.message,
                        job_key=trigger.job_key,
                    )
                )
            case t.ResolveIncident():
                self.records.append(r.IncidentResolved(instance_key=self.key, incident_key=trigger.incident_key))
            case t.ThrowError():
                wait = self.state["waits"].pop(str(trigger.key))
                self.records.append(r.JobErrorThrown(instance_key=self.key, job_key=trigger.key, code=trigger.code))
                self.leave(wait)
            case t.SetVariables():
                self.set_variables(trigger.variables)
            case t.Cancel():
                self.cancelled = True
            case t.Continue():
                for wait in self.state["more"]:
                    self.leave(wait)
                self.state["more"] = [wait for wait in self.state["more"] if wait["position"] < 0]

    def end(self) -> Step:
        status = Status.MORE if self.state["more"] else Status.RUNNING
        if self.cancelled:
            for key, wait in self.state["waits"].items():
                self.close(int(key), wait, done=False)
                self.records.append(
                    r.ElementTerminated(
                        instance_key=self.key, element_instance_key=wait["element"], element_id=wait["id"]
                    )
                )
            self.records.append(r.InstanceCancelled(instance_key=self.key))
            status = Status.CANCELLED
        elif self.state["left"] == 0:
            self.records.append(r.InstanceCompleted(instance_key=self.key))
            status = Status.COMPLETED
        core = json.dumps(self.state, sort_keys=True).encode()
        snapshot = Snapshot(self.state["definition_key"], self.key, core, {self.key: self.variables})
        return Step(snapshot, tuple(self.records), status)
