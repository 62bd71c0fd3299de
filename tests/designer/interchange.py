"""What a BPMN file says, as facts: two files that say the same have the same facts, however they are written."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
SCHEMAS = Path(__file__).parents[2] / "designer" / "node_modules" / "bpmn-moddle" / "resources" / "bpmn" / "json"
WHO_WROTE_IT = frozenset({"exporter", "exporterVersion"})
Fact = tuple[str, ...]


def lost(before: bytes, after: bytes) -> list[Fact]:
    """Return the facts of a file that another one does not have."""
    return sorted(set(facts(before)) - set(facts(after)))


def facts(source: bytes) -> Iterator[Fact]:
    """Return each element with its place, each attribute and each text; the order of siblings of one kind counts."""
    root = etree.fromstring(source, etree.XMLParser(remove_comments=True, remove_pis=True))
    for element in root.iter(f"{MODEL}formalExpression"):  # stands for an expression of that type
        element.tag = f"{MODEL}expression"
        element.set(f"{INSTANCE}type", element.get(f"{INSTANCE}type", "tFormalExpression"))
    defaults = _defaults()
    for element in root.iter("*"):
        place = _place(element)
        yield "element", place
        for name, value in element.attrib.items():
            short = etree.QName(name).localname
            if (element is root and short in WHO_WROTE_IT) or (name.startswith(INSTANCE) and short != "type"):
                continue
            if element.tag.endswith("}waypoint") and short == "type":
                continue  # a point is a point
            if value not in defaults.get(short, ()):
                yield "attribute", place, _name(element, name), _meaning(element, value, name)
        text = (element.text or "").strip()
        if text and not (element.tag.endswith("}text") and not len(text)):
            yield "text", place, _meaning(element, text)


def _place(element: etree._Element) -> str:
    """Return where an element is: by its own id, else by its kind and number in its parent."""
    identity = element.get("id")
    if identity is not None:
        return f"{element.tag}#{identity}"
    parent = element.getparent()
    if parent is None:
        return str(element.tag)
    same = [each for each in parent.iterchildren(element.tag) if each.get("id") is None]
    return f"{_place(parent)}/{element.tag}[{same.index(element)}]"


def _meaning(element: etree._Element, value: str, name: str = "") -> str:
    """Return a value without what is only a way of writing: prefixes, zeros behind a point, space at line ends."""
    prefix, colon, rest = value.partition(":")
    if name == f"{INSTANCE}type":
        return rest or prefix
    if colon and prefix in element.nsmap and " " not in value:
        return f"{{{element.nsmap[prefix]}}}{rest}"
    if element.tag.startswith(MODEL) and "{" not in value and " " not in value and rest == "":
        value = value.strip()
    try:
        return str(float(value))
    except ValueError:
        return "\n".join(line.strip() for line in value.split("\n"))


def _name(element: etree._Element, name: str) -> str:
    """Return an attribute's name; one of its element's own namespace may be written with a prefix or without."""
    return etree.QName(name).localname if etree.QName(name).namespace == etree.QName(element).namespace else name


def _defaults() -> Mapping[str, frozenset[str]]:
    """Return the values that an attribute has where it is not written, as the standard's schema says."""
    found: dict[str, set[str]] = {}
    for file in ("bpmn", "bpmndi", "dc", "di"):
        for kind in json.loads((SCHEMAS / f"{file}.json").read_text())["types"]:
            for attribute in kind.get("properties", ()):
                if "default" in attribute:
                    found.setdefault(attribute["name"], set()).add(_written(attribute["default"]))
    return {name: frozenset(values) for name, values in found.items()}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
