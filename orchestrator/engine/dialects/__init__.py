"""Models of other tools are converted once, on import; what changed and what could not is told element by element."""

import json
from dataclasses import dataclass

from lxml import etree

from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.dialects import camunda, camunda_work, spiff
from orchestrator.engine.dialects.tree import Report
from orchestrator.engine.reading.names import ZEEBE

PREFIX = "zeebe"
_PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
_PLATFORM_VERSION = "{http://camunda.org/schema/modeler/1.0}executionPlatformVersion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """The file as it runs here, and the report; a file that needed nothing comes back byte by byte."""

    source: bytes
    forms: tuple[tuple[str, bytes], ...] = ()  #: files that belong beside it, by name
    report: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was converted."""
        return bool(self.report)


def convert(source: bytes, *, limits: Limits | None = None) -> Converted:
    """Convert a file of a foreign dialect; what is no XML, or needs nothing, comes back as it is."""
    try:
        root = xml.read(source, Limits() if limits is None else limits, keep_remarks=True)
    except xml.Unreadable:
        return Converted(source=source)
    report = Report()
    spoken = [dialect for dialect in (spiff, camunda) if dialect.speaks(root)]
    for dialect in spoken:
        dialect.convert(root, report)
    if not report.findings:
        return Converted(source=source)
    for message in camunda_work.has_waiting_messages(root):
        report.left(message, "set the correlation key by which a message finds its process instance.")
    root.attrib.pop(_PLATFORM_VERSION, None)
    if root.attrib.pop(_PLATFORM, None) is not None:
        root.set(_PLATFORM, "Camunda Cloud")
    kept = [prefix for prefix in _prefixes(root) if prefix is not None]
    etree.cleanup_namespaces(root, top_nsmap={PREFIX: ZEEBE[1:-1]}, keep_ns_prefixes=kept)
    text = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    forms = tuple(
        (f"{form['id']}.form", json.dumps(form, indent=2, ensure_ascii=False).encode()) for form in report.forms
    )
    return Converted(source=text, forms=forms, report=tuple(report.findings))


def _prefixes(root: xml.Element) -> set[str | None]:
    """Return all prefixes in use anywhere; values such as types may need one that no name does."""
    return {prefix for element in root.iter("*") for prefix in element.nsmap}
