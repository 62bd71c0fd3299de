"""``fromAi`` calls in a tool's input mappings → what a model has to supply; mistakes are found at deployment.

At run time a wrong call only looks like a missing argument.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.engine import feel
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import Kind, Node, Scope, ToolParameter
from orchestrator.engine.reading.notes import Notes, Place

FUNCTION = "fromAi"
SOURCE = "toolCall"
_ARGUMENTS = ("value", "description", "type", "schema", "options")
_TYPES: dict[str, type] = {"description": str, "type": str, "schema": Mapping, "options": Mapping}


def is_tool(node: Node) -> bool:
    """Whether an element of an ad-hoc sub-process can be activated."""
    return (
        node.is_activity and not node.incoming and not node.for_compensation and node.kind is not Kind.EVENT_SUB_PROCESS
    )


def with_parameters(notes: Notes, body: Scope) -> Scope:
    """Return the inside of an ad-hoc sub-process, each tool with its parameters."""
    nodes = {
        identity: replace(node, parameters=tuple(_parameters(notes, node))) if is_tool(node) else node
        for identity, node in body.nodes.items()
    }
    return replace(body, nodes=nodes)


def _parameters(notes: Notes, node: Node) -> Iterator[ToolParameter]:
    place = Place(node.id, node.name, node.line)
    names: set[str] = set()
    for mapping in node.inputs:
        for call in _calls(mapping.source):
            parameter = _parameter(notes, place, call)
            if parameter is None:
                continue
            if parameter.name in names:
                message = f"The tool {place.label} asks twice for {SOURCE}.{parameter.name}: ask once."
                notes.error("tool-parameter", place, message)
                continue
            names.add(parameter.name)
            yield parameter


def _calls(text: Text) -> list[feel.Invocation]:
    return text.program.calls(FUNCTION) if text.program is not None and FUNCTION in text.source else []


def _parameter(notes: Notes, place: Place, call: feel.Invocation) -> ToolParameter | None:
    given: dict[str, Any] = {**dict(zip(_ARGUMENTS, call.arguments, strict=False)), **call.named}
    if len(call.arguments) > len(_ARGUMENTS) or set(given) - set(_ARGUMENTS):
        message = f"A {FUNCTION} call of {place.label} has other arguments than {', '.join(_ARGUMENTS)}: remove them."
        notes.error("tool-parameter", place, message)
        return None
    value = given.pop("value", None)
    path = value.path.split(".") if isinstance(value, feel.NotLiteral) and value.path is not None else []
    if len(path) != 2 or path[0] != SOURCE or path[1] == "_meta":  # noqa: PLR2004 - the name below the source
        message = f"A {FUNCTION} call of {place.label} must begin with {SOURCE} and one name, like {SOURCE}.amount."
        notes.error("tool-parameter", place, message)
        return None
    for name, argument in given.items():
        if argument is not None and not isinstance(argument, _TYPES[name]):
            what = "a fixed text" if _TYPES[name] is str else "a fixed context"
            message = f"The {name} of {SOURCE}.{path[1]} ({place.label}) is no constant: write {what}."
            notes.error("tool-parameter", place, message)
            return None
    return ToolParameter(name=path[1], **given)


def check_elsewhere(notes: Notes, scope: Scope, *, ad_hoc: bool) -> None:
    """Refuse calls where no model will ever answer them."""
    for node in scope.nodes.values():
        sources = [mapping.source for mapping in node.outputs]
        if not (ad_hoc and is_tool(node)):
            sources += [mapping.source for mapping in node.inputs]
        if node.script is not None:
            sources.append(node.script.expression)
        if any(_calls(source) for source in sources):
            place = Place(node.id, node.name, node.line)
            message = f"{place.label} calls {FUNCTION}, which only input mappings of a tool may: move the call there."
            notes.error("tool-parameter", place, message)
