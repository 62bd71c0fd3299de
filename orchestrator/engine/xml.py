"""Read XML from strangers: size first, no document types, no entities, no network, bounded trees.

The only parser of the program. What it refuses, it refuses with a finding that names the line.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits

Element: TypeAlias = Any  #: lxml has no types

XINCLUDE = "{http://www.w3.org/2001/XInclude}"
DIAGRAM = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"
DIAGRAM_SHARE = 3
"""A drawing may have this many times the elements that a model may have."""

_BEFORE_ROOT = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Unreadable(Exception):
    """The bytes are no XML that we would read; ``finding`` says why."""

    def __init__(self, rule: str, message: str, line: int | None = 1) -> None:
        super().__init__(message)
        self.finding = Finding(rule=rule, message=message, line=line)


def read(source: bytes, limits: Limits, *, keep_remarks: bool = False) -> Element:
    """Return the root element, or raise ``Unreadable``; comments are kept for files that are written back."""
    if len(source) > limits.model_bytes:
        message = f"The file has {len(source):,} bytes, {limits.model_bytes:,} are allowed: split the model."
        raise Unreadable("file-too-large", message)
    if not source.strip():
        raise Unreadable("xml-syntax", "The file is empty: save it again in the modeller.")
    _refuse_document_type(source)
    try:
        root = etree.fromstring(source, _parser(keep_remarks=keep_remarks))
    except (etree.XMLSyntaxError, ValueError, LookupError) as problem:
        raise _syntax(problem) from None
    if root is None:  # pragma: no cover - lxml's answer to nothing but comments, which raises today
        raise Unreadable("xml-syntax", "The file has no root element.")
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise _document_type()
    _count(root, limits)
    return root


def _parser(*, keep_remarks: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=not keep_remarks,
        remove_pis=not keep_remarks,
        recover=False,
        collect_ids=False,
    )


def _refuse_document_type(source: bytes) -> None:
    """Look before parsing: attribute values would be expanded even by a parser that leaves entities alone."""
    if source.startswith(_WIDE_MARKS):
        if _DECLARED.search(source.replace(b"\x00", b"")):
            raise _document_type()
        return
    body = source.removeprefix(_BYTE_ORDER_MARK)
    start = _BEFORE_ROOT.match(body)
    if start is not None and body[start.end() :].startswith(b"<!DOCTYPE"):
        raise _document_type()


def _document_type() -> Unreadable:
    return Unreadable("document-type", "The file has a document type declaration (DOCTYPE): remove it.")


def _syntax(problem: Exception) -> Unreadable:
    line = getattr(problem, "lineno", None) or 1
    return Unreadable("xml-syntax", f"The file is not well-formed XML: {_sentence(problem)}.", line)


def _sentence(problem: Exception) -> str:
    text = problem.msg if isinstance(problem, etree.XMLSyntaxError) and problem.msg else str(problem)
    return text.replace("\n", " ").rstrip(". ")[:300]


def _count(root: Element, limits: Limits) -> None:
    drawn = sum(1 for _ in _diagram_elements(root))
    total = sum(1 for _ in root.iter())
    if total - drawn > limits.model_elements or drawn > DIAGRAM_SHARE * limits.model_elements:
        message = f"The file has {total - drawn:,} elements, {limits.model_elements:,} are allowed: split the model."
        raise Unreadable("file-too-large", message)
    included = next(root.iter(XINCLUDE + "include"), None)
    if included is not None:
        message = "The file includes another one (XInclude): put everything into one file."
        raise Unreadable("document-type", message, included.sourceline)


def _diagram_elements(root: Element) -> Iterator[Element]:
    for diagram in root.iterchildren(DIAGRAM):
        yield from diagram.iter()
