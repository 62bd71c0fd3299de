"""One job: attempt it, and say how that went; the reporter tells the orchestrator."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.model_call import ModelCall
from orchestrator.services import expressions
from orchestrator.services.runtime import Runtime
from orchestrator.telemetry import metrics
from orchestrator.worker import results
from orchestrator.worker.calls import Answered, Equipment, call, known
from orchestrator.worker.outcomes import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What models were asked in an attempt, for the books."""

    calls: Sequence[ModelCall]
    question: Mapping[str, Any]
    answer: Any
    milliseconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A job that was attempted, and how it ended."""

    job: ActivatedJob
    outcome: Outcome
    spent: Spent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Does jobs with this equipment."""

    rt: Runtime
    equipment: Equipment

    def attempt(self, job: ActivatedJob, heartbeat: Callable[[], bool]) -> Attempt:
        """Attempt a job."""
        began = self.rt.monotonic()
        said = call(self.equipment, job, heartbeat)
        seconds = self.rt.monotonic() - began
        outcome = results.outcome(job, said, self._evaluate)
        metrics.job_done(job.type, type(outcome).__name__.lower(), seconds)
        made = ModelCall.all_of(said.response) if isinstance(said, Answered) else ()
        metrics.models_asked(made)
        if not made or not isinstance(said, Answered):
            return Attempt(job=job, outcome=outcome)
        question = known(self.equipment.registry.by_type[job.type], job)
        spent = Spent(calls=made, question=question, answer=said.response, milliseconds=round(seconds * 1000))
        return Attempt(job=job, outcome=outcome, spent=spent)

    def _evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        value, _warnings = expressions.evaluate(self.rt, SYSTEM, expression, names)
        return value
