"""Camunda 7: who does the work — external tasks, classes, beans, decisions, scripts, calls, events."""

import re

from orchestrator.engine.dialects import juel, tree
from orchestrator.engine.dialects.tree import Report, add, add_line, take
from orchestrator.engine.reading.names import BPMN, EXTENSIONS, child
from orchestrator.engine.xml import Element

_JOB_TASKS = ("serviceTask", "sendTask", "businessRuleTask", "scriptTask")
_BEAN = re.compile(r"[$#]\{\s*([A-Za-z_][\w.]*)\s*(?:\(.*\))?\s*\}", re.DOTALL)
_SPANS = re.compile(r"P[0-9YMWDTHS.]+(?:\s*,\s*P[0-9YMWDTHS.]+)*")
_CHANGES = ("create", "update")
_FEEL = "feel"


def convert_tasks(root: Element, mark: str, report: Report) -> None:
    """Give every task that calls code a job type, and every decision and script its zeebe element."""
    for task in tree.elements(root, "businessRuleTask"):
        _decision(task, mark, report)
    for task in tree.elements(root, "scriptTask"):
        _script(task, mark, report)
    for task in tree.elements(root, *_JOB_TASKS):
        _job(task, task, mark, report)
        _connector(task, mark, report)
    for definition in tree.elements(root, "messageEventDefinition"):
        event = definition.getparent()
        if event is not None:
            _job(event, definition, mark, report)
    for task in tree.elements(root, *_JOB_TASKS, "callActivity", "userTask"):
        _retries(task, mark, report)


def _job(element: Element, said: Element, mark: str, report: Report) -> None:
    """``said`` carries the attributes: the task, or an event's message definition."""
    topic, kind = take(said, mark + "topic"), take(said, mark + "type")
    code = take(said, mark + "class")
    bean = take(said, mark + "delegateExpression") or take(said, mark + "expression")
    job_type = topic
    if job_type is None and code is not None:
        job_type = code.rpartition(".")[2]
    if job_type is None and bean is not None:
        match = _BEAN.fullmatch(bean)
        job_type = match.group(1) if match is not None else bean
    if job_type is None:
        if kind is not None:
            said.set(mark + "type", kind)
        return
    if juel.is_juel(job_type):
        job_type = report.translated(element, job_type, juel.to_feel, "job type") or "unknown"
    add(element, "taskDefinition", {"type": job_type})
    priority = take(said, mark + "taskPriority")
    if priority is not None:
        value = report.translated(element, priority, juel.to_feel, "priority")
        add(element, "jobPriorityDefinition", {"priority": value})
    result = take(said, mark + "resultVariable") or take(said, mark + "resultVariableName")
    if result is not None:
        add_line(element, "taskHeaders", "header", {"key": "resultVariable", "value": result})
    if topic is None:
        report.left(element, f"«{code or bean}» was code in the engine; write a worker for the job type «{job_type}».")
    else:
        report.changed(element, f"the external task of topic «{topic}» is now a job of that type.")


def _connector(task: Element, mark: str, report: Report) -> None:
    """Make a job of a connector that ran in the engine; its parameters become the task's own."""
    for connector in list(task.iterfind(f"{EXTENSIONS}/{mark}connector")):
        identity = (connector.findtext(mark + "connectorId") or "").strip()
        if not identity:
            continue
        add(task, "taskDefinition", {"type": identity})
        parameters = connector.find(mark + "inputOutput")
        if parameters is not None:
            tree.holder(task).append(parameters)
        tree.drop(connector)
        report.left(
            task,
            f"the connector «{identity}» ran in the engine; write a worker for that job type, or choose a template.",
        )


def _retries(task: Element, mark: str, report: Report) -> None:
    for cycle in list(task.iterfind(f"{EXTENSIONS}/{mark}failedJobRetryTimeCycle")):
        text = (cycle.text or "").strip()
        match = re.fullmatch(r"R(\d{1,3})/.*", text)
        tries = match.group(1) if match is not None else str(text.count(",") + 1) if _SPANS.fullmatch(text) else None
        definition = task.find(f"{EXTENSIONS}/{{http://camunda.org/schema/zeebe/1.0}}taskDefinition")
        if tries is not None and definition is not None:
            definition.set("retries", tries)
            report.changed(task, f"the retry cycle «{text}» is now {tries} retries; pauses are the worker's.")
            tree.drop(cycle)


def _decision(task: Element, mark: str, report: Report) -> None:
    wanted = take(task, mark + "decisionRef")
    if wanted is None:
        return
    binding = take(task, mark + "decisionRefBinding") or "latest"
    version_tag = take(task, mark + "decisionRefVersionTag")
    if binding == "version":
        report.left(task, "a decision can be bound to latest, deployment or a version tag; it is bound to latest now.")
        binding = "latest"
    how = take(task, mark + "mapDecisionResult")
    for name in ("decisionRefVersion", "decisionRefTenantId"):
        value = take(task, mark + name)
        if value is not None:
            report.left(task, f"the {name} «{value}» was dropped: the decision is looked up by its id.")
    add(
        task,
        "calledDecision",
        {
            "decisionId": report.translated(task, wanted, juel.to_feel, "decision"),
            "resultVariable": take(task, mark + "resultVariable") or "decisionResult",
            "bindingType": binding,
            "versionTag": version_tag,
        },
    )
    report.changed(task, f"the decision «{wanted}» is called; its result was read as {how or 'resultList'} before.")


def _script(task: Element, mark: str, report: Report) -> None:
    language, script = task.get("scriptFormat"), child(task, "script")
    resource = task.get(mark + "resource")
    result = task.get(mark + "resultVariable")
    if language is None and script is None and resource is None:
        return
    text = (script.text or "").strip() if script is not None else ""
    if language is not None and language.lower() == "juel" and result is not None:
        translated = report.translated(task, text, juel.to_feel, "script")
        if translated is not None:
            take(task, mark + "resultVariable")
            add(task, "script", {"expression": translated, "resultVariable": result})
            task.attrib.pop("scriptFormat", None)
            if script is not None:
                task.remove(script)
            report.changed(task, f"the script is now «{translated[:120]}».")
            return
    if language is not None and language.lower() != _FEEL:
        report.left(task, f"the script is written in {language}: write it in FEEL, or set a job type.")


def convert_calls(root: Element, mark: str, report: Report) -> None:
    """Say which version is called and what goes in and out."""
    for call in tree.elements(root, "callActivity"):
        _call(call, mark, report)


def _call(call: Element, mark: str, report: Report) -> None:
    lines = [line for name in ("in", "out") for line in call.iterfind(f"{EXTENSIONS}/{mark}{name}")]
    binding = take(call, mark + "calledElementBinding")
    tag = take(call, mark + "calledElementVersionTag")
    wanted = call.get("calledElement")
    if not lines and binding is None and tag is None and not juel.is_juel(wanted or ""):
        return
    if binding == "version":
        report.left(call, "a call can be bound to latest, deployment or a version tag; it is bound to latest now.")
        binding = None
    whole = {line.tag for line in lines if line.get("variables") == "all"}
    business = next((line.get("businessKey") for line in lines if line.get("businessKey")), None)
    add(
        call,
        "calledElement",
        {
            "processId": None if wanted is None else report.translated(call, wanted, juel.to_feel, "called process"),
            "bindingType": binding,
            "versionTag": tag,
            "propagateAllParentVariables": str(mark + "in" in whole).lower(),
            "propagateAllChildVariables": str(mark + "out" in whole).lower(),
            "businessId": None if business is None else report.translated(call, business, juel.to_feel, "business key"),
        },
    )
    call.attrib.pop("calledElement", None)
    for line in lines:
        _call_line(call, line, mark, report)
        tree.drop(line)
    report.changed(call, "the variables that go in and out are now mappings.")


def _call_line(call: Element, line: Element, mark: str, report: Report) -> None:
    target = line.get("target")
    source = line.get("source")
    expression = line.get("sourceExpression")
    if target is None or (source is None and expression is None):
        return
    value = f"={source}" if source is not None else report.translated(call, expression or "", juel.to_feel, "mapping")
    if value is not None:
        direction = "input" if line.tag == mark + "in" else "output"
        add_line(call, "ioMapping", direction, {"source": value, "target": target})


def convert_events(root: Element, mark: str, report: Report) -> None:
    """Carry over what events add: variables of errors, what conditions listen to, and remind of correlation keys."""
    for name, values in (("error", ("errorCode", "errorMessage")), ("escalation", ("escalationCode",))):
        for definition in tree.elements(root, f"{name}EventDefinition"):
            for value in values:
                variable = take(definition, f"{mark}{value}Variable")
                event = definition.getparent()
                if variable is not None and event is not None:
                    add_line(event, "ioMapping", "output", {"source": f"={value}", "target": variable})
                    report.changed(event, f"the {value} is written to «{variable}» by an output mapping.")
    for definition in tree.elements(root, "conditionalEventDefinition"):
        names = take(definition, mark + "variableName")
        events = take(definition, mark + "variableEvents") or take(definition, mark + "variableEvent")
        if names is not None or events is not None:
            said = [part.strip() for part in (events or "").split(",") if part.strip()]
            if lost := [part for part in said if part not in _CHANGES]:
                report.left(definition, f"{', '.join(lost)}: dropped, a variable here is only created and updated.")
            report.changed(definition, "what it listens to is kept.")
            kept = ",".join(part for part in said if part in _CHANGES)
            add(definition, "conditionalFilter", {"variableNames": names, "variableEvents": kept or None})
    for error in tree.elements(root, "error"):
        text = take(error, mark + "errorMessage")
        if text is not None:
            report.changed(error, f"the fixed error message «{text[:120]}» was dropped.")


def has_waiting_messages(root: Element) -> list[Element]:
    """Return the messages that are waited for and have no correlation key yet."""
    waited = {
        definition.get("messageRef")
        for event in tree.elements(root, "intermediateCatchEvent", "boundaryEvent")
        for definition in event.iterfind(BPMN + "messageEventDefinition")
    }
    waited |= {task.get("messageRef") for task in tree.elements(root, "receiveTask")}
    missing = f"{EXTENSIONS}/{{http://camunda.org/schema/zeebe/1.0}}subscription"
    return [
        message
        for message in tree.elements(root, "message")
        if message.get("id") in waited and message.find(missing) is None
    ]
