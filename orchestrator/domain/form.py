"""What makes a file a form: JSON with an id and a list of components."""

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.finding import Finding
from orchestrator.domain.json_values import sanitize
from orchestrator.domain.limits import Limits

RULE = "form"


class NoForm(Exception):
    """The bytes are no form; ``finding`` says why."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.finding = Finding(rule=RULE, message=message, line=line)


def read(source: bytes, limits: Limits) -> dict[str, Any]:
    """Return the schema of a form, or raise ``NoForm`` with the line where it goes wrong."""
    schema = _json(source, limits)
    if not isinstance(schema, Mapping):
        raise NoForm("The file is no form, it has no id: an object with an id and a list of components is expected.")
    if not isinstance(schema.get("id"), str) or not schema["id"]:
        raise NoForm("The form has no id: give it the one that tasks refer to.")
    if not isinstance(schema.get("components"), list):
        raise NoForm(f"The form «{schema['id']}» has no list of components: draw it in the form editor.")
    return dict(schema)


def _json(source: bytes, limits: Limits) -> Any:
    try:
        return sanitize(json.loads(source), limits, "The form")
    except json.JSONDecodeError as wrong:
        message = f"The file is no JSON: {wrong.msg}, in line {wrong.lineno}, column {wrong.colno}."
        raise NoForm(message, wrong.lineno) from None
    except UnicodeDecodeError as wrong:
        line = source[: wrong.start].count(b"\n") + 1
        raise NoForm("The file is no text in UTF-8: save it again in the form editor.", line) from None
    except RecursionError:
        raise NoForm(f"The form is nested deeper than {limits.json_depth} levels: make it simpler.") from None
    except (Invalid, TooLarge) as wrong:
        raise NoForm(str(wrong)) from None
    except ValueError as wrong:  # a number with more digits than Python would count
        raise NoForm(f"The file is no JSON that can be kept: {wrong}.") from None
