"""One connector call: variables in, an answer or a reason out; secrets exist between the two and nowhere else."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from connectors.api import BpmnError, Connector, Context, GiveUp, HttpClient, NotNow, TryAgain
from connectors.registry import Registry
from connectors.schema import redact, resolve
from orchestrator.domain.job import ActivatedJob
from orchestrator.worker.outcomes import Failed, GaveUp, Threw
from orchestrator.worker.secrets import Secrets

log = logging.getLogger(__name__)

MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a worker works with; bootstrap puts it together."""

    registry: Registry
    secrets: Secrets
    http: HttpClient
    endpoint: Callable[[str], AbstractContextManager[None]]  #: the circuit breakers
    now: Callable[[], datetime]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: by connector name


@dataclass(frozen=True, slots=True)
class Answered:
    """What the connector said, as JSON and without secrets."""

    response: Any


def call(equipment: Equipment, job: ActivatedJob, heartbeat: Callable[[], bool]) -> Answered | Failed | GaveUp | Threw:
    """Call the connector that serves the job."""
    connector = equipment.registry.by_type.get(job.type)
    if connector is None:
        return GaveUp(f"no connector for {job.type!r} is installed here")
    used: dict[str, str] = {}
    try:
        output = connector(
            _given(connector, job, equipment, used), _context(connector, job, equipment, heartbeat, used)
        )
        return Answered(redact(output.model_dump(mode="json"), used))
    except ValidationError as problem:
        return GaveUp(redact(sentence(connector, problem), used))
    except TryAgain as reason:
        return Failed(redact(str(reason), used), reason.after, counts=not isinstance(reason, NotNow))
    except GiveUp as reason:
        return GaveUp(redact(str(reason), used))
    except BpmnError as error:
        return Threw(error.code, redact(error.message, used), redact(error.variables, used))
    except Exception as problem:  # foreign code: a bug in a connector is an attempt that failed, not the worker's end
        log.exception("the connector %s raised what it should not", job.type, extra={"job_key": job.key})
        return Failed(redact(f"the connector {job.type} raised {type(problem).__name__}: {problem}", used))


def known(connector: Connector[Any, Any], job: ActivatedJob) -> dict[str, Any]:
    """Return the variables that the connector knows; others are none of its business."""
    return {name: value for name, value in job.variables.items() if name in connector.takes.model_fields}


def _given(connector: Connector[Any, Any], job: ActivatedJob, equipment: Equipment, used: dict[str, str]) -> BaseModel:
    """Make the typed input; references to secrets become secrets here."""
    told = resolve(connector.takes, known(connector, job), _secret(equipment, used))
    checked: BaseModel = connector.takes.model_validate(told)
    return checked


def _context(
    connector: Connector[Any, Any],
    job: ActivatedJob,
    equipment: Equipment,
    heartbeat: Callable[[], bool],
    used: dict[str, str],
) -> Context:
    deadline = equipment.now() + connector.timeout
    return Context(
        idempotency_key=job.idempotency_key,
        attempt=job.attempt,
        deadline=deadline,
        seconds_left=lambda: (deadline - equipment.now()).total_seconds(),  # noqa: PLW0108 - now is asked each time
        secret=_secret(equipment, used),
        http=equipment.http,
        heartbeat=heartbeat,
        endpoint=equipment.endpoint,
        options=equipment.options.get(connector.name, {}),
    )


def _secret(equipment: Equipment, used: dict[str, str]) -> Callable[[str], str]:
    def look_up(name: str) -> str:
        used[name] = equipment.secrets.get(name)
        return used[name]

    return look_up


def sentence(connector: Connector[Any, Any], problem: ValidationError) -> str:
    """Say what is wrong with an input, field by field, and how to mend it; values stay out, they may be secret."""
    errors = problem.errors(include_url=False, include_input=False, include_context=False)
    parts = [f"{'.'.join(str(each) for each in error['loc']) or 'input'}: {error['msg']}" for error in errors]
    more = f" (and {len(parts) - MOST_PROBLEMS} more)" if len(parts) > MOST_PROBLEMS else ""
    said = "; ".join(parts[:MOST_PROBLEMS])
    return f"The input of {connector.title!r} ({connector.job_type}) is wrong. {said}{more}. Check the input mappings."
