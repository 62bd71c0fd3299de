"""One movement of one instance: whom it is about, what is decided under the lock, what the caller is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from orchestrator.domain.errors import Conflict, NotFound
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ALIVE, InstanceStatus
from orchestrator.domain.records import Record
from orchestrator.domain.triggers import Trigger
from orchestrator.store.batch import Batch
from orchestrator.store.locating import Root, Subject
from orchestrator.store.transaction import Transaction


@dataclass(slots=True, kw_only=True)
class Located:
    """What a movement sees once its instance is locked."""

    tx: Transaction
    batch: Batch  #: writes of its own beside the step's
    row: dict[str, Any]
    root: Root | None

    @property
    def now(self) -> datetime:
        """The transaction's time."""
        return self.tx.now

    @property
    def is_stopped(self) -> bool:
        """Whether the instance is suspended or held: what comes for it waits."""
        return self.root is not None and (self.root.held or self.root.status == InstanceStatus.SUSPENDED)

    @property
    def is_over(self) -> bool:
        """Whether there is an instance, and it has ended."""
        return self.root is not None and self.root.status not in ALIVE

    @property
    def moving(self) -> Root:
        """The instance, which must be there and free to move."""
        root = self.changeable
        if root.status == InstanceStatus.SUSPENDED:
            raise Conflict(f"Process instance {root.key} is suspended; resume it first.")
        return root

    @property
    def changeable(self) -> Root:
        """The instance, which an operator may change: it may be suspended, but not over or held."""
        root = self.root
        if root is None:
            raise NotFound("The process instance does not exist yet; try again.")
        if self.is_over:
            raise NotFound(f"Process instance {root.key} is over.")
        if root.held:
            raise Conflict(f"Process instance {root.key} is held by an incident; resolve it first.")
        return root


@dataclass(slots=True, kw_only=True)
class Moved:
    """What came of a movement; ``records`` is empty when nothing had to move."""

    instance_key: Key | None
    records: tuple[Record, ...] = ()
    completed: bool = False
    variables: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict)  #: of the scopes that are alive
    onward: Any = None  #: what ``after`` has found for the caller


def _missing(movement: "Movement") -> NoReturn:
    what = movement.subject.value if movement.subject else "instance"
    raise NotFound(f"There is no {what} {movement.key}.")


def _rejected(_located: Located, reason: str) -> NoReturn:
    raise Conflict(reason)


@dataclass(slots=True, eq=False, kw_only=True)
class Movement:
    """A caller's wish in line. ``decide`` may refuse by raising, and may return None where nothing has to move."""

    actor: str
    subject: Subject | None  #: None: ``decide`` starts a new instance
    key: Key
    tenant: str
    decide: Callable[[Located], Trigger | None]
    answer: Callable[[Moved], Any] = lambda moved: moved
    missing: Callable[["Movement"], Any] = _missing
    rejected: Callable[[Located, str], Any] = _rejected  #: the engine found the trigger out of date
    unmoved: Any = None  #: the caller's answer where nothing had to move
    after: Callable[[Located, Moved], None] | None = None  #: writes that depend on the step
    start_lock: bytes | None = None  #: of an instance that a message starts
    lease: str | None = None  #: the token of a job's lease: may be believed, since the write checks it again


GONE: Any = object()
"""The value of a movement whose row is no longer there, where that is nobody's mistake."""


@dataclass(slots=True)
class Outcome:
    """How a movement ended: a value, a refusal, or neither yet."""

    value: Any = None
    refusal: BaseException | None = None
    skipped: bool = False
    failed: bool = False  #: the engine itself failed, which is counted
    root_key: Key | None = None
    topics: set[str] = field(default_factory=set)

    @property
    def has_moved(self) -> bool:
        """Whether something was done, so that a caller who drains may go on."""
        return not self.skipped and self.refusal is None and self.value is not GONE
