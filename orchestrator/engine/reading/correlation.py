"""Which instance a message is for: ``zeebe:subscription``, or the correlation keys of plain BPMN."""

from collections.abc import Iterator

from orchestrator.engine.conversations import SEPARATOR
from orchestrator.engine.expressions import Text
from orchestrator.engine.reading import names
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import Place
from orchestrator.engine.xml import Element

_SEPARATOR = f'"{SEPARATOR}"'


def key(file: File, holder: Element, message: Element, place: Place, *, thrown: bool) -> Text | None:
    """Return the correlation key of a message at one place."""
    subscription = names.extension(message, "subscription")
    if subscription is not None:
        source = names.attribute(subscription, "correlationKey")
        if source is not None:
            return file.notes.text(source, place, "correlation key")
    paths = list(_retrievals(file, message) if thrown else _bindings(file, holder, message))
    return file.notes.expression(_joined(paths), place, "correlation key") if paths else None


def conversation(file: File, message: Element, place: Place) -> tuple[tuple[str, Text], ...]:
    """Return where in a message each of its correlation properties stands; nothing where Camunda's way is used."""
    if names.extension(message, "subscription") is not None:
        return ()
    found = (
        (names.attribute(each, "id"), file.notes.expression(path.removeprefix("="), place, "message path"))
        for each, path in _properties(file, message)
    )
    return tuple((name, path) for name, path in found if name is not None and path is not None)


def _retrievals(file: File, message: Element) -> Iterator[str]:
    """Find, for a thrown message, where in the payload each property stands."""
    for found, path in _properties(file, message):
        del found
        yield path


def _bindings(file: File, holder: Element, message: Element) -> Iterator[str]:
    """Find, for a caught message, which data of the process must equal each property."""
    wanted = {found.get("id") for found, _ in _properties(file, message)}
    process = next(holder.iterancestors(names.PROCESS), None)
    if process is None:
        return
    for binding in process.iter(names.BPMN + "correlationPropertyBinding"):
        path = names.child_text(binding, "dataPath")
        reference = names.attribute(binding, "correlationPropertyRef") or ""
        if path is not None and (reference in wanted or names.without_prefix(reference) in wanted):
            yield path


def _properties(file: File, message: Element) -> Iterator[tuple[Element, str]]:
    own = names.attribute(message, "id")
    for found in file.root.iterchildren(names.BPMN + "correlationProperty"):
        for retrieval in names.children(found, "correlationPropertyRetrievalExpression"):
            path = names.child_text(retrieval, "messagePath")
            reference = names.attribute(retrieval, "messageRef")
            if path is not None and reference is not None and own in {reference, names.without_prefix(reference)}:
                yield found, path


def _joined(paths: list[str]) -> str:
    """All properties must be equal: one text of all of them."""
    if len(paths) == 1:
        return paths[0].removeprefix("=")
    parts = ", ".join(f"string({path.removeprefix('=')})" for path in paths)
    return f"string join([{parts}], {_SEPARATOR})"
