"""Camunda 7, Activiti and Flowable: fields drawn at a task or start event → a form-js form of their own."""

from collections.abc import Mapping
from typing import Any

from orchestrator.engine.dialects import juel, tree
from orchestrator.engine.dialects.tree import Report, add
from orchestrator.engine.reading.names import EXTENSIONS, attribute
from orchestrator.engine.xml import Element

SCHEMA_VERSION = 18
_KINDS = {
    "string": "textfield",
    "long": "number",
    "int": "number",
    "integer": "number",
    "double": "number",
    "decimal": "number",
    "boolean": "checkbox",
    "date": "datetime",
    "enum": "select",
}
_RULES = {"minlength": "minLength", "maxlength": "maxLength", "min": "min", "max": "max"}


def convert_forms(root: Element, mark: str, report: Report) -> None:
    """Give every element with fields a form, and refer to it."""
    for element in tree.elements(root, "userTask", "startEvent"):
        groups = list(element.iterfind(f"{EXTENSIONS}/{mark}formData"))
        loose = list(element.iterfind(f"{EXTENSIONS}/{mark}formProperty"))
        fields = [field for group in groups for field in group.iterchildren(mark + "formField")] + loose
        identity = attribute(element, "id")
        if not fields or identity is None:
            continue
        for group in groups:
            key = group.get("businessKey")
            if key is not None:
                report.left(
                    element, f"the field «{key}» was the business key: give it as the business id at the start."
                )
        components = [_component(element, field, mark, report, number) for number, field in enumerate(fields, 1)]
        form_id = f"{identity}-form"
        form = {"type": "default", "id": form_id, "schemaVersion": SCHEMA_VERSION, "components": components}
        report.forms.append(form)
        add(element, "formDefinition", {"formId": form_id})
        report.changed(element, f"its {len(fields)} fields are now the form «{form_id}», a file of its own.")
        for done in (*groups, *loose):
            tree.drop(done)


def _component(element: Element, field: Element, mark: str, report: Report, number: int) -> dict[str, Any]:
    key = attribute(field, "variable") or attribute(field, "id") or f"field_{number}"
    said = attribute(field, "type") or "string"
    component: dict[str, Any] = {
        "id": f"Field_{number}",
        "type": _KINDS.get(said.lower(), "textfield"),
        "key": key,
        "label": attribute(field, "label") or attribute(field, "name") or key,
    }
    if said.lower() not in _KINDS:
        report.left(element, f"the field «{key}» was of the type {said}; it is a text field now.")
    _kind(component, field, mark)
    rules = _rules(element, field, mark, report, key)
    if rules:
        component["validate"] = rules
    if (field.get("writable") or "true") == "false" or "readonly" in _constraints(field, mark):
        component["readonly"] = True
    _default(element, component, field, report)
    extra = {
        line.get("id") or line.get("name") or "": line.get("value") or "" for line in field.iter(mark + "property")
    }
    if extra:
        component["properties"] = extra
    _what_else(element, field, report, key)
    return component


def _kind(component: dict[str, Any], field: Element, mark: str) -> None:
    if component["type"] == "select":
        component["values"] = [
            {"label": value.get("name") or value.get("id") or "", "value": value.get("id") or ""}
            for value in field.iterchildren(mark + "value")
        ]
    elif component["type"] == "datetime":
        component |= {"subtype": "date", "dateLabel": component.pop("label")}


def _constraints(field: Element, mark: str) -> Mapping[str, str]:
    return {line.get("name") or "": line.get("config") or "" for line in field.iter(mark + "constraint")}


def _rules(element: Element, field: Element, mark: str, report: Report, key: str) -> dict[str, Any]:
    rules: dict[str, Any] = {"required": True} if field.get("required") == "true" else {}
    for name, config in _constraints(field, mark).items():
        if name == "required":
            rules["required"] = True
        elif name in _RULES and config.lstrip("-").isdecimal():
            rules[_RULES[name]] = int(config)
        elif name != "readonly":
            report.left(element, f"the constraint «{name}» ({config}) of the field «{key}» has no counterpart.")
    return rules


def _default(element: Element, component: dict[str, Any], field: Element, report: Report) -> None:
    value = next((field.get(name) for name in ("defaultValue", "default", "value") if field.get(name)), None)
    if value is None:
        return
    if juel.is_juel(value):
        report.left(element, f"the default «{value}» of the field «{component['key']}» is set by an input mapping now.")
        translated = report.translated(element, value, juel.to_feel, "default")
        if translated is not None:
            tree.add_line(element, "ioMapping", "input", {"source": translated, "target": component["key"]})
    elif component["type"] == "checkbox":
        component["defaultValue"] = value == "true"
    elif component["type"] == "number" and value.lstrip("-").isdecimal():
        component["defaultValue"] = int(value)
    else:
        component["defaultValue"] = value


def _what_else(element: Element, field: Element, report: Report, key: str) -> None:
    for name in ("expression", "datePattern"):
        value = field.get(name)
        if value is not None:
            report.left(element, f"the {name} «{value}» of the field «{key}» was dropped.")
    if field.get("readable") == "false":
        report.left(
            element, f"the field «{key}» was hidden; it is shown now: remove it from the form if it should not."
        )
