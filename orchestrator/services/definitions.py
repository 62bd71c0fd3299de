"""Compiled definitions, shared and never changed; and the engine's view of what is deployed."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from orchestrator.domain.errors import NotFound
from orchestrator.domain.keys import Key
from orchestrator.store import blobs
from orchestrator.store import definitions as rows
from orchestrator.store.encoding import from_text
from orchestrator.store.transaction import Transaction

MOST = 256


class Definitions:
    """The definitions this process has compiled lately."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[Key, Any] = OrderedDict()
        self._decisions: OrderedDict[Key, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, tx: Transaction, engine: Any, key: Key) -> Any:
        """Return a compiled definition."""
        known = self._compiled.get(key)
        return known if known is not None else self._compile(tx, engine, key)

    def _compile(self, tx: Transaction, engine: Any, key: Key) -> Any:
        row = rows.by_key(tx, key)
        if row is None:
            raise NotFound(f"There is no process definition {key}.")
        definition = engine.compile_process(
            blobs.read(tx, row.source_digest),
            row.process_id,
            key=key,
            version=row.version,
            digest=bytes(row.source_digest).hex(),
            deployment_key=row.deployment_key,
        )
        _keep(self._compiled, key, definition, self._lock)
        return definition

    def decisions(self, tx: Transaction, engine: Any, row: Any) -> Any:
        """Return the compiled DMN file of a decision."""
        known = self._decisions.get(row.requirements_key)
        if known is None:
            known = engine.load_decisions(blobs.read(tx, bytes(row.source_digest)), _imports(tx, row.requirements_key))
            _keep(self._decisions, row.requirements_key, known, self._lock)
        return known


def _imports(tx: Transaction, requirements_key: Key) -> list[bytes]:
    """Return the contents of all files that a DMN file was deployed on."""
    row = rows.decision_file(tx, requirements_key)
    return [] if row is None else [blobs.read(tx, bytes.fromhex(each)) for each in from_text(row.imports)]


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any, lock: Any) -> None:
    with lock:
        kept[key] = value
        if len(kept) > MOST:
            kept.popitem(last=False)


class Deployed:
    """The engine's ``Lookup``, in the transaction of its step."""

    def __init__(self, tx: Transaction, engine: Any, definitions: Definitions, tenant: str, now: Any) -> None:
        self._tx = tx
        self._engine = engine
        self._definitions = definitions
        self._tenant = tenant
        self._now = now

    def by_key(self, definition_key: Key) -> Any:
        """Return exactly this version."""
        try:
            return self._definitions.get(self._tx, self._engine, definition_key)
        except NotFound as missing:
            raise LookupError(str(missing)) from missing

    def called(self, process_id: str, *, binding: str, version_tag: str | None, caller: Key) -> Any:
        """Return the version a call activity means."""
        found = rows.bound_process(
            self._tx, self._tenant, process_id, binding=binding, version_tag=version_tag, caller=caller
        )
        if found is None:
            raise LookupError(f"No process {process_id!r} is deployed{_bound_words(binding, version_tag)}.")
        if found.suspended_at is not None:
            raise LookupError(f"{process_id!r} version {found.version} is suspended; resume it, then try again.")
        return self.by_key(found.definition_key)

    def decide(
        self, decision_id: str, context: Mapping[str, Any], *, binding: str, version_tag: str | None, caller: Key
    ) -> Any:
        """Evaluate a decision."""
        row = rows.bound_decision(
            self._tx, self._tenant, decision_id, binding=binding, version_tag=version_tag, caller=caller
        )
        if row is None:
            raise LookupError(f"No decision {decision_id!r} is deployed{_bound_words(binding, version_tag)}.")
        file = self._definitions.decisions(self._tx, self._engine, row)
        return self._engine.decide(file, decision_id, context, decision_key=row.decision_key, now=self._now)


def _bound_words(binding: str, version_tag: str | None) -> str:
    return f" with the version tag {version_tag!r}" if binding == "versionTag" else ""
