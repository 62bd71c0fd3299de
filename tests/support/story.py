"""Stories: what is done to a model and what must be seen, in one line, told in every way that may not matter.

    tell("[a b]; {a b}; [c]; c x=1; done; ran c=1; root x=1", process(...), n=5)

| step | does or demands |
|---|---|
| `a x=1` | complete the oldest open job or user task of element `a` |
| `{a b c}` | complete all of these, in every order: one telling for each |
| `error a CODE x=1`, `escalate a CODE`, `fail a` | from the job or user task of `a` |
| `message name x=1`, `signal name x=1`, `timer t`, `set x=1`, `resolve` | from outside |
| `[a b]` | exactly these jobs and user tasks are open |
| `waits m t` | exactly these elements wait for a message, signal or timer |
| `incident CODE@element …`, `incident` | exactly these incidents are open; none |
| `ran a=2 b=0` | so often an element has completed |
| `ended a=1` | so often an element was terminated |
| `flows s-a a-e` | exactly these flows were taken, in this order |
| `root x=1` | variables of the process instance; `x=null` also where there is none |
| `late a` | a job or user task of `a` that is gone is refused |
| `begin s x=1` | start at this event with this payload (else the story starts by itself) |
| `done`, `open` | the instance has ended, or has not |

Every telling is repeated with a restart after every step and after every element, and must leave equal records. Each
model is written as a file of its own and read back first. At the end what is still open is cancelled, and whatever was
opened must be closed.
"""

import itertools
import json
import re

import pytest

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import Cancel, CompleteJob, CompleteUserTask, Escalate, ResolveIncident
from orchestrator.engine.checking import check
from tests.support.bpmn import as_bpmn
from tests.support.running import Run

WAYS = ({}, {"restart": True}, {"restart": True, "limits": Limits(elements_per_step=1)})


def tell(story, *processes, limits=None, decide=None, **variables):
    """Tell a story in every way; return the last run."""
    read = reread(*processes)
    steps = [step.strip() for step in story.split(";") if step.strip()]
    for telling in orders(steps):
        told = []
        for way in WAYS:
            how = way if limits is None else {**way, "limits": limits}
            told.append(Telling(telling, read, {**how, "decide": decide, **variables}).play())
        for other in told[1:]:
            assert other.records == told[0].records, telling
    return told[-1]


def reread(*processes):
    """Write each process as a file and read it back; what runs must be right."""
    read = []
    for process in processes:
        checked = check(as_bpmn(process))
        assert not checked.errors, [finding.message for finding in checked.errors]
        read += checked.processes
    return read


def orders(steps):
    choices = [
        [list(order) for order in itertools.permutations(step[1:-1].split())] if step.startswith("{") else [[step]]
        for step in steps
    ]
    for chosen in itertools.product(*choices):
        yield [step for part in chosen for step in part]


def values(words):
    return {name: json.loads(value) for name, _, value in (word.partition("=") for word in words)}


class Telling:
    def __init__(self, steps, processes, how):
        self.steps = steps
        self.run = Run(*processes, **how)

    def play(self):
        if not self.steps[0].startswith("begin"):
            self.run.start()
        for number, step in enumerate(self.steps):
            try:
                self.do(step)
            except AssertionError as problem:
                raise AssertionError(f"at «{step}» (step {number} of {self.steps}): {problem}") from problem
        if not self.run.is_done:
            self.run.apply(Cancel())
        self.run.assert_conserved()
        return self.run

    def do(self, step):
        if step.startswith("["):
            assert self.run.open_elements == sorted(step[1:-1].split()), self.run.open_elements
            return
        verb, *words = re.findall(r'(?:[^\s"]|"[^"]*")+', step)
        act = getattr(self, f"_{verb}", None)
        if act is not None:
            act(*words)
        else:
            self.run.complete(verb, **values(words))

    # -- what is done ----------------------------------------------------------------------------------------------

    def _begin(self, element=None, *words):
        self.run.start(None if element == "-" else element, payload=values(words))

    def _error(self, element, code, *words):
        self.run.throw(element, code, **values(words))

    def _escalate(self, element, code, *words):
        self.run.apply(Escalate(key=self._key(element), code=code, variables=values(words)))

    def _key(self, element):
        jobs = [each.job_key for each in self.run.jobs if each.element_id == element]
        tasks = [each.user_task_key for each in self.run.user_tasks if each.element_id == element]
        return [*jobs, *tasks][0]

    def _fail(self, element):
        self.run.fail(element)

    def _message(self, name, *words):
        self.run.correlate(name, **values(words))

    def _signal(self, name, *words):
        self.run.broadcast(name, **values(words))

    def _timer(self, element):
        self.run.fire(element)

    def _set(self, *words):
        self.run.set(**values(words))

    def _resolve(self):
        for each in list(self.run.incidents):
            if each in self.run.incidents:
                self.run.apply(ResolveIncident(incident_key=each.incident_key))

    # -- what is demanded ------------------------------------------------------------------------------------------

    def _waits(self, *elements):
        found = sorted(each.element_id for each in [*self.run.messages, *self.run.signals, *self.run.timers])
        assert found == sorted(elements), found

    def _incident(self, *wanted):
        found = sorted(f"{each.code}@{each.element_id}" for each in self.run.incidents)
        assert found == sorted(wanted), self.run.incidents

    def _ran(self, *words):
        for name, times in values(words).items():
            assert self.run.completed.count(name) == times, self.run.completed

    def _ended(self, *words):
        for name, times in values(words).items():
            assert self.run.terminated.count(name) == times, self.run.terminated

    def _flows(self, *wanted):
        assert self.run.flows == list(wanted), self.run.flows

    def _root(self, *words):
        for name, value in values(words).items():
            found = self.run.variables.get(name)
            assert (found, type(found)) == (value, type(value)), self.run.variables

    def _late(self, element):
        gone = [each for each in self.run.of(r.JobCreated) if each.element_id == element]
        tasks = [each for each in self.run.of(r.UserTaskCreated) if each.element_id == element]
        if gone:
            self.run.rejection(CompleteJob(job_key=gone[-1].job_key))
        else:
            self.run.rejection(CompleteUserTask(user_task_key=tasks[-1].user_task_key))

    def _done(self):
        assert self.run.is_done, self.run.status

    def _open(self):
        assert not self.run.is_done


def row(name, story, *processes, **variables):
    """Return one line of a table of stories, for ``@table``."""
    return pytest.param(story, processes, variables, id=name)


def table(*rows):
    """Parametrise a test with stories."""
    return pytest.mark.parametrize(("story", "processes", "variables"), rows)
