"""Texts of a model to values, each with the type its place demands; anything else is an incident there."""

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson

from orchestrator.domain.errors import Invalid
from orchestrator.domain.json_values import NAME_LENGTH
from orchestrator.domain.timer import parse_duration
from orchestrator.domain.zones import zone_named
from orchestrator.engine import feel
from orchestrator.engine.expressions import Text
from orchestrator.engine.problems import Code, ModelProblem
from orchestrator.engine.scopes import visible

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance

LARGEST_NUMBER = 2**31 - 1
MESSAGE_LENGTH = 2_000  #: names, correlation keys and ids of messages; what is published has at most as much
REFERENCE_LENGTH = 10_000


def value(task: "ElementInstance", text: Text, over: Mapping[str, Any] | None = None) -> Any:
    """Return a text's JSON value as this element sees it."""
    return text.source if text.program is None else keepable(computed(task, text, over), text.source)


def computed(task: "ElementInstance", text: Text, over: Mapping[str, Any] | None = None) -> Any:
    """Return a text's value, which may be a number that no database holds."""
    if text.program is None:
        return text.source
    given = task.workflow.given
    try:
        result = text.program.evaluate(
            visible(task, over),
            now=given.now,
            zone=task.task_spec.process.zone,
            steps=given.limits.feel_steps,
            draw=given.new_key,
        )
    except feel.FeelError as error:
        message = f"The expression '{text.source}' failed: {error}."
        raise ModelProblem(Code.EXPRESSION_FAILED, message) from error
    return feel.to_json(result)


def keepable(answer: Any, source: str) -> Any:
    """Return a computed value that every database can keep; FEEL can make numbers and texts that are none."""
    if answer is None or isinstance(answer, bool | float):
        return answer
    try:
        if b"\\u0000" not in orjson.dumps(answer):
            return answer
        what = "holds a NUL character"
    except TypeError as error:
        what = str(error)
    message = f"The value of '{source}' cannot be kept: {what}. Round the number, or make it a text."
    raise ModelProblem(Code.EXPRESSION_FAILED, message)


def truth(task: "ElementInstance", text: Text, over: Mapping[str, Any] | None = None) -> bool:
    """Return a condition's answer; anything but true and false is refused, null too."""
    answer = value(task, text, over)
    if answer is True or answer is False:
        return bool(answer)
    raise wrong(text, answer, "true or false")


def holds(task: "ElementInstance", text: Text, over: Mapping[str, Any] | None = None) -> bool:
    """Whether a conditional event's condition is true; whatever is not true is simply not."""
    try:
        return value(task, text, over) is True
    except ModelProblem:
        return False


def name(task: "ElementInstance", text: Text, what: str, longest: int = NAME_LENGTH) -> str:
    """Return a text that must not be empty."""
    answer = value(task, text)
    if isinstance(answer, str) and answer:
        return _fitting(text, answer, what, longest)
    raise wrong(text, answer, f"a text, the {what}")


def optional(task: "ElementInstance", text: Text | None, what: str, longest: int = NAME_LENGTH) -> str | None:
    """Return a text, or None where there is none or it says null."""
    answer = None if text is None else value(task, text)
    if text is None or answer is None or answer == "":
        return None
    if isinstance(answer, str):
        return _fitting(text, answer, what, longest)
    if isinstance(answer, bool | list | dict):
        raise wrong(text, answer, f"a text, the {what}")
    return plain(answer)


def correlation_key(task: "ElementInstance", text: Text, element_id: str) -> str:
    """Return a message's correlation key; numbers count as their text."""
    answer = computed(task, text)
    is_number = isinstance(answer, int)  # its text can be kept, however large it is
    return correlation_text(text, answer if is_number else keepable(answer, text.source), element_id)


def correlation_text(text: Text, answer: Any, element_id: str) -> str:
    """Return a value as a correlation key, or as a part of one."""
    if isinstance(answer, str):
        return _fitting(text, answer, f"correlation key of '{element_id}'", MESSAGE_LENGTH)
    if isinstance(answer, bool | list | dict) or answer is None:
        raise wrong(text, answer, f"a text or number, the correlation key of '{element_id}'")
    return plain(answer)


def timer_text(task: "ElementInstance", text: Text, element_id: str) -> str:
    """Return what a timer says: a date, duration or cycle."""
    answer = value(task, text)
    if isinstance(answer, str) and answer:
        return answer
    raise wrong(text, answer, f"a date, duration or cycle, the timer of '{element_id}'")


def integer(task: "ElementInstance", text: Text, what: str, least: int = 0, most: int | None = LARGEST_NUMBER) -> int:
    """Return a whole number of at least ``least`` that fits every database; digits count where the text is no FEEL."""
    answer = value(task, text)
    if text.program is None and answer.strip().isascii() and answer.strip().lstrip("-").isdigit():
        answer = int(answer)
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    is_whole = isinstance(answer, int) and not isinstance(answer, bool)
    if is_whole and least <= answer and (most is None or answer <= most):
        return int(answer)
    wanted = f"a whole number from {least}" + ("" if most is None else f" to {most}")
    raise wrong(text, answer, f"{wanted}, the {what}")


def items(task: "ElementInstance", text: Text, what: str) -> list[Any]:
    """Return a list."""
    answer = value(task, text)
    if isinstance(answer, list):
        return answer
    raise wrong(text, answer, f"a list, the {what}")


def names(task: "ElementInstance", text: Text | None, what: str) -> tuple[str, ...]:
    """Return a list of texts; a single text may hold several, separated by commas."""
    answer = None if text is None else value(task, text)
    if text is None or answer is None:
        return ()
    if isinstance(answer, str):
        answer = [part.strip() for part in answer.split(",") if part.strip()]
    if isinstance(answer, list) and all(isinstance(part, str) for part in answer):
        return tuple(_fitting(text, part, what) for part in answer)
    raise wrong(text, answer, f"a list of texts, the {what}")


def _fitting(text: Text, answer: str, what: str, longest: int = NAME_LENGTH) -> str:
    if len(answer) > longest:
        message = f"'{text.source}' has {len(answer)} letters, but the {what} has at most {longest}."
        raise ModelProblem(Code.EXPRESSION_FAILED, textwrap.shorten(message, 1_000, placeholder="…"))
    return answer


def variable_names(text: Text) -> tuple[str, ...]:
    """Return which variables an expression reads."""
    return () if text.program is None else tuple(sorted(text.program.variables))


def plain(number: Any) -> str:
    """Return a number as people write it: 5, not 5.0."""
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)


def wrong(text: Text, found: Any, wanted: str) -> ModelProblem:
    """Say what was found where something else was needed."""
    shown = repr(found) if found is not None else "null"
    shown = textwrap.shorten(shown, 80, placeholder="…")
    return ModelProblem(Code.EXPRESSION_FAILED, f"'{text.source}' is {shown}, but must be {wanted}.")


def seconds(task: "ElementInstance", text: Text | None) -> float:
    """Return how long a message is kept: an ISO 8601 duration, one hour where nothing is said."""
    if text is None:
        return 3600.0
    words = timer_text(task, text, task.task_spec.node.id)
    now = task.workflow.given.now
    try:
        return (parse_duration(words).after(now, zone_named("UTC")) - now).total_seconds()
    except Invalid as refusal:
        raise ModelProblem(Code.EXPRESSION_FAILED, str(refusal)) from refusal
