"""What flow nodes refer to at the top of a file: messages, signals, errors, escalations, operations."""

from dataclasses import dataclass

from orchestrator.engine.expressions import Text
from orchestrator.engine.reading import correlation, kinds, names
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import EMPTY, Place
from orchestrator.engine.xml import Element


@dataclass(frozen=True, slots=True)
class Message:
    """A ``bpmn:message``: its name, and how to find the instance it is for."""

    name: Text
    correlation_key: Text | None
    conversation: tuple[tuple[str, Text], ...] = ()


def referred(file: File, holder: Element, place: Place, attribute: str, tag: str) -> Element | None:
    """Return the root element that an attribute names; remark a reference to nothing, or to something else."""
    reference = names.attribute(holder, attribute)
    if reference is None:
        reference = names.child_text(holder, attribute)
    if reference is None:
        return None
    found = file.find(reference)
    if found is not None and names.local(found) == tag and names.is_bpmn(found):
        return found
    what = "does not exist in this file" if found is None else f"is {kinds.article(found)}"
    message = f"{place.label} refers to the {tag} «{reference}», which {what}: choose one in the properties panel."
    file.notes.error("dangling-reference", place, message)
    return None


def has_reference(holder: Element, attribute: str) -> bool:
    """Whether something is referred to at all."""
    return names.attribute(holder, attribute) is not None or names.child_text(holder, attribute) is not None


def message(file: File, holder: Element, place: Place, *, thrown: bool) -> Message | None:
    """Return the message of an event definition or task; None where there is none or it was remarked."""
    if has_reference(holder, "messageRef"):
        found = referred(file, holder, place, "messageRef", "message")
    else:
        found = _by_operation(file, holder, place)
    if found is None:
        return None
    name = names.attribute(found, "name")
    if name is None:
        words = f"The message «{found.get('id')}» of {place.label} has no name: give it the name that senders use."
        file.notes.error("message-without-name", place, words)
        return Message(EMPTY, None)
    return Message(
        file.notes.text(name, place, "message name"),
        correlation.key(file, holder, found, place, thrown=thrown),
        correlation.conversation(file, found, place),
    )


def _by_operation(file: File, holder: Element, place: Place) -> Element | None:
    """BPMN lets an operation name the message."""
    if not has_reference(holder, "operationRef"):
        return None
    operation = referred(file, holder, place, "operationRef", "operation")
    if operation is None or names.child(operation, "inMessageRef") is None:
        return None
    return referred(file, operation, place, "inMessageRef", "message")


def signal_name(file: File, holder: Element, place: Place) -> Text:
    """Return the name of the signal that an event definition refers to."""
    if not has_reference(holder, "signalRef"):
        words = f"{place.label} has no signal: choose one in the properties panel."
        file.notes.error("signal-missing", place, words)
        return EMPTY
    found = referred(file, holder, place, "signalRef", "signal")
    if found is None:
        return EMPTY
    name = names.attribute(found, "name")
    if name is None:
        words = f"The signal «{found.get('id')}» of {place.label} has no name: give it one."
        file.notes.error("signal-without-name", place, words)
        return EMPTY
    return file.notes.text(name, place, "signal name")


def code(file: File, holder: Element, place: Place, tag: str) -> Text | None:
    """Return the code of the error or escalation referred to; None where nothing is said (a catch of everything)."""
    attribute = f"{tag}Ref"
    if not has_reference(holder, attribute):
        return None
    found = referred(file, holder, place, attribute, tag)
    if found is None:
        return EMPTY
    value = names.attribute(found, f"{tag}Code")
    return file.notes.optional(value, place, f"{tag} code")
