"""DMN files at deployment: found together with those that they import, and kept together in numbered versions."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.domain.finding import Finding
from orchestrator.domain.json_values import check_text
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import blobs
from orchestrator.store import definitions as rows
from orchestrator.store.encoding import to_text
from orchestrator.store.schema.definitions import decision_definitions, decision_files
from orchestrator.store.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedDecision:
    """A version of a decision."""

    decision_key: Key
    decision_id: str
    version: int
    name: str | None
    requirements_key: Key
    requirements_id: str
    resource_name: str
    tenant: str
    is_new: bool


@dataclass(slots=True)
class Needs:
    """What one file imports, directly or through others, each by its namespace."""

    found: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def files(self) -> tuple[bytes, ...]:
        """The contents."""
        return tuple(self.found.values())

    @property
    def kept(self) -> str:
        """The digests as they are kept, in an order of their own."""
        return to_text(sorted(hashlib.sha256(content).hexdigest() for content in self.found.values()))


ReadHead = Callable[[bytes], Any]  #: a file's namespace and imports; None where it is no DMN
Find = Callable[[str], bytes | None]  #: the file of a namespace from elsewhere


def gather(read_head: ReadHead, sources: Mapping[str, bytes], elsewhere: Find = lambda _: None) -> dict[str, Needs]:
    """Return what each of these DMN files needs, by file name; what is not there is left to the file's own check."""
    heads = {name: read_head(content) for name, content in sources.items()}
    offered: dict[str, list[str]] = {}
    for name, head in heads.items():
        if head is not None:
            offered.setdefault(head.namespace, []).append(name)
    gathering = _Gathering(read_head, sources, offered, elsewhere)
    return {
        name: gathering.needs(name, head.imports) for name, head in heads.items() if head is not None and head.imports
    }


def deployed(rt: Runtime, tenant: str) -> Find:
    """Return how to find the newest deployed file of a namespace."""
    return lambda namespace: rt.database.read(lambda tx: _deployed(tx, tenant, namespace))


@dataclass(slots=True)
class _Gathering:
    read_head: ReadHead
    sources: Mapping[str, bytes]
    offered: Mapping[str, Sequence[str]]  #: names of files by namespace
    elsewhere: Find

    def needs(self, name: str, imports: Sequence[str]) -> Needs:
        needs, pending = Needs(), list(imports)
        while pending:
            namespace = pending.pop()
            content = None if namespace in needs.found else self._find(name, namespace, needs)
            if content is not None:
                needs.found[namespace] = content
                head = self.read_head(content)
                pending += head.imports if head is not None else ()
        return needs

    def _find(self, name: str, namespace: str, needs: Needs) -> bytes | None:
        """Return the file of a namespace: of those at hand, else from elsewhere."""
        near = self.offered.get(namespace, ())
        if len(near) > 1:
            message = f"{name} imports '{namespace}', which {' and '.join(near)} both are: give each its own namespace."
            needs.findings.append(Finding(rule="ambiguous-import", message=message, resource=name))
            return None
        return self.sources[near[0]] if near else self.elsewhere(namespace)


def _deployed(tx: Transaction, tenant: str, namespace: str) -> bytes | None:
    row = rows.importable_file(tx, tenant, _digest(namespace))
    return None if row is None else blobs.read(tx, bytes(row.source_digest))


def _digest(namespace: str) -> bytes:
    return hashlib.sha256(namespace.encode()).digest()


@dataclass(frozen=True, slots=True)
class Deploying:
    """The deployment that keeps files of decisions."""

    rt: Runtime
    tx: Transaction
    key: Key
    tenant: str
    resource_name: str

    def keep(self, file: Any, source: bytes, needs: Needs) -> list[DeployedDecision]:
        """Keep a version of a file and of each of its decisions; what has not changed keeps its version."""
        own = self._keep_file(file, source, needs)
        return [self._keep_decision(file, decision, own) for decision in file.decisions]

    def _keep_file(self, file: Any, source: bytes, needs: Needs) -> Any:
        """Return the row of the file, which is the newest one where neither it nor what it imports has changed."""
        check_text(file.id, "The id of the DMN file")
        newest = rows.newest(self.tx, decision_files, "requirements_id", self.tenant, file.id)
        if newest is not None and bytes(newest.source_digest) == source and newest.imports == needs.kept:
            return newest
        values = {
            "requirements_key": self.rt.new_key(),
            "requirements_id": file.id,
            "version": (newest.version if newest else 0) + 1,
            "namespace_digest": _digest(file.namespace),
            "source_digest": source,
            "imports": needs.kept,
            "deployment_key": self.key,
            "tenant": self.tenant,
        }
        rows.insert_version(self.tx, decision_files, values)
        return rows.decision_file(self.tx, values["requirements_key"])

    def _keep_decision(self, file: Any, decision: Any, own: Any) -> DeployedDecision:
        newest = rows.newest(self.tx, decision_definitions, "decision_id", self.tenant, decision.id)
        if newest is not None and newest.requirements_key == own.requirements_key:
            return _deployed_decision(newest, is_new=False)
        values = {
            "decision_key": self.rt.new_key(),
            "decision_id": check_text(decision.id, "The decision id"),
            "version": (newest.version if newest else 0) + 1,
            "version_tag": decision.version_tag,
            "name": decision.name,
            "requirements_key": own.requirements_key,
            "requirements_id": own.requirements_id,
            "requirements_name": file.name,
            "requirements_version": own.version,
            "resource_name": self.resource_name,
            "source_digest": own.source_digest,
            "deployment_key": self.key,
            "deployed_at": self.tx.now,
            "tenant": self.tenant,
        }
        rows.insert_version(self.tx, decision_definitions, values)
        return _deployed_decision(rows.decision_by_key(self.tx, values["decision_key"]), is_new=True)


def _deployed_decision(row: Any, *, is_new: bool) -> DeployedDecision:
    return DeployedDecision(
        decision_key=row.decision_key,
        decision_id=row.decision_id,
        version=row.version,
        name=row.name,
        requirements_key=row.requirements_key,
        requirements_id=row.requirements_id,
        resource_name=row.resource_name,
        tenant=row.tenant,
        is_new=is_new,
    )
