"""Names of the standards, and small questions to the XML tree; elements are known by namespace, never by prefix."""

from collections.abc import Iterator

from orchestrator.engine.xml import Element

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMN = f"{{{MODEL}}}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
CAMUNDA_SPACES = (
    "http://camunda.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn",
    "http://flowable.org/bpmn",
)
SPIFF_SPACE = "http://spiffworkflow.org/bpmn/schema/1.0/core"
FOREIGN_SPACES = frozenset({*CAMUNDA_SPACES, SPIFF_SPACE})
"""Namespaces of engines whose models are converted on import (``dialects``)."""

FOREIGN_WITHOUT_MEANING = frozenset(
    {
        "async",
        "asyncBefore",
        "asyncAfter",
        "asyncLeave",
        "exclusive",
        "diagramRelationId",
        "modelerTemplate",
        "modelerTemplateVersion",
    }
)
"""What they set about saving and drawing: every wait is saved here, and jobs are handed out one by one."""

SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"

EXTENSIONS = BPMN + "extensionElements"
FLOW = BPMN + "sequenceFlow"
PROCESS = BPMN + "process"


def local(element: Element) -> str:
    """Return the tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def is_bpmn(element: Element) -> bool:
    """Whether the element is the standard's own."""
    return str(element.tag).startswith(BPMN)


def child(element: Element, name: str) -> Element | None:
    """Return the first child of that BPMN name."""
    found: Element | None = element.find(BPMN + name)
    return found


def children(element: Element, name: str) -> Iterator[Element]:
    """Return the children of that BPMN name, in document order."""
    return iter(element.iterchildren(BPMN + name))


def text(element: Element | None) -> str | None:
    """Return an element's own text without surrounding space; None where there is nothing."""
    if element is None or element.text is None:
        return None
    return str(element.text).strip() or None


def child_text(element: Element, name: str) -> str | None:
    """Return the text of the first child of that BPMN name."""
    return text(child(element, name))


def attribute(element: Element, name: str) -> str | None:
    """Return an attribute's text; None where it is absent or blank."""
    value = element.get(name)
    return value.strip() or None if value is not None else None


def flag(element: Element, name: str, *, default: bool) -> bool:
    """Return a boolean attribute as XML Schema spells it."""
    value = attribute(element, name)
    return default if value is None else value.lower() in {"true", "1"}


def extension(element: Element, name: str) -> Element | None:
    """Return the first zeebe extension of that name."""
    return next(extensions(element, name), None)


def extensions(element: Element, name: str) -> Iterator[Element]:
    """Return the zeebe extensions of that name."""
    for holder in element.iterchildren(EXTENSIONS):
        yield from holder.iterchildren(ZEEBE + name)


def without_prefix(reference: str) -> str:
    """Return the local part of a qualified name."""
    return reference.rpartition(":")[2]
