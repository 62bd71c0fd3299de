"""What jobs of a case come back with: what the case says, else what a connector answers that reaches nothing."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from connectors.api import GiveUp
from connectors.registry import Registry
from orchestrator.cases.casefile import Answer, ErrorAnswer
from orchestrator.domain.access import SYSTEM
from orchestrator.domain.job import ActivatedJob
from orchestrator.services import expressions
from orchestrator.services.runtime import Runtime
from orchestrator.worker import results
from orchestrator.worker.calls import Answered, Equipment, call
from orchestrator.worker.outcomes import Failed, GaveUp, Outcome, Succeeded, Threw
from orchestrator.worker.secrets import Secrets


@dataclass(slots=True)
class Answers:
    """The answers of one case, handed out in order; the last one stays."""

    rt: Runtime
    registry: Registry
    now: Callable[[], datetime]
    said: Mapping[str, list[Answer]]
    given: Counter[str] = field(default_factory=Counter)

    def outcome(self, job: ActivatedJob) -> Outcome:
        """Return how an attempt goes."""
        answers = self.said.get(job.element_id)
        if not answers:
            return self._by_connector(job)
        answer = answers[min(self.given[job.element_id], len(answers) - 1)]
        self.given[job.element_id] += 1
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
            now=self.now,
        )
        return results.outcome(job, call(equipment, job, lambda: True), self._evaluate)

    def _evaluate(self, expression: str, names: Mapping[str, Any]) -> Any:
        value, _warnings = expressions.evaluate(self.rt, SYSTEM, expression, names)
        return value


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
