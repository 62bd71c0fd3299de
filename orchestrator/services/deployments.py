"""Check models and make numbered versions of them, all or none."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from orchestrator.domain import form as form_files
from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict, Invalid, InvalidModel, NotFound, TooLarge
from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.json_values import check_text
from orchestrator.domain.keys import Key
from orchestrator.domain.limits import Limits
from orchestrator.domain.message import digest
from orchestrator.services import auditing, decision_files, start_events
from orchestrator.services.answers import Receipt
from orchestrator.services.decision_files import DeployedDecision, Needs
from orchestrator.services.runtime import Runtime
from orchestrator.store import blobs, correlations
from orchestrator.store import definitions as rows
from orchestrator.store.encoding import from_text, to_text
from orchestrator.store.schema.definitions import forms, process_definitions
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that is handed over: ``.bpmn``, ``.dmn`` or ``.form``."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedProcess:
    """A version of a process; an unchanged file keeps its version."""

    definition_key: Key
    process_id: str
    version: int
    name: str | None
    version_tag: str | None
    resource_name: str
    tenant: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedForm:
    """A version of a form."""

    form_key: Key
    form_id: str
    version: int
    resource_name: str
    tenant: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What became of the files."""

    key: Key
    tenant: str
    deployed_at: datetime
    processes: Sequence[DeployedProcess] = ()
    decisions: Sequence[DeployedDecision] = ()
    forms: Sequence[DeployedForm] = ()
    findings: Sequence[Finding] = ()  #: warnings; errors are refused


MOST_RESOURCES = 100
_DECISIONS = (".dmn", ".dmn.xml")


@dataclass(slots=True, kw_only=True)
class _Read:
    """A file that was checked."""

    resource: Resource
    kind: str
    findings: tuple[Finding, ...]
    processes: Sequence[Any] = ()
    decisions: Any = None
    needs: Needs = field(default_factory=Needs)  #: the files that a DMN file imports
    form: dict[str, Any] | None = None


@dataclass(slots=True, kw_only=True)
class _Made:
    """What a deployment has made so far."""

    tx: Transaction
    who: Principal
    key: Key
    processes: list[DeployedProcess] = field(default_factory=list)
    decisions: list[DeployedDecision] = field(default_factory=list)
    forms: list[DeployedForm] = field(default_factory=list)


def check(rt: Runtime, who: Principal, resources: Sequence[Resource]) -> tuple[Finding, ...]:
    """Say what is wrong with these files, and change nothing."""
    return tuple(finding for file in _read_all(rt, who, resources) for finding in file.findings)


def deploy(rt: Runtime, who: Principal, resources: Sequence[Resource], *, receipt: Receipt | None = None) -> Deployment:
    """Make versions of all files or of none; raises ``InvalidModel`` with the findings."""
    require(who, Permission.DEPLOY)
    if not resources:
        raise Invalid("A deployment has at least one file.")
    if len(resources) > MOST_RESOURCES:
        raise TooLarge(f"A deployment has at most {MOST_RESOURCES} files, not {len(resources)}.")
    files = _read_all(rt, who, resources)
    findings = tuple(finding for file in files for finding in file.findings)
    _refuse(findings, files)
    rt.refill_keys()

    def work(tx: Transaction) -> Deployment:
        if receipt is not None:
            receipt.check(tx)
        deployment = _deployment(_make(rt, tx, who, files), findings)
        if receipt is not None:
            receipt.keep(tx, deployment)
        return deployment

    return rt.database.run(work, repeatable=False)


def _deployment(made: "_Made", findings: tuple[Finding, ...]) -> Deployment:
    return Deployment(
        key=made.key,
        tenant=made.who.tenant,
        deployed_at=made.tx.now,
        processes=tuple(made.processes),
        decisions=tuple(made.decisions),
        forms=tuple(made.forms),
        findings=findings,
    )


def _read_all(rt: Runtime, who: Principal, resources: Sequence[Resource]) -> list[_Read]:
    decisions = {each.name: each.content for each in resources if _holds_decisions(rt, each)}
    needs = _needs(rt, who, decisions) if decisions else {}
    return [_read(rt, resource, needs.get(resource.name, Needs())) for resource in resources]


def _needs(rt: Runtime, who: Principal, decisions: Mapping[str, bytes]) -> dict[str, Needs]:
    return decision_files.gather(rt.engine.read_decision_head, decisions, decision_files.deployed(rt, who.tenant))


def _holds_decisions(rt: Runtime, resource: Resource) -> bool:
    return resource.name.lower().endswith(_DECISIONS) and len(resource.content) <= rt.limits.model_bytes


def _read(rt: Runtime, resource: Resource, needs: Needs) -> _Read:
    name = check_text(resource.name, "The file name", longest=1000)
    if len(resource.content) > rt.limits.model_bytes:
        raise TooLarge(f"{name} has {len(resource.content)} bytes; at most {rt.limits.model_bytes} are allowed.")
    lower = name.lower()
    if lower.endswith(_DECISIONS):
        return _read_decisions(rt, resource, needs)
    if lower.endswith((".form", ".json")):
        return _read_form(resource, replace(rt.limits, variable_bytes=rt.limits.model_bytes))
    if lower.endswith((".bpmn", ".bpmn2", ".xml")):
        checked = rt.engine.check_safely(resource.content, filename=name)
        processes = [process for process in checked.processes if process.executable]
        return _Read(resource=resource, kind="bpmn", findings=tuple(checked.findings), processes=processes)
    raise Invalid(f"{name} is no .bpmn, .dmn or .form file.")


def _read_decisions(rt: Runtime, resource: Resource, needs: Needs) -> _Read:
    found = rt.engine.check_file_safely(resource.content, filename=resource.name, limits=rt.limits, imports=needs.files)
    findings = (*needs.findings, *found)
    wrong = any(finding.severity is Severity.ERROR for finding in findings)
    file = None if wrong else rt.engine.load_decisions(resource.content, needs.files)
    return _Read(resource=resource, kind="dmn", findings=findings, decisions=file, needs=needs)


def _read_form(resource: Resource, limits: Limits) -> _Read:
    try:
        schema = form_files.read(resource.content, limits)
    except form_files.NoForm as problem:
        findings = (replace(problem.finding, resource=resource.name),)
        return _Read(resource=resource, kind="form", findings=findings)
    return _Read(resource=resource, kind="form", findings=(), form=schema)


def _refuse(findings: Sequence[Finding], files: Sequence[_Read]) -> None:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        raise InvalidModel(f"The models cannot be deployed: {errors[0].message}{more}", findings)
    seen: set[str] = set()
    for file in files:
        for process in file.processes:
            if process.id in seen:
                message = f"Process {process.id} is in the deployment twice; deploy it once."
                raise InvalidModel(message, [Finding(rule="duplicate-process", message=message)])
            seen.add(process.id)


def _make(rt: Runtime, tx: Transaction, who: Principal, files: Sequence[_Read]) -> _Made:
    correlations.lock(tx, [digest(who.tenant, "deployments")])  # versions are counted one deployment at a time
    made = _Made(tx=tx, who=who, key=rt.new_key())
    rows.insert_deployment(tx, made.key, who.id, who.tenant)
    for file in files:
        source = blobs.keep(tx, file.resource.content)
        if file.kind == "form":
            _make_form(rt, made, file, source)
        elif file.kind == "dmn":
            deployed = decision_files.Deploying(rt, tx, made.key, who.tenant, file.resource.name)
            made.decisions += deployed.keep(file.decisions, source, file.needs)
    for file in files:
        for process in file.processes:
            _make_process(rt, made, file, process)
    names = {"files": [file.resource.name for file in files]}
    auditing.note(rt, tx, who, "deploy", "deployment", made.key, names)
    return made


def _make_process(rt: Runtime, made: _Made, file: _Read, process: Any) -> None:
    tx, tenant = made.tx, made.who.tenant
    content = file.resource.content
    source = hashlib.sha256(content).digest()
    newest = rows.newest(tx, process_definitions, "process_id", tenant, process.id)
    if newest is not None and bytes(newest.source_digest) == source and newest.deployed:
        made.processes.append(_process(newest, is_new=False))
        return
    key, version = rt.new_key(), (newest.version if newest else 0) + 1
    definition = rt.engine.compile_process(
        content, process.id, key=key, version=version, digest=source.hex(), deployment_key=made.key
    )
    starts = rt.engine.start_events(definition, now=tx.now)
    values = {
        "definition_key": key,
        "process_id": check_text(process.id, "The process id"),
        "version": version,
        "version_tag": process.version_tag,
        "name": process.name,
        "resource_name": file.resource.name,
        "source_digest": source,
        "elements": to_text(_elements(process.body)),
        "start_form_id": start_events.form_id(starts),
        "deployed": True,
        "deployment_key": made.key,
        "deployed_at": tx.now,
        "tenant": tenant,
    }
    rows.insert_version(tx, process_definitions, values)
    start_events.subscribe(rt, tx, made.who, definition_key=key, process_id=process.id, starts=starts)
    made.processes.append(_process(rows.by_key(tx, key), is_new=True))


def _process(row: Any, *, is_new: bool) -> DeployedProcess:
    return DeployedProcess(
        definition_key=row.definition_key,
        process_id=row.process_id,
        version=row.version,
        name=row.name,
        version_tag=row.version_tag,
        resource_name=row.resource_name,
        tenant=row.tenant,
        is_new=is_new,
    )


def _elements(scope: Any) -> dict[str, dict[str, Any]]:
    """Name every node of a process, those of its sub-processes too."""
    named: dict[str, dict[str, Any]] = {}
    for node in scope.nodes.values():
        named[node.id] = {"name": node.name, "type": str(node.kind)}
        if node.body is not None:
            named |= _elements(node.body)
    return named


def _make_form(rt: Runtime, made: _Made, file: _Read, source: bytes) -> None:
    tx, tenant, schema = made.tx, made.who.tenant, file.form or {}
    newest = rows.newest(tx, forms, "form_id", tenant, schema["id"])
    if newest is not None and bytes(newest.source_digest) == source:
        made.forms.append(_form(newest, is_new=False))
        return
    tag, key = schema.get("versionTag"), rt.new_key()
    values = {
        "form_key": key,
        "form_id": check_text(schema["id"], "The form id"),
        "version": (newest.version if newest else 0) + 1,
        "version_tag": tag if isinstance(tag, str) else None,
        "resource_name": file.resource.name,
        "source_digest": source,
        "deployment_key": made.key,
        "deployed_at": tx.now,
        "tenant": tenant,
    }
    rows.insert_version(tx, forms, values)
    made.forms.append(_form(rows.form_by_key(tx, key), is_new=True))


def _form(row: Any, *, is_new: bool) -> DeployedForm:
    return DeployedForm(
        form_key=row.form_key,
        form_id=row.form_id,
        version=row.version,
        resource_name=row.resource_name,
        tenant=row.tenant,
        is_new=is_new,
    )


def source(rt: Runtime, who: Principal, definition_key: Key) -> bytes:
    """Return the deployed file of a process definition."""
    require(who, Permission.READ, Permission.START)

    def work(tx: Transaction) -> bytes:
        row = _own(rows.by_key(tx, definition_key), who, f"process definition {definition_key}")
        return blobs.read(tx, bytes(row.source_digest))

    return rt.database.read(work)


def decision_source(rt: Runtime, who: Principal, decision_key: Key) -> bytes:
    """Return the deployed DMN file of a decision, or of decision requirements."""
    require(who, Permission.READ, Permission.START)

    def work(tx: Transaction) -> bytes:
        row = rows.decision_by_key(tx, decision_key) or rows.decision_file(tx, decision_key)
        return blobs.read(tx, bytes(_own(row, who, f"decision {decision_key}").source_digest))

    return rt.database.read(work)


def form(rt: Runtime, who: Principal, form_id: str | Key) -> dict[str, Any]:
    """Return a form: form_key, form_id, version, schema; by key, or the newest by id."""
    require(who, Permission.READ, Permission.START, Permission.TASKS)

    def work(tx: Transaction) -> dict[str, Any]:
        row = rows.form_by_key(tx, form_id) if isinstance(form_id, int) else rows.form_by_id(tx, who.tenant, form_id)
        return _schema(tx, _own(row, who, f"form {form_id}"))

    return rt.database.read(work)


def start_form(rt: Runtime, who: Principal, definition_key: Key) -> dict[str, Any] | None:
    """Return the form of the none start event, where it has one."""
    require(who, Permission.READ, Permission.START)

    def work(tx: Transaction) -> dict[str, Any] | None:
        row = _own(rows.by_key(tx, definition_key), who, f"process definition {definition_key}")
        if row.start_form_id is None:
            return None
        found = rows.form_by_id(tx, who.tenant, row.start_form_id)
        return None if found is None else _schema(tx, found)

    return rt.database.read(work)


def _schema(tx: Transaction, row: Any) -> dict[str, Any]:
    schema = from_text(blobs.read(tx, bytes(row.source_digest)))
    return {"form_key": row.form_key, "form_id": row.form_id, "version": row.version, "schema": schema}


def _own(row: Any, who: Principal, what: str) -> Any:
    if row is None or row.tenant != who.tenant:
        raise NotFound(f"There is no {what}.")
    return row


def delete(rt: Runtime, who: Principal, key: Key) -> None:
    """Withdraw a definition that has no active instances; its history stays readable."""
    require(who, Permission.DEPLOY)

    def work(tx: Transaction) -> None:
        row = rows.by_key(tx, key)
        if row is None or row.tenant != who.tenant or not row.deployed:
            raise NotFound(f"There is no process definition {key}.")
        if rows.has_active(tx, key):
            raise Conflict(
                f"{row.process_id} version {row.version} has active instances; cancel or migrate them first."
            )
        rows.withdraw(tx, key)
        start_events.unsubscribe(tx, who.tenant, row.process_id)
        previous = rows.by_id(tx, who.tenant, row.process_id)
        if previous is not None:
            definition = rt.definitions.get(tx, rt.engine, previous.definition_key)
            starts = rt.engine.start_events(definition, now=tx.now)
            key_, id_ = previous.definition_key, previous.process_id
            start_events.subscribe(rt, tx, who, definition_key=key_, process_id=id_, starts=starts)
            if previous.suspended_at is not None:
                rows.stop_timers(tx, key_)
        auditing.note(rt, tx, who, "delete", "process definition", key)

    rt.database.run(work)
