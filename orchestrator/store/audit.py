"""The rows of the audit chain."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select, update

from orchestrator.domain.audit import BEGINNING, Entry
from orchestrator.domain.keys import Key
from orchestrator.store.schema.operations import audit_heads, audit_log
from orchestrator.store.transaction import Transaction


def head(tx: Transaction, chain: str) -> tuple[int, bytes]:
    """Lock and return the last sequence number and hash of a chain."""
    query = select(audit_heads).where(audit_heads.c.chain == chain)
    row = tx.row(query if tx.database.kind == "sqlite" else query.with_for_update())
    if row is None:
        tx.write(insert(audit_heads), {"chain": chain, "sequence": 0, "hash": BEGINNING})
        return 0, BEGINNING
    return row.sequence, bytes(row.hash)


def end(tx: Transaction, chain: str) -> tuple[int, bytes]:
    """Return the last sequence number and hash as they are, without a lock."""
    row = tx.row(select(audit_heads).where(audit_heads.c.chain == chain))
    return (0, BEGINNING) if row is None else (row.sequence, bytes(row.hash))


def append(tx: Transaction, key: Key, entry: Entry, previous: bytes, hash_: bytes, tenant: str) -> None:
    """Add an entry and move the head."""
    values = {**asdict(entry), "audit_key": key, "previous_hash": previous, "hash": hash_, "tenant": tenant}
    tx.write(insert(audit_log), values)
    own = audit_heads.c.chain == entry.chain
    tx.write(update(audit_heads).where(own).values(sequence=entry.sequence, hash=hash_))


def chain(tx: Transaction, name: str) -> Iterator[Mapping[str, Any]]:
    """Return a chain from its beginning."""
    query = select(audit_log).where(audit_log.c.chain == name).order_by(audit_log.c.sequence)
    for row in tx.connection.execute(query):
        values = dict(row._mapping)  # noqa: SLF001  (SQLAlchemy's public way to a dictionary)
        yield {**values, "previous_hash": bytes(values["previous_hash"]), "hash": bytes(values["hash"])}
