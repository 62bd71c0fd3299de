"""Our demands on a model: each finding names a rule, an element and the cure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orchestrator.domain.errors import Invalid
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.zones import zone_named
from orchestrator.engine.model import Process
from orchestrator.engine.reading.notes import Notes, Place
from orchestrator.engine.validate.activities import check_activities
from orchestrator.engine.validate.compensation import check_compensation
from orchestrator.engine.validate.events import check_catchers, check_events
from orchestrator.engine.validate.flows import check_flows
from orchestrator.engine.validate.starts import check_starts
from orchestrator.engine.validate.where import scopes

_CHECKS = (check_flows, check_starts, check_events, check_catchers, check_activities, check_compensation)


def validate(processes: Sequence[Process]) -> Iterator[Finding]:
    """Hold processes against the contract; of drawings that never run, everything is a warning."""
    for process in processes:
        notes = Notes()
        _process(process, notes)
        for where in scopes(process, notes):
            for check in _CHECKS:
                check(where)
        for finding in notes.findings:
            soft = not process.executable and finding.severity is Severity.ERROR
            yield replace(finding, severity=Severity.WARNING) if soft else finding


def _process(process: Process, notes: Notes) -> None:
    place = Place(process.id, process.name, process.line)
    if not process.body.nodes:
        notes.warning("process-empty", place, f"The process {place.label} is empty: it is shown, never started.")
    elif not process.executable:
        notes.info("not-executable", place, f"The process {place.label} is not executable: it is shown, never started.")
    try:
        zone_named(process.zone)
    except Invalid as problem:
        notes.error("zone-unknown", place, f"The property baton.zone of {place.label} is wrong. {problem}")
