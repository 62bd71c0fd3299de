"""Element templates: how the designer shows a connector, made of its input model."""

import types
from base64 import b64encode
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from connectors.api import Connector
from connectors.registry import Registry, icon
from connectors.schema import Shown, label, shown

SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
PREFIX = "baton.connectors."
RESULT_GROUP, RETRY_GROUP = "result", "retries"
DEFAULT_RETRIES = "3"


def all_templates(registry: Registry) -> list[dict[str, Any]]:
    """Return the templates of all installed connectors, by their titles."""
    return [template(each) for each in sorted(registry, key=lambda each: each.title)]


def template(connector: Connector[Any, Any]) -> dict[str, Any]:
    """Return a connector's element template; it makes a service task of whatever it is applied to."""
    properties = [*_work(connector), *_inputs(connector), *_result(), *_retries()]
    groups = {shown(each).group for each in connector.takes.model_fields.values()}
    made: dict[str, Any] = {
        "$schema": SCHEMA,
        "id": PREFIX + connector.name,
        "name": connector.title,
        "version": connector.version,
        "description": connector.description,
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask", "bpmn:SendTask"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "groups": [
            *({"id": _group_id(each), "label": each} for each in _in_order(connector, groups)),
            {"id": RESULT_GROUP, "label": "Result"},
            {"id": RETRY_GROUP, "label": "Retries"},
        ],
        "properties": properties,
    }
    if picture := icon(connector):
        made["icon"] = {"contents": f"data:image/svg+xml;base64,{b64encode(picture.encode()).decode()}"}
    return made


def _in_order(connector: Connector[Any, Any], groups: set[str]) -> list[str]:
    first_seen = [shown(each).group for each in connector.takes.model_fields.values()]
    return sorted(groups, key=first_seen.index)


def _group_id(group: str) -> str:
    return group.lower().replace(" ", "-")


def _work(connector: Connector[Any, Any]) -> Iterator[dict[str, Any]]:
    yield {
        "id": "type",
        "type": "Hidden",
        "value": connector.job_type,
        "binding": {"type": "zeebe:taskDefinition", "property": "type"},
    }


def _retries() -> Iterator[dict[str, Any]]:
    yield {
        "id": "retries",
        "label": "Attempts",
        "description": "After the last one an incident opens.",
        "group": RETRY_GROUP,
        "type": "String",
        "feel": "optional",
        "value": DEFAULT_RETRIES,
        "binding": {"type": "zeebe:taskDefinition", "property": "retries"},
    }


def _result() -> Iterator[dict[str, Any]]:
    texts: tuple[tuple[str, str, str, str, dict[str, str]], ...] = (
        ("resultVariable", "Result variable", "The variable that takes the whole answer.", "String", {}),
        (
            "resultExpression",
            "Result expression",
            "A FEEL context of variables, made of the answer's fields: {reply: text}.",
            "Text",
            {"feel": "required"},
        ),
        (
            "errorExpression",
            "Error expression",
            'FEEL; a context with a code throws a BPMN error: if response.status = 404 then {code: "GONE"} else null.',
            "Text",
            {"feel": "required"},
        ),
    )
    for key, words, description, kind, more in texts:
        yield {
            "id": key,
            "label": words,
            "description": description,
            "group": RESULT_GROUP,
            "type": kind,
            **more,
            "optional": True,
            "binding": {"type": "zeebe:taskHeader", "key": key},
        }


def _inputs(connector: Connector[Any, Any]) -> Iterator[dict[str, Any]]:
    for name, described in connector.takes.model_fields.items():
        yield _input(name, described)


def _input(name: str, described: FieldInfo) -> dict[str, Any]:
    """Return the property that writes one field of the input as a ``zeebe:input``."""
    how = shown(described)
    made: dict[str, Any] = {
        "id": name,
        "label": label(name, described),
        "group": _group_id(how.group),
        **_kind(described, how),
        **_value(described),
        "binding": {"type": "zeebe:input", "name": name},
    }
    if described.description:
        made["description"] = described.description
    if constraints := _constraints(described):
        made["constraints"] = constraints
    if _may_be_left_out(made, described):
        made["optional"] = True
    if how.when:
        made["condition"] = _condition(how.when)
    return made


def _kind(described: FieldInfo, how: Shown) -> dict[str, Any]:
    """Choose the field of the panel by the field's type."""
    kind = _without_none(described.annotation)
    if how.feel:
        return {"type": "Text", "feel": "required"}
    if choices := _choices(kind, how):
        return {"type": "Dropdown", "choices": choices}
    if kind is bool:
        return {"type": "Boolean", "feel": "static"}
    if kind in (int, float):
        return {"type": "Number", "feel": "static"}
    return {"type": "Text" if how.lines else "String", "feel": "optional"}


def _choices(kind: Any, how: Shown) -> list[dict[str, str]]:
    if get_origin(kind) is Literal:
        values = [str(each) for each in get_args(kind)]
    elif isinstance(kind, type) and issubclass(kind, Enum):
        values = [str(each.value) for each in kind]
    else:
        return []
    return [{"name": how.choices.get(each, each), "value": each} for each in values]


def _without_none(annotation: Any) -> Any:
    """Return the type inside ``X | None``."""
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        return inner[0] if len(inner) == 1 else annotation
    return annotation


def _value(described: FieldInfo) -> dict[str, Any]:
    default = described.get_default(call_default_factory=False)
    if default is PydanticUndefined or default is None or default == "":
        return {}
    return {"value": default.value if isinstance(default, Enum) else default}


def _constraints(described: FieldInfo) -> dict[str, Any]:
    return {"notEmpty": True} if described.is_required() else {}


def _may_be_left_out(made: Mapping[str, Any], described: FieldInfo) -> bool:
    """Say whether an empty field stays unwritten, so that the model's own default holds."""
    return not described.is_required() and "value" not in made


def _condition(when: tuple[str, ...]) -> dict[str, Any]:
    name, *values = when
    return {"property": name, "equals": values[0]} if len(values) == 1 else {"property": name, "oneOf": values}


TYPES = frozenset({"String", "Text", "Hidden", "Dropdown", "Boolean", "Number"})
BINDINGS = {  # the field that names the target, by kind of binding
    "zeebe:taskDefinition": "property",
    "zeebe:input": "name",
    "zeebe:taskHeader": "key",
}
FEEL = {
    "optional": {"String", "Text", "Number", "Boolean"},
    "required": {"String", "Text"},
    "static": {"Number", "Boolean"},
}


def problems(made: Mapping[str, Any]) -> list[str]:
    """Return what a designer could not make sense of; none for a good template."""
    found = [f"the template has no {name}" for name in ("id", "name", "appliesTo", "properties") if not made.get(name)]
    groups = [each["id"] for each in made.get("groups", [])]
    names = [each.get("id") for each in made.get("properties", [])]
    found += [f"two groups are called {each}" for each in sorted(set(groups)) if groups.count(each) > 1]
    found += [f"two properties are called {each}" for each in sorted(set(names), key=str) if names.count(each) > 1]
    for each in made.get("properties", []):
        found += [f"{each.get('id')}: {problem}" for problem in _property_problems(each, groups, names)]
    return found


def _property_problems(each: Mapping[str, Any], groups: list[str], names: list[Any]) -> Iterator[str]:
    kind, feel, binding = each.get("type"), each.get("feel"), each.get("binding", {})
    if kind not in TYPES:
        yield f"there is no type {kind!r}"
    if binding.get("type") not in BINDINGS or not binding.get(BINDINGS[binding["type"]]):
        yield "the binding names no target"
    if feel is not None and kind not in FEEL.get(feel, ()):
        yield f"a {kind} cannot be FEEL {feel!r}"
    if kind in {"Number", "Boolean"} and binding.get("type") == "zeebe:input" and feel is None:
        yield f"a {kind} needs FEEL to reach a variable"
    if kind == "Dropdown" and each.get("value", _first(each)) not in [choice["value"] for choice in each["choices"]]:
        yield "the default is not among the choices"
    if kind != "Hidden" and (not each.get("label") or each.get("group") not in groups):
        yield "it needs a label and a group that exists"
    if each.get("optional") and each.get("constraints", {}).get("notEmpty"):
        yield "it cannot be optional and not empty"
    if (condition := each.get("condition")) and condition.get("property") not in names:
        yield "the condition names no property"


def _first(each: Mapping[str, Any]) -> Any:
    return each["choices"][0]["value"] if each.get("choices") else None
