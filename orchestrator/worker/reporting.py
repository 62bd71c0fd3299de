"""Telling the orchestrator how attempts went: results of many instances in one transaction, the rest one by one."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import Conflict, NotFound, OrchestratorError, Unavailable
from orchestrator.domain.job import ActivatedJob
from orchestrator.services import jobs, model_calls
from orchestrator.services.runtime import Runtime
from orchestrator.worker.executor import Attempt
from orchestrator.worker.outcomes import Failed, GaveUp, Outcome, Succeeded, Threw

log = logging.getLogger(__name__)

REPORT_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)  #: an answer is too precious to lose to a database that blinks

Report: TypeAlias = "tuple[Attempt, jobs.Onward | None]"
"""How a job went, and with what we would go on."""

Answer: TypeAlias = "ActivatedJob | Exception | None"
"""The job a result leads to, if we may go on with it; or why it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Reports attempts; ``stopping`` cuts pauses short."""

    rt: Runtime
    stopping: threading.Event

    def tell(self, reports: Sequence[Report]) -> Iterator[tuple[Attempt, ActivatedJob | None]]:
        """Report, again while the database is away; whoever lost the lease has nothing to say any more.

        Each attempt comes back once it is settled, with the job it leads to.
        """
        for pause in (*REPORT_PAUSES, None):
            again: list[Report] = []
            for each, answer in zip(reports, self._tell_once(reports), strict=True):
                if isinstance(answer, Unavailable) and pause is not None:
                    again.append(each)
                elif isinstance(answer, Exception):
                    self._explain(each[0], answer)
                    yield each[0], None
                else:
                    yield each[0], answer
            if not again:
                return
            reports = again
            self.stopping.wait(pause)

    def _tell_once(self, reports: Sequence[Report]) -> list[Answer]:
        answers: list[Answer] = [None] * len(reports)
        successes: dict[int, jobs.Completion] = {}
        for place, (attempt, onward) in enumerate(reports):
            try:
                self._keep(attempt)
                if isinstance(attempt.outcome, Succeeded):
                    successes[place] = _completion(attempt.job, attempt.outcome, onward)
                else:
                    report(self.rt, attempt.job, attempt.outcome)
            except Exception as refusal:  # noqa: BLE001  (an answer as good as any; it is explained or tried again)
                answers[place] = refusal
        told = jobs.complete_together(self.rt, SYSTEM, list(successes.values()))
        for place, answer in zip(successes, told, strict=True):
            answers[place] = answer
        return answers

    def _keep(self, attempt: Attempt) -> None:
        """Write down what models were asked and what it cost, before the answer can be too late."""
        if spent := attempt.spent:
            model_calls.keep(
                self.rt,
                SYSTEM,
                attempt.job,
                spent.calls,
                question=spent.question,
                answer=spent.answer,
                milliseconds=spent.milliseconds,
            )

    def _explain(self, attempt: Attempt, refusal: Exception) -> None:
        told = {"job_key": attempt.job.key, "reason": str(refusal)}
        match refusal:
            case Conflict() | NotFound():
                log.info("the result came too late and was dropped", extra=told)
            case Unavailable():
                log.warning("the result could not be reported; the job will be attempted again", extra=told)
            case OrchestratorError():  # the answer itself is refused: too large, not JSON
                self._refused(attempt.job, refusal)
            case _:
                log.error("a result could not be taken", extra=told, exc_info=refusal)

    def _refused(self, job: ActivatedJob, refusal: OrchestratorError) -> None:
        try:
            report(self.rt, job, GaveUp(f"The answer of {job.type} was refused: {refusal}"))
        except OrchestratorError as again:
            log.warning("a job cannot be reported", extra={"job_key": job.key, "reason": str(again)})


def report(rt: Runtime, job: ActivatedJob, outcome: Outcome) -> None:
    """Tell the orchestrator how the attempt went; how often and when to try again is not for the worker to say."""
    token = job.lease_token
    match outcome:
        case Succeeded(variables):
            jobs.complete(rt, SYSTEM, job.key, lease_token=token, variables=variables)
        case Failed(message, after, counts):
            left = None if counts else job.retries
            jobs.fail(rt, SYSTEM, job.key, lease_token=token, retries=left, message=message, back_off=_wish(after))
        case GaveUp(message):
            jobs.fail(rt, SYSTEM, job.key, lease_token=token, retries=0, message=message)
        case Threw(code, message, variables):
            jobs.throw_error(rt, SYSTEM, job.key, lease_token=token, code=code, message=message, variables=variables)


def _completion(job: ActivatedJob, outcome: Succeeded, onward: jobs.Onward | None) -> jobs.Completion:
    return jobs.Completion(job_key=job.key, lease_token=job.lease_token, variables=outcome.variables, onward=onward)


def _wish(after: timedelta | None) -> timedelta | None:
    """Take a wish for no pause at all for no wish: the orchestrator's own back-off is kinder to the far side."""
    return after or None
