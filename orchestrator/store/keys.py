"""Keys are handed out in blocks, so that a step costs no question to the database."""

from collections.abc import Callable
from threading import Lock

from sqlalchemy import select, update

from orchestrator.domain.errors import Unavailable
from orchestrator.domain.keys import Key
from orchestrator.store.schema.operations import key_blocks
from orchestrator.store.transaction import Database, Transaction

BLOCK = 1 << 20
LOW = 1 << 17  #: more than the largest step draws; refilled before a transaction begins


class Keys:
    """A process's stock of keys; what is left when it dies is never used."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._next = 0
        self._end = 0

    def __call__(self) -> Key:
        """Return a fresh key."""
        with self._lock:
            key = self._next
            if key >= self._end:
                raise Unavailable("The keys in stock are used up; try again.")
            self._next = key + 1
            return Key(key)

    def refill(self) -> None:
        """Fetch another block when few are left; to be called outside transactions."""
        if self._end - self._next >= LOW:
            return
        first = self._database.run(_take_block)
        with self._lock:
            self._next, self._end = first, first + BLOCK


def _take_block(tx: Transaction) -> int:
    tx.write(update(key_blocks).where(key_blocks.c.name == "keys").values(next_key=key_blocks.c.next_key + BLOCK))
    after: int | None = tx.value(select(key_blocks.c.next_key).where(key_blocks.c.name == "keys"))
    if after is None:
        raise Unavailable("The database has no keys to hand out; run `baton migrate`.")
    return after - BLOCK


KeySource = Callable[[], Key]
