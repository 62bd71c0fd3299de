"""Runs process models against the engine's seam, with a standing clock and counted keys."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import (
    BroadcastSignal,
    CompleteJob,
    CompleteUserTask,
    Continue,
    CorrelateMessage,
    FailJob,
    FireTimer,
    ResolveIncident,
    SetVariables,
    Start,
    ThrowError,
)
from orchestrator.engine import specs
from orchestrator.engine.definition import Definition
from orchestrator.engine.given import Given
from orchestrator.engine.snapshot import Snapshot, dumped, state_of
from orchestrator.engine.step import Status, step

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Deployed:
    """Definitions by key and id; what a call activity or a business rule task finds."""

    def __init__(self, *processes, decide=None):
        self.definitions = {}
        self.decisions = decide or {}
        for process in processes:
            self.add(process)

    def add(self, process):
        key = 1000 + len(self.definitions)
        self.definitions[key] = Definition(
            key=key, version=1, digest=f"digest-{key}", process=process, specification=specs.build(process)
        )
        return key

    def by_key(self, definition_key):
        return self.definitions[definition_key]

    def called(self, process_id, *, binding, version_tag, caller):
        found = [each for each in self.definitions.values() if each.process.id == process_id]
        if not found:
            raise LookupError(f"no process '{process_id}' is deployed")
        return found[-1]

    def decide(self, decision_id, context, *, binding, version_tag, caller):
        if decision_id not in self.decisions:
            raise LookupError(f"no decision '{decision_id}' is deployed")
        return self.decisions[decision_id](context)


class Run:
    """One instance; after every step it may be brought back from its text."""

    def __init__(self, *processes, restart=False, limits=None, decide=None, **variables):
        self.deployed = Deployed(*processes, decide=decide)
        self.restart = restart
        self.limits = limits or Limits()
        self.now = NOON
        self.next_key = 0
        self.records = []
        self.cores = []  #: the texts of all snapshots so far
        self.snapshot = None
        self.status = None
        self.variables_at_start = variables

    def new_key(self):
        self.next_key += 1
        return self.next_key

    def given(self):
        return Given(now=self.now, new_key=self.new_key, lookup=self.deployed, limits=self.limits)

    def start(self, element=None, payload=None, **kw):
        trigger = Start(
            instance_key=self.new_key(),
            definition_key=1000,
            variables=self.variables_at_start,
            start_element=element,
            payload=payload,
            **kw,
        )
        return self.apply(trigger)

    def apply(self, trigger):
        """Apply a trigger, and go on while the engine asks for more; return the records."""
        fresh = self._step(trigger)
        while self.status is Status.MORE:
            fresh += self._step(Continue())
        return fresh

    def _step(self, trigger):
        done = step(self.snapshot, trigger, self.given())
        self.snapshot, self.status = done.snapshot, done.status
        again = Snapshot.load(done.snapshot.core, done.snapshot.variables).revive(self.given())
        assert dumped(state_of(again)) == done.snapshot.core, "what is kept of the text has grown stale"
        self.cores.append(done.snapshot.core)
        if self.restart:
            self.snapshot = Snapshot.load(
                bytes(done.snapshot.core), {k: dict(reversed(v.items())) for k, v in done.snapshot.variables.items()}
            )
        self.take(done.records)
        return list(done.records)

    def take(self, records):
        """Remember what has happened."""
        self.records.extend(each for each in records if not isinstance(each, r.TriggerRejected))

    # -- what is open ----------------------------------------------------------------------------------------------

    def _open(self, opened, closed, key, closed_key=None):
        gone = {getattr(each, closed_key or key) for each in self.records if isinstance(each, closed)}
        found = {}
        for each in self.records:
            if isinstance(each, opened) and getattr(each, key) not in gone:
                found[getattr(each, key)] = each
        return list(found.values())

    @property
    def jobs(self):
        return self._open(r.JobCreated, (r.JobCompleted, r.JobCancelled, r.JobErrorThrown), "job_key")

    @property
    def user_tasks(self):
        return self._open(r.UserTaskCreated, (r.UserTaskCompleted, r.UserTaskCancelled), "user_task_key")

    @property
    def timers(self):
        return self._open(r.TimerArmed, r.TimerDisarmed, "timer_key")

    @property
    def messages(self):
        return self._open(r.MessageSubscriptionOpened, r.MessageSubscriptionClosed, "subscription_key")

    @property
    def signals(self):
        return self._open(r.SignalSubscriptionOpened, r.SignalSubscriptionClosed, "subscription_key")

    @property
    def incidents(self):
        return self._open(r.IncidentRaised, r.IncidentResolved, "incident_key")

    @property
    def open_elements(self):
        """Ids of elements with an open job or user task, sorted; several times where there are several."""
        return sorted([job.element_id for job in self.jobs] + [each.element_id for each in self.user_tasks])

    # -- what one does ---------------------------------------------------------------------------------------------

    def job(self, element, nth=0):
        return [each for each in self.jobs if each.element_id == element][nth]

    def complete(self, element, nth=0, **variables):
        """Complete the job or user task of an element."""
        for each in [each for each in self.jobs if each.element_id == element][nth:]:
            return self.apply(CompleteJob(job_key=each.job_key, variables=variables))
        for each in [each for each in self.user_tasks if each.element_id == element][nth:]:
            return self.apply(CompleteUserTask(user_task_key=each.user_task_key, variables=variables))
        raise AssertionError(f"nothing is open at {element}; open: {self.open_elements}")

    def fail(self, element, message="broken"):
        return self.apply(FailJob(job_key=self.job(element).job_key, message=message))

    def throw(self, element, code, message="", **variables):
        key = next(
            [each.job_key for each in self.jobs if each.element_id == element]
            + [each.user_task_key for each in self.user_tasks if each.element_id == element]
            for _ in [0]
        )[0]
        return self.apply(ThrowError(key=key, code=code, message=message, variables=variables))

    def correlate(self, name, nth=0, **variables):
        found = [each for each in self.messages if each.message_name == name][nth]
        return self.apply(CorrelateMessage(subscription_key=found.subscription_key, message_key=0, variables=variables))

    def broadcast(self, name, **variables):
        return self.apply(BroadcastSignal(name=name, variables=variables))

    def fire(self, element, nth=0):
        """Move the clock to when the element's timer is due, and fire it."""
        armed = [each for each in self.timers if each.element_id == element][nth]
        self.now = max(self.now, armed.due_at)
        return self.apply(FireTimer(timer_key=armed.timer_key, due_at=armed.due_at, fire_number=armed.fire_number))

    def set(self, scope=None, *, local=False, **variables):
        key = self.snapshot.instance_key if scope is None else scope
        return self.apply(SetVariables(scope_key=key, variables=variables, local=local))

    def resolve(self):
        return self.apply(ResolveIncident(incident_key=self.incidents[0].incident_key))

    def wait(self, **span):
        self.now += timedelta(**span)

    # -- what one sees ---------------------------------------------------------------------------------------------

    @property
    def variables(self):
        """The variables of the process instance, also after it has ended."""
        found = {}
        for each in self.records:
            if isinstance(each, r.VariableSet) and each.scope_key == self.snapshot.instance_key:
                found[each.name] = each.value
        return found

    def ids(self, kind):
        return [each.element_id for each in self.records if isinstance(each, kind)]

    @property
    def completed(self):
        return self.ids(r.ElementCompleted)

    @property
    def activated(self):
        return self.ids(r.ElementActivated)

    @property
    def terminated(self):
        return self.ids(r.ElementTerminated)

    @property
    def flows(self):
        return [each.flow_id for each in self.records if isinstance(each, r.FlowTaken)]

    def of(self, kind):
        return [each for each in self.records if isinstance(each, kind)]

    @property
    def is_done(self):
        return self.status is Status.COMPLETED

    def rejection(self, trigger):
        """Apply a trigger that must change nothing; return the reason."""
        before = self.snapshot
        answer = self.apply(trigger)
        assert [type(each) for each in answer] == [r.TriggerRejected]
        assert self.snapshot == before
        return answer[0].reason

    def assert_conserved(self):
        """Whatever was opened is closed exactly once; elements too."""
        pairs = [
            (r.JobCreated, (r.JobCompleted, r.JobCancelled, r.JobErrorThrown), "job_key"),
            (r.UserTaskCreated, (r.UserTaskCompleted, r.UserTaskCancelled), "user_task_key"),
            (r.MessageSubscriptionOpened, (r.MessageSubscriptionClosed,), "subscription_key"),
            (r.SignalSubscriptionOpened, (r.SignalSubscriptionClosed,), "subscription_key"),
            (r.IncidentRaised, (r.IncidentResolved,), "incident_key"),
            (r.ElementActivated, (r.ElementCompleted, r.ElementTerminated), "element_instance_key"),
            (r.InstanceStarted, (r.InstanceCompleted, r.InstanceCancelled), "instance_key"),
        ]
        for opened, closed, key in pairs:
            begun = Counter(getattr(each, key) for each in self.records if isinstance(each, opened))
            ended = Counter(getattr(each, key) for each in self.records if isinstance(each, closed))
            assert begun == ended, opened.__name__
        armed = {each.timer_key for each in self.of(r.TimerArmed)}
        assert Counter(each.timer_key for each in self.of(r.TimerDisarmed)) == Counter(armed)
        assert isinstance(self.records[-1], r.InstanceCompleted | r.InstanceCancelled)
