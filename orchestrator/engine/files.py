"""Check any file that can be handed over: which kind it is, and what that kind's own check says."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from orchestrator.domain import form
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.limits import Limits
from orchestrator.engine.checking import Checked, check
from orchestrator.engine.deciding import check_decisions


class Kind(StrEnum):
    """What a file holds."""

    BPMN = "bpmn"
    DMN = "dmn"
    FORM = "form"


ENDINGS = {
    ".bpmn": Kind.BPMN,
    ".bpmn2": Kind.BPMN,
    ".bpmn20.xml": Kind.BPMN,
    ".bpmn.xml": Kind.BPMN,
    ".dmn": Kind.DMN,
    ".dmn.xml": Kind.DMN,
    ".form": Kind.FORM,
}
"""How the names of models end; a file of any other name is known by how it begins."""

_FIRST_BYTES = 4_096
_DECISIONS = (b"/spec/DMN/", b"/dmn/")


def kind_of(filename: str, source: bytes) -> Kind:
    """Return the kind by the name's ending, else by the first bytes; a file like none is taken for BPMN."""
    lower = filename.lower()
    for ending, kind in ENDINGS.items():
        if lower.endswith(ending):
            return kind
    head = source[:_FIRST_BYTES].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"{"):
        return Kind.FORM
    return Kind.DMN if any(mark.lower() in head.lower() for mark in _DECISIONS) else Kind.BPMN


def check_file(
    source: bytes, *, filename: str = "", limits: Limits | None = None, imports: Sequence[bytes] = ()
) -> tuple[Finding, ...]:
    """Return what stands against deploying a file, and what is worth knowing; never raises, whatever it holds.

    ``imports`` are the files that a DMN file needs.
    """
    limits = Limits() if limits is None else limits
    match kind_of(filename, source):
        case Kind.BPMN:
            return with_demands(check(source, filename=filename, limits=limits), filename).findings
        case Kind.DMN:
            return check_decisions(source, filename=filename, limits=limits, imports=imports)
        case Kind.FORM:
            return _check_form(source, filename, limits)


def _check_form(source: bytes, filename: str, limits: Limits) -> tuple[Finding, ...]:
    try:
        form.read(source, replace(limits, variable_bytes=limits.model_bytes))
    except form.NoForm as problem:
        return (replace(problem.finding, resource=filename or None),)
    return ()


def with_demands(checked: Checked, filename: str = "") -> Checked:
    """Add what a deployment wants of a file that may else be read and shown: something in it that can run."""
    if checked.errors or any(process.executable for process in checked.processes):
        return checked
    found = tuple(
        Finding(
            rule="no-executable-process",
            message=f"«{process.name or process.id}» cannot run, nor can any other process of the file: "
            "set isExecutable on one that has elements.",
            severity=Severity.ERROR,
            element_id=process.id,
            element_name=process.name,
            line=process.line,
            resource=filename or None,
        )
        for process in checked.processes[:1]
    )
    return replace(checked, findings=(*checked.findings, *found))
