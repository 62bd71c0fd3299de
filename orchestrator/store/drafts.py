"""Rows of the designer's drafts and their kept revisions; contents are blobs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, and_, delete, func, insert, select, update

from orchestrator.store import blobs
from orchestrator.store.schema import definitions
from orchestrator.store.schema.operations import model_versions, models
from orchestrator.store.transaction import Transaction

_DEPLOYED: Mapping[str, Table] = {
    "bpmn": definitions.process_definitions,
    "dmn": definitions.decision_definitions,
    "form": definitions.forms,
}


def row(tx: Transaction, model_key: int) -> Any | None:
    """Return a draft's row."""
    return tx.row(select(models).where(models.c.model_key == model_key))


def lock(tx: Transaction, model_key: int) -> Any | None:
    """Return a draft's row and keep others from changing it until the end of the transaction."""
    return tx.row(select(models).where(models.c.model_key == model_key).with_for_update())


def all_rows(tx: Transaction, tenant: str) -> Sequence[Any]:
    """Return all drafts with the digest of their newest revision, last changed first."""
    newest = and_(model_versions.c.model_key == models.c.model_key, model_versions.c.revision == models.c.revision)
    query = select(models, model_versions.c.source_digest).join(model_versions, newest)
    return tx.rows(query.where(models.c.tenant == tenant).order_by(models.c.changed_at.desc()))


def deployed(tx: Transaction, kind: str, tenant: str, digests: Iterable[bytes]) -> dict[bytes, int]:
    """Return the version that each of these files was deployed as, the newest where it was more than once."""
    table = _DEPLOYED[kind]
    query = (
        select(table.c.source_digest, func.max(table.c.version))
        .where(table.c.tenant == tenant, table.c.source_digest.in_(set(digests)))
        .group_by(table.c.source_digest)
    )
    return {bytes(digest): version for digest, version in map(tuple, tx.rows(query))}


def add(tx: Transaction, model_key: int, *, name: str, kind: str, by: str, tenant: str) -> None:
    """Begin a draft without a revision."""
    values = {
        "model_key": model_key,
        "name": name,
        "kind": kind,
        "revision": 0,
        "created_at": tx.now,
        "created_by": by,
        "changed_at": tx.now,
        "changed_by": by,
        "tenant": tenant,
    }
    tx.write(insert(models), values)


def add_version(tx: Transaction, model_key: int, revision: int, content: bytes, *, by: str, note: str) -> None:
    """Keep a revision and make it the newest."""
    values = {
        "model_key": model_key,
        "revision": revision,
        "source_digest": blobs.keep(tx, content),
        "size": len(content),
        "note": note,
        "saved_at": tx.now,
        "saved_by": by,
    }
    tx.write(insert(model_versions), values)
    change(tx, model_key, revision=revision, changed_at=tx.now, changed_by=by)


def drop_version(tx: Transaction, model_key: int, revision: int) -> None:
    """Forget one revision, since a newer one of the same minutes takes its place."""
    tx.write(
        delete(model_versions).where(model_versions.c.model_key == model_key, model_versions.c.revision == revision)
    )


def change(tx: Transaction, model_key: int, **values: Any) -> None:
    """Change columns of a draft's row."""
    tx.write(update(models).where(models.c.model_key == model_key).values(**values))


def version(tx: Transaction, model_key: int, revision: int | None) -> Any | None:
    """Return a revision's row; the newest for None."""
    statement = select(model_versions).where(model_versions.c.model_key == model_key)
    if revision is not None:
        statement = statement.where(model_versions.c.revision == revision)
    return tx.row(statement.order_by(model_versions.c.revision.desc()).limit(1))


def versions(tx: Transaction, model_key: int) -> Sequence[Any]:
    """Return all kept revisions, newest first."""
    return tx.rows(
        select(model_versions).where(model_versions.c.model_key == model_key).order_by(model_versions.c.revision.desc())
    )


def count_versions(tx: Transaction, model_key: int) -> int:
    """Count kept revisions."""
    return int(
        tx.value(select(func.count()).select_from(model_versions).where(model_versions.c.model_key == model_key)) or 0
    )


def remove(tx: Transaction, model_key: int) -> None:
    """Remove a draft with its revisions."""
    tx.write(delete(model_versions).where(model_versions.c.model_key == model_key))
    tx.write(delete(models).where(models.c.model_key == model_key))
