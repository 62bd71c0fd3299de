"""Check a file: read it, hold it against every demand on models that run, and say what was found."""

from dataclasses import dataclass, replace

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.limits import Limits
from orchestrator.engine import reading, validate, xml
from orchestrator.engine.model import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The processes of a file, and all remarks; with an error among them nothing of the file may be deployed."""

    processes: tuple[Process, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the remarks that refuse the deployment."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def check(source: bytes, *, filename: str = "", limits: Limits | None = None) -> Checked:
    """Read and validate a BPMN file; never raises, whatever the file holds."""
    limits = Limits() if limits is None else limits
    try:
        root = xml.read(source, limits)
    except xml.Unreadable as problem:
        return _named(Checked(processes=(), findings=(problem.finding,)), filename)
    found = reading.read_definitions(root, limits)
    findings = found.findings + tuple(validate.validate(found.processes))
    return _named(Checked(processes=found.processes, findings=findings), filename)


def _named(checked: Checked, filename: str) -> Checked:
    if not filename:
        return checked
    return replace(checked, findings=tuple(replace(finding, resource=filename) for finding in checked.findings))
