"""What activities need to do their work."""

import re
from collections.abc import Callable

from orchestrator.domain.errors import Invalid
from orchestrator.domain.timer import parse_date
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import (
    AdHoc,
    ErrorEvent,
    EscalationEvent,
    JobDefinition,
    Kind,
    MessageEvent,
    MultiInstance,
    Node,
    SignalEvent,
)
from orchestrator.engine.reading.tools import is_tool
from orchestrator.engine.validate.where import Where, label, place

Rule = Callable[[Where, Node], None]

_IMPLICITLY_THROWN = (MessageEvent, SignalEvent, EscalationEvent, ErrorEvent)
FORM_INSIDE = "camunda-forms:bpmn:"
_PRIORITIES = range(101)
_TOOL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}", re.ASCII)


def check_activities(where: Where) -> None:
    """Hold every activity of a scope against what its kind needs."""
    for node in where.scope.nodes.values():
        rule = _RULES.get(node.kind)
        if rule is not None:
            rule(where, node)
        if node.job is not None:
            _job(where, node, node.job)
        for listener in (*node.listeners, *node.task_listeners):
            _whole(where, node, listener.retries, "retries of a listener")
        if isinstance(node.loop, MultiInstance):
            _multi_instance(where, node, node.loop)
        if node.loop is not None and node.kind is Kind.EVENT_SUB_PROCESS:
            message = f"The event sub-process {label(node)} is repeated by its event: remove the loop."
            where.notes.error("loop-position", place(node), message)


def _service(where: Where, node: Node) -> None:
    if node.job is None:
        message = f"The service task {label(node)} has no job type: set the type of the worker that does it."
        where.notes.error("job-type-missing", place(node), message)


def _send(where: Where, node: Node) -> None:
    if node.job is None and not node.events:
        message = f"The send task {label(node)} sends nothing: choose a message, or set a job type."
        where.notes.error("message-missing", place(node), message)


def _receive(where: Where, node: Node) -> None:
    if not node.events:
        message = f"The receive task {label(node)} has no message: choose the one it waits for."
        where.notes.error("message-missing", place(node), message)


def _rule(where: Where, node: Node) -> None:
    if node.job is None and node.decision is None:
        message = f"The business rule task {label(node)} decides nothing: set the called decision, or a job type."
        where.notes.error("decision-missing", place(node), message)
    elif node.job is not None and node.decision is not None:
        message = f"The business rule task {label(node)} has a decision and a job type: keep one."
        where.notes.error("decision-ambiguous", place(node), message)


def _user(where: Where, node: Node) -> None:
    task = node.user_task
    if task is None:
        return
    for text, what in ((task.due_date, "due date"), (task.follow_up_date, "follow-up date")):
        if text is not None and not text.is_expression and text.source:
            try:
                parse_date(text.source)
            except Invalid as problem:
                where.notes.error("task-date", place(node), f"The {what} of {label(node)} is wrong. {problem}")
    _whole(where, node, task.priority, "priority", _PRIORITIES)
    _whole(where, node, task.retries, "retries")
    key = task.form_key
    if key is not None and key.source.startswith(FORM_INSIDE):
        wanted = key.source.removeprefix(FORM_INSIDE)
        if wanted not in where.process.forms:
            message = f"{label(node)} shows the form «{wanted}», which is not in the file: link a deployed form."
            where.notes.error("form-missing", place(node), message)


def _job(where: Where, node: Node, job: JobDefinition) -> None:
    _whole(where, node, job.retries, "retries")
    _whole(where, node, job.priority, "job priority", range(-(2**31), 2**31))


def _whole(where: Where, node: Node, text: Text | None, what: str, span: range = range(2**31)) -> None:
    """Refuse a fixed text that is no whole number within bounds."""
    if text is None or text.is_expression or not text.source:
        return
    digits = text.source.strip().removeprefix("-")
    if digits.isascii() and digits.isdecimal() and len(digits) <= len("2147483648") and int(text.source) in span:
        return
    message = f"The {what} of {label(node)} is «{text.source[:60]}»: write a whole number from {span[0]} to {span[-1]}."
    where.notes.error("number", place(node), message)


def _multi_instance(where: Where, node: Node, loop: MultiInstance) -> None:
    if loop.collection is None and loop.cardinality is None:
        message = f"The multi-instance {label(node)} does not say how often: set an input collection."
        where.notes.error("loop-without-collection", place(node), message)
    if loop.collection is not None and loop.cardinality is not None:
        message = f"The multi-instance {label(node)} has a collection and a cardinality: keep one."
        where.notes.error("loop-ambiguous", place(node), message)
    if (loop.output_collection is None) != (loop.output_element is None):
        message = f"The multi-instance {label(node)} needs output collection and output element together: set both."
        where.notes.error("loop-output", place(node), message)
    if loop.input_element is not None and loop.collection is None:
        message = f"The multi-instance {label(node)} names an input element and has no collection: it stays unset."
        where.notes.warning("loop-input", place(node), message)
    names = ((loop.input_element, "input element"), (loop.output_collection, "output collection"))
    for name, what in names:
        if name is not None and (not name.replace("_", "a").isalnum() or name[0].isdigit()):
            message = f"The {what} of {label(node)} is «{name}», which is no variable name: use letters and digits."
            where.notes.error("variable-name", place(node), message)
    if loop.behavior in {"none", "one"} and loop.behavior_event is None:
        message = f"The multi-instance {label(node)} has the behavior {loop.behavior} and names no event to throw."
        where.notes.error("loop-behavior", place(node), message)
    for event in (loop.behavior_event, *(thrown for _, thrown in loop.complex_behavior)):
        if event is not None and not isinstance(event, _IMPLICITLY_THROWN):
            message = f"The multi-instance {label(node)} throws an event of a kind that loops do not throw:"
            words = f"{message} choose a message, signal, escalation or error."
            where.notes.error("loop-behavior", place(node), words)


def _ad_hoc(where: Where, node: Node) -> None:
    ad_hoc = node.ad_hoc or AdHoc()
    if (ad_hoc.output_collection is None) != (ad_hoc.output_element is None):
        message = f"The ad-hoc sub-process {label(node)} needs output collection and element together: set both."
        where.notes.error("loop-output", place(node), message)
    if node.job is None:
        return
    ignored = ((ad_hoc.completion_condition, "completion condition"), (ad_hoc.active_elements, "element list"))
    for value, what in ignored:
        if value is not None:
            message = f"The {what} of {label(node)} is ignored: its worker decides."
            where.notes.warning("ad-hoc-ignored", place(node), message)
    for tool in filter(is_tool, node.body.nodes.values() if node.body is not None else ()):
        if not _TOOL.fullmatch(tool.id):
            message = f"The tool {label(tool)} has the id «{tool.id}»: use at most 63 letters, digits, _ and -."
            where.notes.warning("tool-id", place(tool), message)
        if tool.documentation is None and tool.name is None:
            message = f"The tool {label(tool)} has neither documentation nor name: say what it is for."
            where.notes.warning("tool-undescribed", place(tool), message)


_RULES: dict[Kind, Rule] = {
    Kind.SERVICE_TASK: _service,
    Kind.SEND_TASK: _send,
    Kind.RECEIVE_TASK: _receive,
    Kind.BUSINESS_RULE_TASK: _rule,
    Kind.USER_TASK: _user,
    Kind.AD_HOC_SUB_PROCESS: _ad_hoc,
}
