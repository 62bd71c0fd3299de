"""Camunda 7 models (``camunda:``, and its relatives ``activiti:`` and ``flowable:``) → zeebe elements."""

from collections.abc import Callable, Iterator

from orchestrator.engine.dialects import camunda_data as data
from orchestrator.engine.dialects import camunda_people as people
from orchestrator.engine.dialects import camunda_work as work
from orchestrator.engine.dialects import juel, tree
from orchestrator.engine.dialects.camunda_forms import convert_forms
from orchestrator.engine.dialects.tree import Report, add, take
from orchestrator.engine.reading.names import CAMUNDA_SPACES, EXTENSIONS, FOREIGN_WITHOUT_MEANING, local
from orchestrator.engine.xml import Element

Translation = Callable[[str], str]

_KEPT = frozenset({"diagramRelationId"})
"""Of use to the modeller that wrote it, and in nobody's way."""

_PROCESS_SETTINGS = ("historyTimeToLive", "isStartableInTasklist", "taskPriority", "jobPriority")

_CONDITIONS = ("conditionExpression", "completionCondition", "condition", "loopCondition", "activationCondition")
_VALUES = ("timeDate", "timeDuration", "timeCycle", "loopCardinality")
_FEEL = "http://www.omg.org/spec/FEEL/20140401"


def speaks(root: Element) -> bool:
    """Whether a file has anything of this dialect in it."""
    return any(_foreign(element) for element in root.iter("*")) or any(
        juel.is_juel(element.text or "") for element in tree.elements(root, *_CONDITIONS, *_VALUES)
    )


def _foreign(element: Element) -> bool:
    return any(f"{{{space}}}" in name for space in CAMUNDA_SPACES for name in (str(element.tag), *element.attrib))


def convert(root: Element, report: Report) -> None:
    """Rewrite the tree."""
    for space in CAMUNDA_SPACES:
        mark = f"{{{space}}}"
        _process(root, mark, report)
        work.convert_tasks(root, mark, report)
        work.convert_events(root, mark, report)
        work.convert_calls(root, mark, report)
        data.convert_mappings(root, mark, report)
        people.convert_people(root, mark, report)
        convert_forms(root, mark, report)
        data.convert_listeners(root, mark, report)
        data.convert_loops(root, mark, report)
        _without_meaning(root, mark, report)
        _what_is_left(root, mark, report)
    _expressions(root, report)


def _process(root: Element, mark: str, report: Report) -> None:
    for process in tree.elements(root, "process"):
        tag = take(process, mark + "versionTag")
        if tag is not None:
            add(process, "versionTag", {"value": tag})
            report.changed(process, f"the version tag «{tag}» is kept.")
        for name in _PROCESS_SETTINGS:
            value = take(process, mark + name)
            if value is not None:
                report.changed(process, f"the setting {name} ({value}) has no meaning here and was dropped.")


def _without_meaning(root: Element, mark: str, report: Report) -> None:
    for element in root.iter("*"):
        gone = [
            name
            for name in sorted(FOREIGN_WITHOUT_MEANING - _KEPT)
            if element.attrib.pop(mark + name, None) is not None
        ]
        if gone:
            report.changed(element, f"{', '.join(gone)}: dropped, every wait is saved here and jobs go one by one.")


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
            if str(name).startswith(mark) and str(name).removeprefix(mark) not in _KEPT:
                yield element, str(name).removeprefix(mark)
