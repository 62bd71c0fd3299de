"""Event definitions → values, in document order; references to root definitions are followed."""

from collections.abc import Iterator

from orchestrator.engine import model
from orchestrator.engine.model import EventDefinition, TimerKind
from orchestrator.engine.reading import names, roots
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import EMPTY, Place
from orchestrator.engine.xml import Element

_TIMES = {"timeDate": TimerKind.DATE, "timeDuration": TimerKind.DURATION, "timeCycle": TimerKind.CYCLE}
CATCH_UP = "baton.catchUp"


def event_definitions(file: File, element: Element, place: Place, *, thrown: bool) -> tuple[EventDefinition, ...]:
    """Return an event's definitions."""
    found = (
        event_definition(file, definition, element, place, thrown=thrown) for definition in _all(file, element, place)
    )
    return tuple(event for event in found if event is not None)


def _all(file: File, element: Element, place: Place) -> Iterator[Element]:
    for inner in element:
        if not names.is_bpmn(inner):
            continue
        name = names.local(inner)
        if name.endswith("EventDefinition"):
            yield inner
        elif name == "eventDefinitionRef":
            found = file.find(names.text(inner))
            if found is not None and names.local(found).endswith("EventDefinition"):
                yield found
            else:
                message = f"{place.label} refers to the event definition «{names.text(inner)}», which does not exist."
                file.notes.error("dangling-reference", place, message)


def event_definition(
    file: File, definition: Element, element: Element, place: Place, *, thrown: bool
) -> EventDefinition | None:
    """Return one definition as a value; None, remarked, where BPMN knows no such event."""
    name = names.local(definition)
    match name:
        case "messageEventDefinition":
            return _message(file, definition, element, place, thrown=thrown)
        case "timerEventDefinition":
            return _timer(file, definition, element, place)
        case "signalEventDefinition":
            return model.SignalEvent(name=roots.signal_name(file, definition, place))
        case "errorEventDefinition":
            return model.ErrorEvent(code=roots.code(file, definition, place, "error"))
        case "escalationEventDefinition":
            return model.EscalationEvent(code=roots.code(file, definition, place, "escalation"))
        case "conditionalEventDefinition":
            return _conditional(file, definition, place)
        case "compensateEventDefinition":
            return model.CompensateEvent(
                activity_ref=names.without_prefix(names.attribute(definition, "activityRef") or "") or None,
                wait=names.flag(definition, "waitForCompletion", default=True),
            )
        case "cancelEventDefinition":
            return model.CancelEvent()
        case "terminateEventDefinition":
            return model.TerminateEvent()
        case "linkEventDefinition":
            return _link(file, definition, place)
        case _:
            message = f"BPMN has no «{name}» ({place.label}): choose another event."
            file.notes.error("unknown-element", place, message)
            return None


def _message(file: File, definition: Element, element: Element, place: Place, *, thrown: bool) -> model.MessageEvent:
    found = message_event(file, definition, element, place, thrown=thrown)
    if found is not None:
        return found
    given = roots.has_reference(definition, "messageRef") or roots.has_reference(definition, "operationRef")
    if not given and not (thrown and names.extension(element, "taskDefinition") is not None):
        words = f"{place.label} has no message: choose one in the properties panel."
        if thrown:
            words = f"{place.label} has no message to send: choose one, or set a job type (zeebe:taskDefinition)."
        file.notes.error("message-missing", place, words)
    return model.MessageEvent(name=EMPTY)


def message_event(
    file: File, holder: Element, element: Element, place: Place, *, thrown: bool
) -> model.MessageEvent | None:
    """Return the message that an event definition or a send or receive task refers to; None where it names none."""
    found = roots.message(file, holder, place, thrown=thrown)
    if found is None:
        return None
    publish = names.extension(element, "publishMessage") if thrown else None
    if publish is None:
        return model.MessageEvent(
            name=found.name, correlation_key=found.correlation_key, conversation=found.conversation
        )
    own = file.notes.optional(names.attribute(publish, "correlationKey"), place, "correlation key")
    return model.MessageEvent(
        name=found.name,
        correlation_key=own or found.correlation_key,
        conversation=found.conversation,
        time_to_live=file.notes.optional(names.attribute(publish, "timeToLive"), place, "time to live"),
        message_id=file.notes.optional(names.attribute(publish, "messageId"), place, "message id"),
    )


def _timer(file: File, definition: Element, element: Element, place: Place) -> model.TimerEvent:
    given = [inner for inner in definition if names.is_bpmn(inner) and names.local(inner) in _TIMES]
    if len(given) > 1:
        message = f"{place.label} has {len(given)} times: keep one of date, duration and cycle."
        file.notes.error("timer-ambiguous", place, message)
    source = names.text(given[0]) if given else None
    if source is None:
        message = f"{place.label} has no time: set a date, duration or cycle, for example PT10M."
        file.notes.error("timer-without-value", place, message)
        kind = _TIMES[names.local(given[0])] if given else TimerKind.DURATION
        return model.TimerEvent(kind=kind, value=EMPTY)
    return model.TimerEvent(
        kind=_TIMES[names.local(given[0])],
        value=file.notes.text(source, place, "timer"),
        catch_up=_property(element, CATCH_UP),
    )


def _property(element: Element, wanted: str) -> str | None:
    for holder in names.extensions(element, "properties"):
        for entry in holder.iterchildren(names.ZEEBE + "property"):
            if entry.get("name") == wanted:
                return names.attribute(entry, "value")
    return None


def _conditional(file: File, definition: Element, place: Place) -> model.ConditionalEvent:
    condition = names.child(definition, "condition")
    compiled = None if condition is None else file.notes.condition(condition, place, "condition")
    if compiled is None:
        message = f"{place.label} has no condition: write one in FEEL, for example = amount > 1000."
        file.notes.error("condition-missing", place, message)
        compiled = EMPTY
    narrowed = names.extension(definition, "conditionalFilter")
    return model.ConditionalEvent(
        condition=compiled,
        variable_names=_list(narrowed, "variableNames"),
        variable_events=_list(narrowed, "variableEvents"),
    )


def _list(element: Element | None, name: str) -> tuple[str, ...]:
    value = None if element is None else names.attribute(element, name)
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _link(file: File, definition: Element, place: Place) -> model.LinkEvent:
    name = names.attribute(definition, "name")
    if name is None:
        message = f"The link event {place.label} has no link name: give throw and catch the same one."
        file.notes.error("link-without-name", place, message)
    return model.LinkEvent(name=name or "")
