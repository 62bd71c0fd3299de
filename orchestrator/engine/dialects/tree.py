"""Editing a foreign model: extension elements are added in zeebe's words, and every change is told."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from orchestrator.domain.finding import Finding, Severity
from orchestrator.engine.dialects.terms import Untranslatable
from orchestrator.engine.reading.names import BPMN, EXTENSIONS, ZEEBE, is_bpmn, local
from orchestrator.engine.reading.notes import place_of
from orchestrator.engine.xml import Element

_BEFORE_EXTENSIONS = BPMN + "documentation"


@dataclass(slots=True)
class Report:
    """What was converted, and what could not be."""

    findings: list[Finding] = field(default_factory=list)
    _known: set[Finding] = field(default_factory=set)
    forms: list[Mapping[str, Any]] = field(default_factory=list)  #: drawn fields, as files of their own

    def changed(self, element: Element, message: str) -> None:
        """Tell a change."""
        self._add("converted", element, message, Severity.INFO)

    def left(self, element: Element, message: str) -> None:
        """Tell what a person has to do."""
        self._add("not-converted", element, message, Severity.WARNING)

    def _add(self, rule: str, element: Element, message: str, severity: Severity) -> None:
        owner = element
        while (owner.get("id") is None or not is_bpmn(owner)) and owner.getparent() is not None:
            owner = owner.getparent()
        place = place_of(owner)
        finding = Finding(
            rule=rule,
            message=f"{place.label}: {message}",
            severity=severity,
            element_id=place.id,
            element_name=place.name,
            line=element.sourceline or place.line,
        )
        if finding not in self._known:  # dialects of one family look at the same element
            self._known.add(finding)
            self.findings.append(finding)

    def translated(self, element: Element, text: str, how: Callable[[str], str], what: str) -> str | None:
        """Return a translated expression, or None after telling why there is none."""
        try:
            return how(text)
        except Untranslatable as problem:
            self.left(element, f"the {what} «{text[:120]}» could not be translated, because of {problem}.")
            return None


def elements(root: Element, *names: str) -> Iterator[Element]:
    """Return BPMN elements of these names, anywhere; a list, since the tree is being edited."""
    return iter(list(root.iter(*(BPMN + name for name in names))))


def holder(element: Element) -> Element:
    """Return an element's ``extensionElements``, made where the schema wants it."""
    found: Element | None = element.find(EXTENSIONS)
    if found is None:
        found = element.makeelement(EXTENSIONS)
        element.insert(sum(1 for inner in element if inner.tag == _BEFORE_EXTENSIONS), found)
    return found


def add(element: Element, name: str, attributes: Mapping[str, str | None]) -> Element:
    """Add a zeebe element with the attributes that are said; one of its kind is reused."""
    parent = holder(element)
    found: Element | None = parent.find(ZEEBE + name)
    if found is None:
        found = etree.SubElement(parent, ZEEBE + name)
    for key, value in attributes.items():
        if value is not None:
            found.set(key, value)
    return found


def add_line(element: Element, group: str, name: str, attributes: Mapping[str, str]) -> None:
    """Add a line to a group of zeebe elements, such as a header."""
    etree.SubElement(add(element, group, {}), ZEEBE + name, dict(attributes))


def take(element: Element, name: str) -> str | None:
    """Return an attribute and remove it; blank counts as absent."""
    value = element.attrib.pop(name, None)
    return value.strip() or None if value is not None else None


def drop(element: Element) -> None:
    """Remove an element, and its holder if that is empty then."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail and element.tail.strip():  # text between elements means nothing in BPMN, but is not ours to lose
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
    if parent.tag == EXTENSIONS and not len(parent) and parent.getparent() is not None:
        parent.getparent().remove(parent)


def name_of(element: Element) -> str:
    """Return the tag as it is written, for sentences."""
    return local(element)
