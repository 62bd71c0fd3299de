"""``zeebe:`` extension elements, as Camunda 8.8 defines them → frozen values."""

from collections.abc import Iterator, Mapping

from orchestrator.engine import model
from orchestrator.engine.expressions import Text
from orchestrator.engine.reading import names
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import Place
from orchestrator.engine.xml import Element

RETRIES = "3"

_TASK_EVENTS = {
    "create": "creating",
    "assignment": "assigning",
    "update": "updating",
    "complete": "completing",
    "cancel": "canceling",
}
"""Earlier names of the task listeners' events."""

TASK_EVENTS = frozenset(_TASK_EVENTS.values())
EXECUTION_EVENTS = frozenset({"start", "end"})
BINDINGS = frozenset({"latest", "deployment", "versionTag"})


def _incomplete(direction: str, place: Place, source: str | None, target: str | None) -> str:
    """Name the half of the mapping that is there, since people know it by that."""
    if target is None:
        return f"An {direction} mapping of {place.label} has no target: name the variable that gets «{source}»."
    return f"The {direction} mapping of {place.label} to «{target}» has no value: enter one, or remove the mapping."


def mappings(file: File, element: Element, place: Place, direction: str) -> tuple[model.Assignment, ...]:
    """Return the input or output mappings."""
    found = []
    for mapping in names.extensions(element, "ioMapping"):
        for line in mapping.iterchildren(names.ZEEBE + direction):
            target = names.attribute(line, "target")
            source = line.get("source")
            if target is None or source is None or not source.strip():
                file.notes.error("mapping-incomplete", place, _incomplete(direction, place, source, target))
                continue
            path = tuple(part.strip() for part in target.removeprefix("=").split("."))
            if not all(map(_sayable, path)):
                message = (
                    f"The {direction} mapping of {place.label} has the target «{target}», which is no variable name."
                )
                file.notes.error("mapping-target", place, message)
                continue
            what = f"{direction} mapping to {target}"
            found.append(model.Assignment(source=file.notes.text(source, place, what), target=path))
    return tuple(found)


def _sayable(name: str) -> bool:
    """Whether FEEL can say a name: letters, digits and the like, not beginning with a digit."""
    return bool(name) and not name[0].isdigit() and not any(sign in "+-*/=<>!()[]{},;:\"'\\ \t\n" for sign in name)


def properties(element: Element) -> Mapping[str, str]:
    """Return ``zeebe:properties``."""
    found = {}
    for holder in names.extensions(element, "properties"):
        for entry in holder.iterchildren(names.ZEEBE + "property"):
            found[entry.get("name") or ""] = entry.get("value") or ""
    return found


def headers(element: Element) -> Mapping[str, str]:
    """Return ``zeebe:taskHeaders``; lines without key or value say nothing."""
    found: dict[str, str] = {}
    for holder in names.extensions(element, "taskHeaders"):
        found.update(_header_lines(holder))
    return found


def _header_lines(holder: Element) -> Mapping[str, str]:
    lines = holder.iterchildren(names.ZEEBE + "header")
    return {line.get("key", ""): line.get("value", "") for line in lines if line.get("key") and line.get("value")}


def job(file: File, element: Element, place: Place) -> model.JobDefinition | None:
    """Return ``zeebe:taskDefinition`` with headers and priority."""
    definition = names.extension(element, "taskDefinition")
    if definition is None:
        return None
    kind = names.attribute(definition, "type")
    if kind is None:
        message = f"{place.label} has a task definition without a type: set the job type that a worker asks for."
        file.notes.error("job-type-missing", place, message)
    priority = names.extension(element, "jobPriorityDefinition")
    return model.JobDefinition(
        type=file.notes.text(kind or "", place, "job type"),
        retries=file.notes.text(names.attribute(definition, "retries") or RETRIES, place, "number of retries"),
        headers=headers(element),
        priority=file.notes.optional(
            None if priority is None else names.attribute(priority, "priority"), place, "job priority"
        ),
    )


def listeners(file: File, element: Element, place: Place) -> tuple[model.Listener, ...]:
    """Return ``zeebe:executionListeners``."""
    return tuple(_listeners(file, element, place, "executionListener", EXECUTION_EVENTS))


def task_listeners(file: File, element: Element, place: Place) -> tuple[model.Listener, ...]:
    """Return ``zeebe:taskListeners``."""
    return tuple(_listeners(file, element, place, "taskListener", TASK_EVENTS))


def _listeners(
    file: File, element: Element, place: Place, name: str, known: frozenset[str]
) -> Iterator[model.Listener]:
    for holder in names.extensions(element, f"{name}s"):
        for listener in holder.iterchildren(names.ZEEBE + name):
            event = names.attribute(listener, "eventType") or ""
            event = _TASK_EVENTS.get(event, event) if name == "taskListener" else event
            kind = names.attribute(listener, "type")
            if event not in known or kind is None:
                message = f"A listener of {place.label} needs a type and an event, one of {', '.join(sorted(known))}."
                file.notes.error("listener-incomplete", place, message)
                continue
            own = (_header_lines(inner) for inner in listener.iterchildren(names.ZEEBE + "taskHeaders"))
            yield model.Listener(
                event=event,
                type=file.notes.text(kind, place, "listener's type"),
                retries=file.notes.text(names.attribute(listener, "retries") or RETRIES, place, "listener's retries"),
                headers={key: value for lines in own for key, value in lines.items()},
            )


def user_task(file: File, element: Element, place: Place) -> model.UserTaskDefinition:
    """Return who may do a task, with which form, until when; tasks for workers are read the same way."""

    def said(holder: str, attribute: str, what: str) -> Text | None:
        found = names.extension(element, holder)
        return None if found is None else file.notes.optional(names.attribute(found, attribute), place, what)

    form = names.extension(element, "formDefinition")
    work = names.extension(element, "taskDefinition")
    return model.UserTaskDefinition(
        assignee=said("assignmentDefinition", "assignee", "assignee"),
        candidate_users=said("assignmentDefinition", "candidateUsers", "candidate users"),
        candidate_groups=said("assignmentDefinition", "candidateGroups", "candidate groups"),
        due_date=said("taskSchedule", "dueDate", "due date"),
        follow_up_date=said("taskSchedule", "followUpDate", "follow-up date"),
        priority=said("priorityDefinition", "priority", "priority"),
        form_id=said("formDefinition", "formId", "form id"),
        form_binding=binding(file, form, place),
        form_version_tag=None if form is None else names.attribute(form, "versionTag"),
        external_form_reference=said("formDefinition", "externalReference", "form reference"),
        form_key=said("formDefinition", "formKey", "form key"),
        job_type=None if work is None else names.attribute(work, "type"),
        retries=said("taskDefinition", "retries", "number of retries"),
        headers=headers(element),
    )


def binding(file: File, element: Element | None, place: Place) -> str:
    """Return which version a reference means."""
    said = None if element is None else names.attribute(element, "bindingType")
    if said is None:
        return "latest"
    if said not in BINDINGS:
        message = f"{place.label} has the binding «{said}»: choose latest, deployment or versionTag."
        file.notes.error("binding-unknown", place, message)
        return "latest"
    if said == "versionTag" and element is not None and names.attribute(element, "versionTag") is None:
        message = f"{place.label} binds to a version tag and names none: write the tag."
        file.notes.error("version-tag-missing", place, message)
    return said


def decision(file: File, element: Element, place: Place) -> model.CalledDecision | None:
    """Return ``zeebe:calledDecision``."""
    called = names.extension(element, "calledDecision")
    if called is None:
        return None
    wanted, result = names.attribute(called, "decisionId"), names.attribute(called, "resultVariable")
    for value, what in ((wanted, "a decision id"), (result, "a result variable")):
        if value is None:
            file.notes.error("decision-incomplete", place, f"{place.label} calls a decision without {what}: set it.")
    return model.CalledDecision(
        decision_id=file.notes.text(wanted or "", place, "decision id"),
        result_variable=result or "",
        binding=binding(file, called, place),
        version_tag=names.attribute(called, "versionTag"),
    )


def resources(file: File, element: Element, place: Place) -> tuple[model.LinkedResource, ...]:
    """Return ``zeebe:linkedResources``."""
    found = []
    for holder in names.extensions(element, "linkedResources"):
        for entry in holder.iterchildren(names.ZEEBE + "linkedResource"):
            wanted = names.attribute(entry, "resourceId")
            if wanted is None:
                file.notes.error("resource-missing", place, f"{place.label} links a resource without an id: set it.")
                continue
            found.append(
                model.LinkedResource(
                    resource_id=file.notes.text(wanted, place, "resource id"),
                    resource_type=names.attribute(entry, "resourceType"),
                    link_name=names.attribute(entry, "linkName"),
                    binding=binding(file, entry, place),
                    version_tag=names.attribute(entry, "versionTag"),
                )
            )
    return tuple(found)
