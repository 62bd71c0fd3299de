"""Camunda 7 models (``camunda:``, and its relatives ``activiti:`` and ``flowable:``) → zeebe elements."""

from collections.abc import Callable, Iterator

from orchestrator.engine.dialects import camunda_data as data
from orchestrator.engine.dialects import camunda_work as work
from orchestrator.engine.dialects import juel, tree
from orchestrator.engine.dialects.tree import Report, add, take
from orchestrator.engine.reading.names import EXTENSIONS, local
from orchestrator.engine.xml import Element

Translation = Callable[[str], str]

SPACES = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn",
    "http://flowable.org/bpmn",
)
_SILENT = (
    "asyncBefore",
    "asyncAfter",
    "async",
    "exclusive",
    "jobPriority",
    "modelerTemplate",
    "modelerTemplateVersion",
)
"""Settings that mean nothing here: every wait is saved, and jobs are handed out by type."""

_CONDITIONS = ("conditionExpression", "completionCondition", "condition", "loopCondition", "activationCondition")
_VALUES = ("timeDate", "timeDuration", "timeCycle", "loopCardinality")
_FEEL = "http://www.omg.org/spec/FEEL/20140401"


def speaks(root: Element) -> bool:
    """Whether a file has anything of this dialect in it."""
    return any(_foreign(element) for element in root.iter("*")) or any(
        juel.is_juel(element.text or "") for element in tree.elements(root, *_CONDITIONS, *_VALUES)
    )


def _foreign(element: Element) -> bool:
    return any(f"{{{space}}}" in name for space in SPACES for name in (str(element.tag), *element.attrib))


def convert(root: Element, report: Report) -> None:
    """Rewrite the tree."""
    for space in SPACES:
        mark = f"{{{space}}}"
        _process(root, mark, report)
        work.convert_tasks(root, mark, report)
        work.convert_events(root, mark, report)
        work.convert_calls(root, mark, report)
        data.convert_mappings(root, mark, report)
        data.convert_people(root, mark, report)
        data.convert_listeners(root, mark, report)
        data.convert_loops(root, mark, report)
        _quiet(root, mark)
        _what_is_left(root, mark, report)
    _expressions(root, report)


def _process(root: Element, mark: str, report: Report) -> None:
    for process in tree.elements(root, "process"):
        tag = take(process, mark + "versionTag")
        if tag is not None:
            add(process, "versionTag", {"value": tag})
        for name in ("historyTimeToLive", "isStartableInTasklist", "taskPriority"):
            value = take(process, mark + name)
            if value is not None:
                report.changed(process, f"the setting {name} ({value}) has no meaning here and was dropped.")


def _quiet(root: Element, mark: str) -> None:
    for element in root.iter("*"):
        for name in _SILENT:
            element.attrib.pop(mark + name, None)


def _expressions(root: Element, report: Report) -> None:
    for element in tree.elements(root, *_CONDITIONS):
        _expression(element, juel.to_condition, report)
    for element in tree.elements(root, *_VALUES):
        _expression(element, juel.to_feel, report)
    for element in tree.elements(root, "message", "signal", "error", "escalation"):
        for name in ("name", "errorCode", "escalationCode"):
            value = element.get(name)
            if value is not None and juel.is_juel(value):
                translated = report.translated(element, value, juel.to_feel, name)
                if translated is not None:
                    element.set(name, translated)
                    report.changed(element, f"the {name} is now «{translated}».")


def _expression(element: Element, how: Translation, report: Report) -> None:
    text = element.text or ""
    if not juel.is_juel(text):
        return
    translated = report.translated(element, text, how, local(element))
    if translated is None:
        return
    element.text = translated
    if "language" in element.attrib:
        element.set("language", _FEEL)
    report.changed(element, f"the {local(element)} «{text.strip()[:120]}» is now «{translated[:120]}».")


def _what_is_left(root: Element, mark: str, report: Report) -> None:
    """Tell what nobody has read; it stays in the file."""
    for element, name in _leftovers(root, mark):
        report.left(element, f"«{name}» has no counterpart; it stays in the file and is not run.")


def _leftovers(root: Element, mark: str) -> Iterator[tuple[Element, str]]:
    for element in root.iter("*"):
        if str(element.tag).startswith(mark):
            parent = element.getparent()
            if parent is not None and parent.tag == EXTENSIONS:
                yield element, local(element)
            continue
        for name in element.attrib:
            if str(name).startswith(mark):
                yield element, str(name).removeprefix(mark)
