"""The same request twice is answered twice and done once, where the caller names it by a key.

The answer is kept in the transaction of the act, so that a caller whose reply was lost, to a crash even, gets it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Conflict, Invalid, KeyReused
from orchestrator.domain.json_values import check_text
from orchestrator.domain.message import digest
from orchestrator.services.runtime import Runtime
from orchestrator.store import answers as rows
from orchestrator.store.correlations import lock
from orchestrator.store.transaction import Transaction

KEEPS = timedelta(hours=24)
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it went over the wire."""

    status: int
    media_type: str
    body: str


@dataclass(slots=True, kw_only=True)
class Receipt:
    """Goes along with an act: refuses a second one under the key, and keeps the answer with what was done."""

    request: bytes
    content: bytes
    write: Callable[[Any], Kept]  #: how a result looks on the wire
    kept: Kept | None = field(default=None)
    begun: str | None = None  #: the answer to the beginning, while the end that the caller waits for is untold

    def check(self, tx: Transaction) -> None:
        """Refuse where somebody else was faster; the key is locked until the end of the transaction."""
        lock(tx, [self.request])
        if rows.get(tx, self.request) is not None:
            raise Conflict("The same request was answered at the same moment; send it once more for its answer.")

    def keep(self, tx: Transaction, result: Any, *, is_all: bool = True) -> None:
        """Keep the answer; where that ``is_all`` is false, whoever asks again waits for the rest of it."""
        found = self.write(result)
        if is_all:
            self.kept = found
        else:
            self.begun = found.body
        rows.keep(
            tx,
            self.request,
            self.content,
            status=found.status if is_all else None,
            media_type=found.media_type,
            body=found.body,
            until=tx.now + KEEPS,
        )


def recall(rt: Runtime, who: Principal, key: str, content: bytes, write: Callable[[Any], Kept]) -> Kept | Receipt:
    """Return the answer that was given to this caller under this key, or a receipt for giving one.

    Of what was begun under the key and whose end was never told, the receipt knows the beginning.
    """
    if len(key) > LONGEST_KEY:
        raise Invalid(f"The Idempotency-Key has {len(key)} letters; at most {LONGEST_KEY} are allowed.")
    check_text(key, "The Idempotency-Key")
    request = digest("answer", who.tenant, who.kind, who.id, key)
    row = rt.database.read(lambda tx: rows.get(tx, request))
    if row is None:
        return Receipt(request=request, content=content, write=write)
    if bytes(row.content_digest) != content:
        raise KeyReused(
            f"The Idempotency-Key {key!r} was used for another request before; "
            "send the same address and body again, or take a new key."
        )
    if row.status is None:
        return Receipt(request=request, content=content, write=write, begun=row.body)
    return Kept(row.status, row.media_type, row.body)


def complete(rt: Runtime, receipt: Receipt, answer: Kept) -> None:
    """Keep what became known only after the act, such as the end of an instance that was waited for."""
    if receipt.begun is not None or receipt.kept not in (None, answer):
        rt.database.run(lambda tx: rows.amend(tx, receipt.request, answer.status, answer.body))


def expire(rt: Runtime, limit: int = 1000) -> int:
    """Forget answers whose time is over; say how many."""
    return rt.database.run(lambda tx: rows.forget(tx, limit))
