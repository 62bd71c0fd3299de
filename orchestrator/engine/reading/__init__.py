"""A BPMN file → frozen ``Process`` values and remarks; nothing that a person can draw raises."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.limits import Limits
from orchestrator.engine.model import Process, Scope
from orchestrator.engine.reading import extensions, kinds, names
from orchestrator.engine.reading.file import TASK_OF_PROCESS, File, account, open_file
from orchestrator.engine.reading.foreign import remark_foreign
from orchestrator.engine.reading.nodes import read_node
from orchestrator.engine.reading.notes import Notes, Place
from orchestrator.engine.reading.scopes import Scopes
from orchestrator.engine.xml import Element

ZONE = "baton.zone"
_OLDER = "BPMN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Processes in document order, and what was remarked while reading."""

    processes: tuple[Process, ...]
    findings: tuple[Finding, ...]


def read_definitions(root: Element, limits: Limits) -> Reading:
    """Read all processes and global tasks of a file."""
    if root.tag != names.BPMN + "definitions":
        return Reading(processes=(), findings=tuple(_not_bpmn(root)))
    file = open_file(root, limits)
    scopes = Scopes(file)
    drawn = [element for element in root.iterchildren(names.PROCESS) if element not in file.refused]
    found = [_process(file, scopes, element) for element in drawn]
    found += [_global_task(file, scopes, element) for element in root if element.tag in kinds.GLOBAL_TASKS]
    account(file, scopes.compiled)
    remark_foreign(file)
    if not found:
        file.notes.error("no-process", Place(None, None, root.sourceline), "The file has no process: draw one.")
    return Reading(processes=tuple(found), findings=tuple(_softened(file)))


def _softened(file: File) -> Iterator[Finding]:
    """Lower to a warning what is wrong with a process that never runs."""
    drawings = {
        element
        for element in file.root.iterchildren(names.PROCESS)
        if not names.flag(element, "isExecutable", default=True)
    }
    starts = [(element.sourceline, element in drawings) for element in file.root]
    for finding in file.notes.findings:
        element = file.by_id.get(finding.element_id or "")
        if element is None:
            before = [drawing for line, drawing in starts if finding.line is not None and line <= finding.line]
            soft = bool(before) and before[-1]
        else:
            soft = next(element.iterancestors(names.PROCESS), element) in drawings
        yield replace(finding, severity=Severity.WARNING) if soft and finding.severity is Severity.ERROR else finding


def _not_bpmn(root: Element) -> list[Finding]:
    notes = Notes()
    place = Place(None, None, root.sourceline)
    if _OLDER in str(root.tag) and names.local(root) == "definitions":
        message = f"The file is written in another version of BPMN ({root.tag}): save it as BPMN 2.0."
    else:
        message = f"The file is no BPMN: its root is «{root.tag}», expected is definitions of {names.MODEL}."
    notes.error("not-bpmn", place, message)
    return notes.findings


def _process(file: File, scopes: Scopes, element: Element) -> Process:
    identity = names.attribute(element, "id")
    place = Place(identity, names.attribute(element, "name"), element.sourceline)
    if identity is None:
        file.notes.error("process-without-id", place, "A process has no id: give it the one that callers use.")
        identity = f"process:{element.sourceline}"
    tag = names.extension(element, "versionTag")
    properties = extensions.properties(element)
    body = scopes.read(element)
    return Process(
        id=identity,
        name=place.name or _participant(file, identity),
        executable=bool(body.nodes) and names.flag(element, "isExecutable", default=True),
        body=body,
        line=place.line,
        version_tag=None if tag is None else names.attribute(tag, "value"),
        documentation=names.child_text(element, "documentation"),
        properties=properties,
        zone=properties.get(ZONE) or "UTC",
        listeners=extensions.listeners(file, element, place),
        data_inputs=scopes.data.interface(element, "dataInput"),
        data_outputs=scopes.data.interface(element, "dataOutput"),
        forms=_forms(element),
    )


def _participant(file: File, identity: str) -> str | None:
    """Return the name of the pool that shows a process."""
    for pool in file.root.iter(names.BPMN + "participant"):
        reference = names.attribute(pool, "processRef")
        if reference is not None and identity in {reference, names.without_prefix(reference)}:
            return names.attribute(pool, "name")
    return None


def _forms(element: Element) -> dict[str, str]:
    forms = {}
    for form in names.extensions(element, "userTaskForm"):
        identity, body = names.attribute(form, "id"), names.text(form)
        if identity is not None and body is not None:
            forms[identity] = body
    return forms


def _global_task(file: File, scopes: Scopes, element: Element) -> Process:
    """Return a global task as what its callers see: a process of that one task."""
    node = read_node(file, scopes.data, element, kinds.GLOBAL_TASKS[element.tag])
    scopes.compiled.add(node.id)
    return Process(
        id=node.id.removesuffix(TASK_OF_PROCESS),
        name=node.name,
        executable=True,
        body=Scope(nodes={node.id: node}, flows={}),
        line=node.line,
        documentation=node.documentation,
        data_inputs=scopes.data.interface(element, "dataInput"),
        data_outputs=scopes.data.interface(element, "dataOutput"),
    )
