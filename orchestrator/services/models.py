"""Drafts of the designer: kept with every version, deployed by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict, Invalid, NotFound, TooLarge
from orchestrator.domain.json_values import check_text
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime
from orchestrator.store import blobs, drafts
from orchestrator.store.transaction import Transaction

KINDS = ("bpmn", "dmn", "form")
ONE_SITTING = timedelta(minutes=5)  #: autosaves of one person within this are kept as one revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file somebody draws."""

    model_key: Key
    name: str
    kind: str  #: bpmn, dmn, form
    revision: int
    content: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str
    deployed_as: int | None = None  #: the version that exactly this content was deployed as


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """A kept state of a draft; autosaves of one person within minutes are one."""

    model_key: Key
    revision: int
    saved_at: datetime
    saved_by: str
    note: str
    size: int
    deployed_as: int | None = None


def create(rt: Runtime, who: Principal, *, name: str, kind: str = "bpmn", content: str) -> Draft:
    """Begin a draft."""
    require(who, Permission.MODEL)
    check_text(name, "The model's name")
    if kind not in KINDS:
        raise Invalid(f"There are no drafts of kind {kind!r}; there are {', '.join(KINDS)}.")
    body = _encoded(rt, content)
    rt.refill_keys()
    key = rt.new_key()

    def begin(tx: Transaction) -> Draft:
        drafts.add(tx, key, name=name, kind=kind, by=who.id, tenant=who.tenant)
        drafts.add_version(tx, key, 1, body, by=who.id, note="")
        return _draft(tx, key)

    return rt.database.run(begin)


def read(rt: Runtime, who: Principal, model_key: Key, revision: int | None = None) -> Draft:
    """Return a draft, or an earlier revision of it."""
    require(who, Permission.MODEL, Permission.READ)
    return rt.database.read(lambda tx: _draft(tx, model_key, revision))


def save(rt: Runtime, who: Principal, model_key: Key, *, content: str, revision: int, note: str = "") -> Draft:
    """Keep a new revision; ``Conflict`` when somebody saved after ``revision``."""
    require(who, Permission.MODEL)
    body = _encoded(rt, content)

    def keep(tx: Transaction) -> Draft:
        row = _locked(tx, model_key)
        if row.revision != revision:
            raise Conflict(
                f"{row.changed_by} saved this model at {row.changed_at.isoformat(timespec='seconds')}; "
                "reload it, or save yours under another name."
            )
        _keep(tx, row, body, by=who.id, note=note)
        return _draft(tx, model_key)

    return rt.database.run(keep)


def rename(rt: Runtime, who: Principal, model_key: Key, name: str) -> Draft:
    """Give a draft another name."""
    require(who, Permission.MODEL)
    check_text(name, "The model's name")

    def change(tx: Transaction) -> Draft:
        _locked(tx, model_key)
        drafts.change(tx, model_key, name=name)
        return _draft(tx, model_key)

    return rt.database.run(change)


def versions(rt: Runtime, who: Principal, model_key: Key) -> list[DraftVersion]:
    """Return the kept revisions, newest first."""
    require(who, Permission.MODEL, Permission.READ)

    def read_all(tx: Transaction) -> list[DraftVersion]:
        model = _found(drafts.row(tx, model_key), model_key)
        kept = drafts.versions(tx, model_key)
        deployed = drafts.deployed(tx, model.kind, model.tenant, (bytes(row.source_digest) for row in kept))
        return [
            DraftVersion(
                model_key=model_key,
                revision=row.revision,
                saved_at=row.saved_at,
                saved_by=row.saved_by,
                note=row.note,
                size=row.size,
                deployed_as=deployed.get(bytes(row.source_digest)),
            )
            for row in kept
        ]

    return rt.database.read(read_all)


def restore(rt: Runtime, who: Principal, model_key: Key, revision: int) -> Draft:
    """Make an earlier revision the newest again."""
    require(who, Permission.MODEL)

    def again(tx: Transaction) -> Draft:
        row = _locked(tx, model_key)
        earlier = _draft(tx, model_key, revision)
        note = f"revision {revision} restored"
        drafts.add_version(tx, model_key, row.revision + 1, earlier.content.encode(), by=who.id, note=note)
        return _draft(tx, model_key)

    return rt.database.run(again)


def delete(rt: Runtime, who: Principal, model_key: Key) -> None:
    """Remove a draft with its revisions."""
    require(who, Permission.MODEL)

    def remove(tx: Transaction) -> None:
        _locked(tx, model_key)
        drafts.remove(tx, model_key)

    rt.database.run(remove)


def list_all(rt: Runtime, who: Principal) -> list[dict[str, Any]]:
    """Return all drafts without their content, last changed first, with the version they are ``deployed_as``."""
    require(who, Permission.MODEL, Permission.READ)

    def read_all(tx: Transaction) -> list[dict[str, Any]]:
        rows = [dict(row._mapping) for row in drafts.all_rows(tx, who.tenant)]  # noqa: SLF001
        digests = [bytes(row.pop("source_digest")) for row in rows]
        deployed = {kind: drafts.deployed(tx, kind, who.tenant, digests) for kind in KINDS}
        return [
            {**row, "deployed_as": deployed[row["kind"]].get(digest)} for row, digest in zip(rows, digests, strict=True)
        ]

    return rt.database.read(read_all)


def _keep(tx: Transaction, row: Any, body: bytes, *, by: str, note: str) -> None:
    """Keep a revision; in place of the last one when it is an autosave of the same sitting and was not deployed."""
    last = drafts.version(tx, row.model_key, None)
    same_sitting = (
        last is not None
        and not note
        and not last.note
        and last.revision > 1
        and last.saved_by == by
        and tx.now - last.saved_at < ONE_SITTING
        and not drafts.deployed(tx, row.kind, row.tenant, [bytes(last.source_digest)])
    )
    drafts.add_version(tx, row.model_key, row.revision + 1, body, by=by, note=note)
    if same_sitting and last is not None:
        drafts.drop_version(tx, row.model_key, last.revision)


def _locked(tx: Transaction, model_key: Key) -> Any:
    return _found(drafts.lock(tx, model_key), model_key)


def _found(row: Any, model_key: Key) -> Any:
    if row is None:
        raise NotFound(f"There is no model {model_key}; it may have been deleted.")
    return row


def _draft(tx: Transaction, model_key: Key, revision: int | None = None) -> Draft:
    row = _found(drafts.row(tx, model_key), model_key)
    kept = drafts.version(tx, model_key, revision)
    if kept is None:
        raise NotFound(f"The model {model_key} has no revision {revision} any more.")
    digest = bytes(kept.source_digest)
    return Draft(
        model_key=model_key,
        name=row.name,
        kind=row.kind,
        revision=kept.revision,
        content=blobs.read(tx, digest).decode(),
        created_at=row.created_at,
        created_by=row.created_by,
        changed_at=kept.saved_at,
        changed_by=kept.saved_by,
        deployed_as=drafts.deployed(tx, row.kind, row.tenant, [digest]).get(digest),
    )


def _encoded(rt: Runtime, content: str) -> bytes:
    body = content.encode("utf-8", "replace")
    if len(body) > rt.limits.model_bytes:
        raise TooLarge(f"The model has {len(body)} bytes; at most {rt.limits.model_bytes} are allowed.")
    return body
