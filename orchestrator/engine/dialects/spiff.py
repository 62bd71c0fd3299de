"""SpiffWorkflow models (``spiffworkflow:``, Python expressions) → zeebe elements and FEEL."""

from collections.abc import Callable, Container

from orchestrator.engine.dialects import python, spiff_messages, tree
from orchestrator.engine.dialects.terms import Untranslatable
from orchestrator.engine.dialects.tree import Report, add, add_line
from orchestrator.engine.reading.names import BPMN, EXTENSIONS, SPIFF_SPACE, child, local, text
from orchestrator.engine.xml import Element

Translation = Callable[[str], str]

SPACE = f"{{{SPIFF_SPACE}}}"
_CONDITIONS = ("conditionExpression", "completionCondition", "condition", "loopCondition")
_TIMERS = ("timeDate", "timeDuration", "timeCycle")
_SCHEMA = "formJsonSchemaFilename"


def speaks(root: Element) -> bool:
    """Whether a file has anything of this dialect in it."""
    return any(SPACE in name for element in root.iter("*") for name in (str(element.tag), *element.attrib))


def convert(root: Element, report: Report) -> None:
    """Rewrite the tree."""
    spiff_messages.convert_messages(root, report)
    for element in list(root.iter("*")):
        name = str(element.tag)
        if name.startswith(SPACE) and element.getparent() is not None and element.getparent().tag == EXTENSIONS:
            _extension(element, name.removeprefix(SPACE), report)
    known = {element.get("id") for element in root.iter("*")}
    for loop in tree.elements(root, "multiInstanceLoopCharacteristics"):
        _loop(loop, known, report)
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
    for element in root.iter("*"):
        for name in [str(name) for name in element.attrib if SPACE in str(name)]:
            value, short = element.get(name), name.removeprefix(SPACE)
            report.left(element, f"«{short}» ({value}) has no counterpart; it stays in the file and is not run.")


def _loop(loop: Element, known: Container[str | None], report: Report) -> None:
    """Say in zeebe's words what a loop goes over: a bare name is no data input of BPMN."""
    taken, made = child(loop, "loopDataInputRef"), child(loop, "loopDataOutputRef")
    collection, output = text(taken), text(made)
    if taken is None or collection is None or collection in known:
        return
    item, result = child(loop, "inputDataItem"), child(loop, "outputDataItem")
    said: dict[str, str | None] = {"inputCollection": f"={collection}"}
    said["inputElement"] = None if item is None else item.get("name") or item.get("id")
    if made is not None and output is not None and result is not None:
        said |= {"outputCollection": output, "outputElement": f"={result.get('name') or result.get('id')}"}
    add(loop, "loopCharacteristics", said)
    for done in (taken, made, item, result):
        if done is not None:
            loop.remove(done)
    report.changed(
        loop, f"it goes over «{collection}»; a result that is not handed out by the last round stays inside."
    )


def _expression(element: Element, how: Translation, report: Report) -> None:
    said = (element.text or "").strip()
    if not said or said.startswith("="):
        return
    translated = report.translated(element, said, how, local(element))
    if translated is not None and translated != said:
        element.text = translated
        element.attrib.pop("language", None)
        report.changed(element, f"the {local(element)} «{said[:120]}» is now «{translated[:120]}».")


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
            done = _properties(owner, element, report)
        case "taskMetadataValues":
            done = _metadata(owner, element, report)
        case "instructionsForEndUser":
            add_line(owner, "properties", "property", {"name": "instructions", "value": (element.text or "").strip()})
            report.changed(owner, "the instructions are kept as the property «instructions».")
            done = True
        case "unitTests":
            report.left(owner, "its unit tests stay in the file and are not run: write a case beside the model.")
            return
        case _:
            done = False
    if done:
        tree.drop(element)
    else:
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
    retry = next(element.iter(SPACE + "retry"), None)
    add(owner, "taskDefinition", {"type": identity, "retries": None if retry is None else retry.get("retries")})
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


def _metadata(owner: Element, element: Element, report: Report) -> bool:
    for line in element.iterchildren(SPACE + "taskMetadataValue"):
        entry = {"name": line.get("name") or "", "value": line.get("value") or ""}
        add_line(owner, "properties", "property", entry)
    report.changed(owner, "its metadata are kept as properties.")
    return True


def _properties(owner: Element, element: Element, report: Report) -> bool:
    report.changed(owner, f"its {len(element)} properties are kept.")
    for line in element.iterchildren(SPACE + "property"):
        entry = {"name": line.get("name") or "", "value": line.get("value") or ""}
        add_line(owner, "properties", "property", entry)
        if entry["name"] == _SCHEMA:
            report.left(
                owner, f"its form is the JSON schema «{entry['value']}»: draw it anew, or take over its fields."
            )
    return True


def _script(task: Element, report: Report) -> None:
    script = child(task, "script")
    said = text(script) or ""
    if script is None or not said or said.startswith("=") or (task.get("scriptFormat") or "python") != "python":
        return
    try:
        lines = python.to_assignments(said)
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
