"""What tasks, call activities and ad-hoc sub-processes say about their work."""

from collections.abc import Callable
from dataclasses import replace

from orchestrator.engine import model
from orchestrator.engine.expressions import Text
from orchestrator.engine.model import Kind, Node
from orchestrator.engine.reading import extensions, names
from orchestrator.engine.reading.events import message_event
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import Place
from orchestrator.engine.xml import Element

Reader = Callable[[File, Element, Node, Place], Node]


def read(file: File, element: Element, node: Node, place: Place) -> Node:
    """Return the node with what its kind adds."""
    reader = _READERS.get(node.kind)
    return node if reader is None else reader(file, element, node, place)


def _service(file: File, element: Element, node: Node, place: Place) -> Node:
    return replace(node, job=extensions.job(file, element, place))


def _send(file: File, element: Element, node: Node, place: Place) -> Node:
    message = message_event(file, element, element, place, thrown=True)
    job = extensions.job(file, element, place)
    return replace(node, job=job, events=() if message is None else (message,))


def _receive(file: File, element: Element, node: Node, place: Place) -> Node:
    message = message_event(file, element, element, place, thrown=False)
    return replace(
        node,
        events=() if message is None else (message,),
        instantiate=names.flag(element, "instantiate", default=False),
    )


def _user(file: File, element: Element, node: Node, place: Place) -> Node:
    definition = extensions.user_task(file, element, place)
    if names.extension(element, "assignmentDefinition") is None:
        definition = replace(
            definition,
            assignee=_roles(file, element, place, "humanPerformer", "performer"),
            candidate_groups=_roles(file, element, place, "potentialOwner"),
        )
    return replace(node, user_task=definition, task_listeners=extensions.task_listeners(file, element, place))


def _roles(file: File, element: Element, place: Place, *tags: str) -> Text | None:
    """Plain BPMN names people by resources or an expression."""
    for tag in tags:
        for role in names.children(element, tag):
            assignment = names.child(role, "resourceAssignmentExpression")
            expression = None if assignment is None else names.child_text(assignment, "formalExpression")
            if expression is not None:
                return file.notes.text(expression, place, tag)
            resource = file.find(names.child_text(role, "resourceRef"))
            name = None if resource is None else names.attribute(resource, "name")
            if name is not None:
                return file.notes.text(name, place, tag)
    return None


def _script(file: File, element: Element, node: Node, place: Place) -> Node:
    job = extensions.job(file, element, place)
    inline = names.extension(element, "script")
    if job is not None:
        if inline is not None:
            message = f"{place.label} has a FEEL script and a job type: keep one."
            file.notes.error("script-ambiguous", place, message)
        return replace(node, job=job)
    if inline is not None:
        return replace(node, script=_zeebe_script(file, inline, place))
    return replace(node, script=_plain_script(file, element, place))


def _zeebe_script(file: File, inline: Element, place: Place) -> model.Script:
    source, result = names.attribute(inline, "expression"), names.attribute(inline, "resultVariable")
    if source is None or result is None:
        message = f"The script of {place.label} needs an expression and a result variable: set both."
        file.notes.error("script-incomplete", place, message)
    return model.Script(expression=file.notes.expression(source or "null", place, "script"), result_variable=result)


def _plain_script(file: File, element: Element, place: Place) -> model.Script | None:
    source = names.child_text(element, "script")
    language = names.attribute(element, "scriptFormat") or ""
    if language and "feel" not in language.lower():
        message = f"The script of {place.label} is written in {language}: write it in FEEL, or set a job type."
        file.notes.error("script-language", place, message)
        return None
    if source is None:
        message = f"{place.label} has no script: write one in FEEL, or set a job type (zeebe:taskDefinition)."
        file.notes.error("script-missing", place, message)
        return None
    if not language and not source.startswith("="):
        message = f"The script of {place.label} does not say its language: begin FEEL with =, or set a job type."
        file.notes.error("script-language", place, message)
        return None
    expression = file.notes.expression(source, place, "script")
    return model.Script(expression=expression, result_variable=names.attribute(element, "resultVariable"))


def _rule(file: File, element: Element, node: Node, place: Place) -> Node:
    return replace(node, job=extensions.job(file, element, place), decision=extensions.decision(file, element, place))


def _call(file: File, element: Element, node: Node, place: Place) -> Node:
    said = names.extension(element, "calledElement")
    wanted = None if said is None else names.attribute(said, "processId")
    if wanted is None:
        wanted = _called_name(element)
    if wanted is None:
        message = f"{place.label} does not say which process it calls: set the called process id."
        file.notes.error("called-process-missing", place, message)
    propagate = None if said is None else names.attribute(said, "propagateAllChildVariables")
    called = model.CalledElement(
        process_id=file.notes.text(wanted or "", place, "called process id"),
        binding=extensions.binding(file, said, place),
        version_tag=None if said is None else names.attribute(said, "versionTag"),
        propagate_parent=said is None or names.flag(said, "propagateAllParentVariables", default=True),
        propagate_child=None if propagate is None else propagate.lower() in {"true", "1"},
        business_id=None
        if said is None
        else file.notes.optional(names.attribute(said, "businessId"), place, "business id"),
    )
    return replace(node, called=called)


def _called_name(element: Element) -> str | None:
    """BPMN's attribute is a qualified name: a declared prefix is no part of the id."""
    name = names.attribute(element, "calledElement")
    if name is None or name.startswith("="):
        return name
    prefix, colon, rest = name.partition(":")
    return rest if colon and prefix in element.nsmap else name


def _ad_hoc(file: File, element: Element, node: Node, place: Place) -> Node:
    said = names.extension(element, "adHoc")
    condition = names.child(element, "completionCondition")
    collected = None if said is None else names.attribute(said, "outputElement")
    chosen = None if said is None else names.attribute(said, "activeElementsCollection")
    ad_hoc = model.AdHoc(
        active_elements=None if chosen is None else file.notes.expression(chosen, place, "list of active elements"),
        completion_condition=None
        if condition is None
        else file.notes.condition(condition, place, "completion condition"),
        cancel_remaining=names.flag(element, "cancelRemainingInstances", default=True),
        sequential=(names.attribute(element, "ordering") or "").lower() == "sequential",
        output_collection=None if said is None else names.attribute(said, "outputCollection"),
        output_element=None if collected is None else file.notes.expression(collected, place, "output element"),
    )
    return replace(node, job=extensions.job(file, element, place), ad_hoc=ad_hoc)


_READERS: dict[Kind, Reader] = {
    Kind.SERVICE_TASK: _service,
    Kind.SEND_TASK: _send,
    Kind.RECEIVE_TASK: _receive,
    Kind.USER_TASK: _user,
    Kind.SCRIPT_TASK: _script,
    Kind.BUSINESS_RULE_TASK: _rule,
    Kind.CALL_ACTIVITY: _call,
    Kind.AD_HOC_SUB_PROCESS: _ad_hoc,
}
