"""What becomes of a connector's answer: the headers of the task say which variables it fills."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from orchestrator.domain.errors import Invalid
from orchestrator.domain.job import ActivatedJob
from orchestrator.worker.calls import Answered
from orchestrator.worker.outcomes import Failed, GaveUp, Outcome, Succeeded, Threw

RESULT_VARIABLE, RESULT_EXPRESSION, ERROR_EXPRESSION = "resultVariable", "resultExpression", "errorExpression"

Evaluate: TypeAlias = Callable[[str, Mapping[str, Any]], Any]  #: of a FEEL expression with its ``=``


def outcome(job: ActivatedJob, said: Answered | Failed | GaveUp | Threw, evaluate: Evaluate) -> Outcome:
    """Turn what the connector said into what the process gets; a wrong expression is an incident, not a retry."""
    try:
        match said:
            case Answered(response):
                return _error(job, response, None, evaluate) or Succeeded(variables(job, response, evaluate))
            case GaveUp(message):
                return _error(job, None, message, evaluate) or said
            case _:
                return said
    except Invalid as problem:
        return GaveUp(str(problem))


def variables(job: ActivatedJob, response: Any, evaluate: Evaluate) -> dict[str, Any]:
    """Return the variables to write; with neither header the answer is dropped."""
    filled: dict[str, Any] = {}
    if name := job.headers.get(RESULT_VARIABLE, "").strip():
        filled[name] = response
    if expression := job.headers.get(RESULT_EXPRESSION, "").strip():
        found = _evaluated(RESULT_EXPRESSION, expression, _names(response, None), evaluate)
        if not isinstance(found, Mapping):
            raise Invalid(f"The {RESULT_EXPRESSION} must give a context of variables, not {_kind(found)}: {expression}")
        filled |= found
    return filled


def _error(job: ActivatedJob, response: Any, message: str | None, evaluate: Evaluate) -> Threw | None:
    """Return the BPMN error that the model makes of this answer or refusal, if it makes one."""
    expression = job.headers.get(ERROR_EXPRESSION, "").strip()
    if not expression:
        return None
    found = _evaluated(ERROR_EXPRESSION, expression, _names(response, message), evaluate)
    if found is None:
        return None
    if not isinstance(found, Mapping) or not isinstance(found.get("code"), str):
        raise Invalid(
            f"The {ERROR_EXPRESSION} must give null or a context with a code, not {_kind(found)}: {expression}"
        )
    carried = found.get("variables")
    return Threw(found["code"], str(found.get("message") or ""), carried if isinstance(carried, Mapping) else {})


def _names(response: Any, message: str | None) -> dict[str, Any]:
    """Return what an expression may use: ``response``, its fields by name, and ``error`` after a refusal."""
    fields = dict(response) if isinstance(response, Mapping) else {}
    return fields | {"response": response, "error": None if message is None else {"message": message}}


def _evaluated(header: str, expression: str, names: Mapping[str, Any], evaluate: Evaluate) -> Any:
    try:
        return evaluate("=" + expression.removeprefix("="), names)
    except Invalid as problem:
        raise Invalid(f"The {header} cannot be evaluated: {problem}") from problem


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "a context without it"
