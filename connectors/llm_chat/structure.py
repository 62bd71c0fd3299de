"""Answers of a given form: the schema is checked, then the answer by the schema, here and by nobody else."""

import json
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry
from referencing.exceptions import NoSuchResource, Unresolvable

from connectors.api import GiveUp

WRAPPED = "answer"


class WrongForm(Exception):
    """The answer does not have the form asked for; the message can be shown to whoever answered."""


def _nothing_is_fetched(uri: str) -> Any:
    raise NoSuchResource(ref=uri)  # type: ignore[call-arg]


NOTHING: Registry[Any] = Registry(retrieve=_nothing_is_fetched)  # type: ignore[call-arg]


def check_schema(schema: dict[str, Any]) -> None:
    """Refuse what is no JSON Schema before anybody is asked."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as problem:
        raise GiveUp(f"the schema of the answer is wrong at {_place(problem)}: {problem.message}") from problem


def as_object(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose root is an object, since providers know no other root."""
    if schema.get("type") == "object":
        return schema
    return {"type": "object", "properties": {WRAPPED: schema}, "required": [WRAPPED], "additionalProperties": False}


def read(text: str | dict[str, Any], schema: dict[str, Any]) -> Any:
    """Return the value of an answer, or raise ``WrongForm`` with what is wrong with it."""
    value: Any = text
    if isinstance(text, str):
        try:
            value = json.loads(_unfenced(text))
        except ValueError as problem:
            raise WrongForm(f"the answer is not JSON: {problem}") from problem
    if schema.get("type") != "object":
        if not isinstance(value, dict) or set(value) != {WRAPPED}:
            raise WrongForm(f"the answer must be an object with the one field {WRAPPED!r}")
        value = value[WRAPPED]
    try:
        problem_found = best_match(Draft202012Validator(schema, registry=NOTHING).iter_errors(value))
    except Unresolvable as problem:
        raise GiveUp(f"the schema of the answer refers to {problem.ref}, which is not part of it") from problem
    if problem_found is not None:
        raise WrongForm(f"at {_place(problem_found)}: {problem_found.message}")
    return value


def _unfenced(text: str) -> str:
    """Take the fence off that models like to put around JSON."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text[text.index("\n") : -3]
    return text


def _place(problem: ValidationError | SchemaError) -> str:
    return "/".join(str(part) for part in problem.absolute_path) or "its root"
