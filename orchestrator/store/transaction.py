"""One transaction and its time; what the database undid for another's sake is tried again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row

from orchestrator.domain.errors import Invalid, OrchestratorError, Unavailable
from orchestrator.store import databases
from orchestrator.store.connections import Connections, Held
from orchestrator.store.databases import Trouble
from orchestrator.store.files import hold_file
from orchestrator.store.server_time import ServerTime

Result = TypeVar("Result")
ATTEMPTS = 5


class Transaction:
    """An open transaction. Nothing of it is visible before the end, and nothing if it does not get there."""

    __slots__ = ("_now", "_topics", "committing", "connection", "database", "held", "hot")

    def __init__(self, database: "Database", held: Held) -> None:
        self.database = database
        self.held = held
        self.connection = held.connection
        self.hot = held.hot  #: the statements of the hot path
        self.committing = False  #: the end is on its way, its outcome not yet known
        self._now: datetime | None = None
        self._topics: set[str] = set()

    @property
    def now(self) -> datetime:
        """The time of this transaction: the database's, read once."""
        if self._now is None:
            self._now = self.database.read_time(self.connection)
        return self._now

    def set_time(self, moment: datetime) -> None:
        """Take the time that came along with a query, unless it is known; a test's clock goes first."""
        if self.database.clock is None:
            self.database.server_time.note(moment)
            self._now = self._now or moment

    def rows(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """Return all rows of a query."""
        return self.connection.execute(statement, parameters).all()

    def row(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """Return the first row of a query, or None."""
        return self.connection.execute(statement, parameters).first()

    def value(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
        """Return the first value of the first row, or None."""
        return self.connection.scalar(statement, parameters)

    def write(
        self, statement: Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> int:
        """Execute a statement that changes rows; say how many."""
        return self.connection.execute(statement, parameters).rowcount

    def wake(self, topics: Iterable[str]) -> None:
        """Wake whoever waits for these topics, once this is committed."""
        self._topics.update(topics)

    @property
    def topics(self) -> frozenset[str]:
        """What is to be woken."""
        return frozenset(self._topics)


@dataclass(slots=True)
class Database:
    """An open database; made by ``open_database``."""

    engine: Engine
    clock: Callable[[], datetime] | None  #: None: it is the server's
    server_time: ServerTime
    chance: Callable[[], float]
    pause: Callable[[float], None]
    wake: Callable[[Iterable[str]], None]
    release_file: Callable[[], None] = lambda: None
    #: SQLite has one writer, for which waiting here is fairer than its busy loop; in memory it has one connection
    writer: AbstractContextManager[Any] = field(default_factory=nullcontext)
    reader: AbstractContextManager[Any] = field(default_factory=nullcontext)
    connections: Connections = field(init=False)
    repeated: int = 0  #: transactions that had to be tried again, for the metrics

    def __post_init__(self) -> None:
        """Keep connections open from now on."""
        self.connections = Connections(self.engine)

    @property
    def kind(self) -> str:
        """sqlite, postgresql or mysql."""
        return self.engine.dialect.name

    def read_time(self, connection: Connection) -> datetime:
        """Return the database's time."""
        if self.clock is not None:
            return self.clock()
        moment = self.server_time.now()
        if moment is None:
            asked: datetime = databases.database_time(connection)
            moment = asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked.astimezone(UTC)
            self.server_time.note(moment)
        return moment

    def run(
        self, work: Callable[[Transaction], Result], *, repeatable: bool = True, by_statement: bool = False
    ) -> Result:
        """Do work in a transaction; again, up to five times, when the database asks for it.

        ``by_statement`` lets PostgreSQL end a transaction with every statement, which saves two ways to and fro.
        ``repeatable`` says that the work may be done again after a commit whose outcome is unknown, since it finds
        by itself what it had done.
        """
        for attempt in range(1, ATTEMPTS + 1):
            tx: Transaction | None = None
            try:
                with self.writer:
                    held = self.connections.take()
                    try:
                        tx = Transaction(self, held)
                        held.begin(writes=True, by_statement=by_statement)
                        result = work(tx)
                        tx.committing = True
                        held.commit()
                    except BaseException as error:
                        self.connections.give_up(held, error)
                        raise
                    self.connections.give_back(held)
            except OrchestratorError:
                raise
            except Exception as error:
                kind = databases.trouble(error)
                unknown = tx is not None and tx.committing and kind is Trouble.LOST and not repeatable
                if unknown or attempt == ATTEMPTS or kind not in {Trouble.AGAIN, Trouble.LOST}:
                    raise self.refusal(kind, error) from error
                self._before_repeating(kind, attempt, at_once=attempt == 1 and isinstance(error, databases.Overtaken))
            else:
                if tx.topics:
                    self.wake(tx.topics)
                return result
        raise AssertionError("the last attempt returns or raises")

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Do work that changes nothing."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.reader:
                    held = self.connections.take()
                    try:
                        # every statement sees what is committed then, in a transaction or not; so none is begun
                        held.begin(writes=False, by_statement=True)
                        result = work(Transaction(self, held))
                        held.commit()
                    except BaseException as error:
                        self.connections.give_up(held, error)
                        raise
                    self.connections.give_back(held)
                    return result
            except OrchestratorError:
                raise
            except Exception as error:
                kind = databases.trouble(error)
                if attempt == ATTEMPTS or kind not in {Trouble.AGAIN, Trouble.LOST}:
                    raise self.refusal(kind, error) from error
                self._before_repeating(kind, attempt)
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Let the connections go, and the file."""
        self.connections.close()
        self.engine.dispose()
        self.release_file()

    def _before_repeating(self, kind: Trouble, attempt: int, *, at_once: bool = False) -> None:
        self.repeated += 1
        if at_once:  # nobody is in the way: what was remembered was old
            return
        longest = 0.02 * 2**attempt if kind is Trouble.AGAIN else 0.2 * 2**attempt
        self.pause(self.chance() * longest)

    def refusal(self, kind: Trouble, error: BaseException) -> Exception:
        """Say what went wrong in a sentence; a programming mistake stays what it is."""
        detail = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        match kind:
            case Trouble.AGAIN:
                return Unavailable(f"The database was too busy ({detail}); nothing was changed, try again.")
            case Trouble.LOST:
                return Unavailable(f"The database cannot be reached ({detail}); try again when it is back.")
            case Trouble.FULL:
                return Unavailable(f"The database has no room left ({detail}); make room, then try again.")
            case Trouble.SCHEMA:
                return Unavailable(f"The database's tables are of another release ({detail}); run `baton migrate`.")
            case Trouble.VALUE:
                return Invalid(f"A value does not fit the database: {detail}.")
            case Trouble.OTHER:
                return error if isinstance(error, Exception) else Unavailable(detail)


def open_database(
    address: str,
    *,
    clock: Callable[[], datetime],
    monotonic: Callable[[], float],
    chance: Callable[[], float],
    pause: Callable[[float], None],
    wake: Callable[[Iterable[str]], None],
    standing_clock: bool = False,
) -> Database:
    """Open a database; ``clock`` is SQLite's time, and everybody's where ``standing_clock`` says so (tests)."""
    url = databases.url_of(address)
    lite = url.get_backend_name() == "sqlite"
    memory = databases.is_memory(url)
    release = hold_file(Path(str(url.database))) if lite and not memory else (lambda: None)
    try:
        engine = databases.open_engine(url)
    except Exception:
        release()
        raise
    lock = RLock() if lite else nullcontext()
    return Database(
        engine=engine,
        clock=clock if lite or standing_clock else None,
        server_time=ServerTime(monotonic),
        chance=chance,
        pause=pause,
        wake=wake,
        release_file=release,
        writer=lock,
        reader=lock if memory else nullcontext(),
    )
