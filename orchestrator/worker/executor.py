"""One job: attempt it, then tell the orchestrator how it went."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import Conflict, NotFound, OrchestratorError, Unavailable
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.model_call import ModelCall
from orchestrator.services import expressions, jobs, model_calls
from orchestrator.services.runtime import Runtime
from orchestrator.telemetry import metrics
from orchestrator.worker import results
from orchestrator.worker.calls import Answered, Equipment, call, known
from orchestrator.worker.outcomes import Failed, GaveUp, Outcome, Succeeded, Threw

log = logging.getLogger(__name__)

REPORT_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  #: an answer is too precious to lose to a database that blinks


@dataclass(frozen=True, slots=True, kw_only=True)
class Executor:
    """Does jobs with this equipment; ``stopping`` cuts pauses short."""

    rt: Runtime
    equipment: Equipment
    stopping: threading.Event

    def run(
        self, job: ActivatedJob, heartbeat: Callable[[], bool], onward: jobs.Onward | None = None
    ) -> ActivatedJob | None:
        """Attempt a job and report on it; return the one it leads to, if we may go on with that."""
        began = self.rt.monotonic()
        said = call(self.equipment, job, heartbeat)
        seconds = self.rt.monotonic() - began
        outcome = results.outcome(job, said, self._evaluate)
        metrics.job_done(job.type, type(outcome).__name__.lower(), seconds)
        made = ModelCall.all_of(said.response) if isinstance(said, Answered) else ()
        metrics.models_asked(made)
        return self._report(job, outcome, lambda: self._keep(job, made, said, seconds), onward)

    def _keep(self, job: ActivatedJob, made: Sequence[ModelCall], said: Any, seconds: float) -> None:
        """Write down what models were asked and what it cost, before the answer can be too late."""
        if made:
            question = known(self.equipment.registry.by_type[job.type], job)
            spent = round(seconds * 1000)
            model_calls.keep(self.rt, SYSTEM, job, made, question=question, answer=said.response, milliseconds=spent)

    def _evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        value, _warnings = expressions.evaluate(self.rt, SYSTEM, expression, names)
        return value

    def _report(
        self, job: ActivatedJob, outcome: Outcome, keep: Callable[[], None], onward: jobs.Onward | None
    ) -> ActivatedJob | None:
        """Report, again while the database is away; whoever lost the lease has nothing to say any more."""
        for pause in (*REPORT_PAUSES, None):
            try:
                keep()
                return report(self.rt, job, outcome, onward)
            except (Conflict, NotFound) as refusal:
                log.info("the result came too late and was dropped", extra={"job_key": job.key, "reason": str(refusal)})
            except Unavailable:
                if pause is not None:
                    self.stopping.wait(pause)
                    continue
                log.warning(
                    "the result could not be reported; the job will be attempted again", extra={"job_key": job.key}
                )
            except OrchestratorError as refusal:  # the answer itself is refused: too large, not JSON
                self._refused(job, refusal)
            return None
        return None

    def _refused(self, job: ActivatedJob, refusal: OrchestratorError) -> None:
        try:
            report(self.rt, job, GaveUp(f"The answer of {job.type} was refused: {refusal}"))
        except OrchestratorError as again:
            log.warning("a job cannot be reported", extra={"job_key": job.key, "reason": str(again)})


def report(rt: Runtime, job: ActivatedJob, outcome: Outcome, onward: jobs.Onward | None = None) -> ActivatedJob | None:
    """Tell the orchestrator how the attempt went; how often and when to try again is not for the worker to say."""
    token = job.lease_token
    match outcome:
        case Succeeded(variables):
            return jobs.complete(rt, SYSTEM, job.key, lease_token=token, variables=variables, onward=onward)
        case Failed(message, after, counts):
            left = None if counts else job.retries
            jobs.fail(rt, SYSTEM, job.key, lease_token=token, retries=left, message=message, back_off=_wish(after))
        case GaveUp(message):
            jobs.fail(rt, SYSTEM, job.key, lease_token=token, retries=0, message=message)
        case Threw(code, message, variables):
            jobs.throw_error(rt, SYSTEM, job.key, lease_token=token, code=code, message=message, variables=variables)
    return None


def _wish(after: timedelta | None) -> timedelta | None:
    """Take a wish for no pause at all for no wish: the orchestrator's own back-off is kinder to the far side."""
    return after or None
