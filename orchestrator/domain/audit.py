"""The audit log is a chain: each entry's hash covers the one before, so that a change shows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

BEGINNING = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who did what to which."""

    chain: str
    sequence: int
    at: datetime
    actor: str
    actor_kind: str
    action: str
    resource_kind: str
    resource: str
    details: str | None


def link(previous: bytes, entry: Entry) -> bytes:
    """Return the hash of an entry that follows another."""
    words: list[Any] = [entry.chain, entry.sequence, entry.at.astimezone(UTC).isoformat(timespec="microseconds")]
    words += [entry.actor, entry.actor_kind, entry.action, entry.resource_kind, entry.resource, entry.details]
    return hashlib.sha256(previous + json.dumps(words, ensure_ascii=True).encode()).digest()


def first_break(entries: Iterable[Mapping[str, Any]], head: tuple[int, bytes]) -> int | None:
    """Return the sequence number where a chain, in order from its beginning, no longer holds.

    ``head`` is the last link as it was written apart from the entries: a chain whose end was cut off differs from it.
    """
    previous, expected = BEGINNING, 1
    for row in entries:
        entry = Entry(**{name: row[name] for name in Entry.__dataclass_fields__})
        unbroken = row["previous_hash"] == previous and row["hash"] == link(previous, entry)
        if entry.sequence != expected or not unbroken:
            return expected
        previous, expected = row["hash"], expected + 1
    return None if head == (expected - 1, previous) else expected
