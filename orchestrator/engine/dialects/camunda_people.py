"""Camunda 7: whom tasks are for, until when, and with which form."""

import re

from orchestrator.engine.dialects import juel, tree
from orchestrator.engine.dialects.tree import Report, add, take
from orchestrator.engine.xml import Element

_ASSIGNMENT = ("assignee", "candidateUsers", "candidateGroups")
_DEPLOYED = "camunda-forms:deployment:"
_INITIATOR = "$INITIATOR"
_SPAN = re.compile(r"P[0-9YMWDTHS.]+")


def convert_people(root: Element, mark: str, report: Report) -> None:
    """Turn what user tasks say about people, dates and forms into zeebe's elements."""
    for task in tree.elements(root, "userTask"):
        add(task, "userTask", {})
        for name in _ASSIGNMENT:
            _set(task, "assignmentDefinition", name, take(task, mark + name), report)
        for name in ("dueDate", "followUpDate"):
            _set(task, "taskSchedule", name, _moment(take(task, mark + name)), report)
        _set(task, "priorityDefinition", "priority", take(task, mark + "priority"), report)
        _form(task, mark, report)
    for start in tree.elements(root, "startEvent"):
        _form(start, mark, report)
        variable = take(start, mark + "initiator")
        if variable is not None:
            report.left(start, f"the variable «{variable}» named who started the process: pass it at the start.")


def _moment(value: str | None) -> str | None:
    """Return a date; a span of time counts from when the task begins."""
    return f'=now() + duration("{value}")' if value is not None and _SPAN.fullmatch(value) else value


def _set(task: Element, name: str, attribute: str, value: str | None, report: Report) -> None:
    if value == _INITIATOR:
        report.left(task, f"the {attribute} was who started the process: pass the name at the start, and refer to it.")
        return
    translated = None if value is None else report.translated(task, value, juel.to_feel, attribute)
    if translated is not None:
        add(task, name, {attribute: translated})
        report.changed(task, f"the {attribute} is «{translated[:120]}».")


def _form(element: Element, mark: str, report: Report) -> None:
    reference, key = take(element, mark + "formRef"), take(element, mark + "formKey")
    binding = take(element, mark + "formRefBinding") if reference is not None else None
    version = take(element, mark + "formRefVersion") if reference is not None else None
    if version is not None or binding == "version":
        report.left(element, f"the form was bound to version {version}; the newest is shown now.")
    if reference is not None:
        kept = binding if binding in {"latest", "deployment"} else None
        add(element, "formDefinition", {"formId": reference, "bindingType": kept})
        report.changed(element, f"the form «{reference}» is kept.")
    elif key is not None and key.startswith(_DEPLOYED):
        form = key.removeprefix(_DEPLOYED).rpartition("/")[2].removesuffix(".form")
        add(element, "formDefinition", {"formId": form, "bindingType": "deployment"})
        report.changed(element, f"the form «{key}» is looked for as «{form}» in the same deployment.")
    elif key is not None:
        value = report.translated(element, key, juel.to_feel, "form")
        add(element, "formDefinition", {"externalReference": value})
        report.left(element, f"the form «{key}» belongs to another application: draw one here, or link it.")
