"""SpiffWorkflow models (``spiffworkflow:``, Python expressions) → zeebe elements and FEEL."""

from collections.abc import Callable

from orchestrator.engine.dialects import python, tree
from orchestrator.engine.dialects.terms import Untranslatable
from orchestrator.engine.dialects.tree import Report, add, add_line
from orchestrator.engine.reading.names import BPMN, EXTENSIONS, child, local
from orchestrator.engine.xml import Element

Translation = Callable[[str], str]

SPACE = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
_CONDITIONS = ("conditionExpression", "completionCondition", "condition", "loopCondition")
_TIMERS = ("timeDate", "timeDuration", "timeCycle")
_KNOWLEDGE = frozenset({"instructionsForEndUser", "properties"})


def speaks(root: Element) -> bool:
    """Whether a file has anything of this dialect in it."""
    return next(root.iter(SPACE + "*"), None) is not None


def convert(root: Element, report: Report) -> None:
    """Rewrite the tree."""
    for element in list(root.iter("*")):
        name = str(element.tag)
        if name.startswith(SPACE) and element.getparent() is not None and element.getparent().tag == EXTENSIONS:
            _extension(element, name.removeprefix(SPACE), report)
    for task in tree.elements(root, "scriptTask"):
        _script(task, report)
    for task in tree.elements(root, "userTask"):
        add(task, "userTask", {})
    for element in tree.elements(root, *_CONDITIONS):
        _expression(element, python.to_condition, report)
    for element in tree.elements(root, *_TIMERS):
        _expression(element, python.to_timer, report)
    for element in tree.elements(root, "messagePath", "dataPath", "loopCardinality"):
        _expression(element, python.to_feel, report)


def _expression(element: Element, how: Translation, report: Report) -> None:
    text = (element.text or "").strip()
    if not text or text.startswith("="):
        return
    translated = report.translated(element, text, how, local(element))
    if translated is not None and translated != text:
        element.text = translated
        element.attrib.pop("language", None)
        report.changed(element, f"the {local(element)} «{text[:120]}» is now «{translated[:120]}».")


def _extension(element: Element, name: str, report: Report) -> None:
    owner = element.getparent().getparent()
    if owner is None:
        return
    match name:
        case "preScript" | "postScript":
            done = _mappings(owner, element, "input" if name == "preScript" else "output", report)
        case "serviceTaskOperator":
            done = _operator(owner, element, report)
        case "calledDecisionId":
            done = _decision(owner, element, report)
        case "properties":
            done = _properties(owner, element)
        case "instructionsForEndUser":
            add_line(owner, "properties", "property", {"name": "instructions", "value": (element.text or "").strip()})
            done = True
        case _:
            done = False
    if done:
        tree.drop(element)
    elif name not in _KNOWLEDGE:
        report.left(owner, f"«{name}» has no counterpart; it stays in the file and is not run.")


def _mappings(owner: Element, element: Element, direction: str, report: Report) -> bool:
    try:
        lines = python.to_assignments(element.text or "")
    except Untranslatable as problem:
        report.left(owner, f"the {local(element)} could not be translated, because of {problem}: write mappings.")
        return False
    for target, source in lines:
        add_line(owner, "ioMapping", direction, {"source": source, "target": target})
    report.changed(owner, f"the {local(element)} is now {len(lines)} {direction} mappings.")
    return True


def _operator(owner: Element, element: Element, report: Report) -> bool:
    identity = element.get("id")
    if identity is None:
        return False
    add(owner, "taskDefinition", {"type": identity})
    result = element.get("resultVariable")
    if result:
        add_line(owner, "taskHeaders", "header", {"key": "resultVariable", "value": result})
    complete = True
    for parameter in element.iter(SPACE + "parameter"):
        name, value = parameter.get("id"), parameter.get("value")
        if name is None or not value:
            continue
        source = report.translated(owner, value, python.to_feel, f"parameter {name}")
        if source is None:
            complete = False
        else:
            add_line(owner, "ioMapping", "input", {"source": source, "target": name})
    report.left(owner, f"the operator «{identity}» was a connector of SpiffWorkflow: give the job type a worker.")
    return complete


def _decision(owner: Element, element: Element, report: Report) -> bool:
    identity = (element.text or "").strip()
    if not identity:
        return False
    add(owner, "calledDecision", {"decisionId": identity, "resultVariable": "decisionResult"})
    report.left(owner, f"the outputs of the decision «{identity}» are in «decisionResult» now.")
    return True


def _properties(owner: Element, element: Element) -> bool:
    for line in element.iterchildren(SPACE + "property"):
        entry = {"name": line.get("name") or "", "value": line.get("value") or ""}
        add_line(owner, "properties", "property", entry)
    return True


def _script(task: Element, report: Report) -> None:
    script = child(task, "script")
    text = (script.text or "").strip() if script is not None else ""
    if script is None or not text or text.startswith("=") or (task.get("scriptFormat") or "python") != "python":
        return
    try:
        lines = python.to_assignments(text)
    except Untranslatable as problem:
        report.left(task, f"the script could not be translated, because of {problem}: write it in FEEL.")
        return
    if len(lines) == 1:
        target, source = lines[0]
        add(task, "script", {"expression": source, "resultVariable": target})
    else:
        for target, source in lines:
            add_line(task, "ioMapping", "input", {"source": source, "target": target})
            add_line(task, "ioMapping", "output", {"source": f"={target}", "target": target})
        task.tag = BPMN + "task"
    task.attrib.pop("scriptFormat", None)
    task.remove(script)
    report.changed(task, f"the script is now {len(lines)} FEEL expressions.")
