"""Settings of other engines are not read here: whoever relies on them is told, element by element."""

from collections.abc import Iterator

from orchestrator.engine.reading import names
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import place_of
from orchestrator.engine.xml import DIAGRAM, Element

MOST_NAMED = 6


def remark_foreign(file: File) -> None:
    """Remark each element that says something in the words of an engine whose models can be converted."""
    for top in file.root:
        if top.tag == DIAGRAM:
            continue
        for element in top.iter("*"):
            said = list(dict.fromkeys(_said(element)))
            if said:
                _remark(file, element, said)


def _said(element: Element) -> Iterator[str]:
    """Return what is said on an element itself, and in its extensions."""
    if not names.is_bpmn(element) or element.tag == names.EXTENSIONS:
        return
    for name in element.attrib:
        space, _, short = str(name).rpartition("}")
        if space[1:] in names.FOREIGN_SPACES and short not in names.FOREIGN_WITHOUT_MEANING:
            yield short
    for holder in element.iterchildren(names.EXTENSIONS):
        for inner in holder.iterchildren("*"):
            space, _, short = str(inner.tag).rpartition("}")
            if space[1:] in names.FOREIGN_SPACES:
                yield short


def _remark(file: File, element: Element, said: list[str]) -> None:
    owner = element
    while names.attribute(owner, "id") is None and owner.getparent() is not None:
        owner = owner.getparent()
    place = place_of(owner)
    more = f" and {len(said) - MOST_NAMED} more" if len(said) > MOST_NAMED else ""
    message = (
        f"{place.label} has settings of another engine, which are not read: {', '.join(said[:MOST_NAMED])}{more}. "
        "Import the file into the modeller, or convert it with baton convert."
    )
    file.notes.warning("foreign-settings", place, message)
