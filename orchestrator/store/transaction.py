"""One transaction and its time; what the database undid for another's sake is tried again."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row

from orchestrator.domain.errors import Invalid, OrchestratorError, Unavailable
from orchestrator.store import databases
from orchestrator.store.databases import Trouble
from orchestrator.store.files import hold_file

Result = TypeVar("Result")
ATTEMPTS = 5


class Transaction:
    """An open transaction. Nothing of it is visible before the end, and nothing if it does not get there."""

    __slots__ = ("_now", "_topics", "committing", "connection", "database")

    def __init__(self, database: "Database", connection: Connection) -> None:
        self.database = database
        self.connection = connection
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
        if self._now is None and self.database.clock is None:
            self._now = moment

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
    clock: Callable[[], datetime] | None  #: None: ask the server
    chance: Callable[[], float]
    pause: Callable[[float], None]
    wake: Callable[[Iterable[str]], None]
    release_file: Callable[[], None] = lambda: None
    writer: AbstractContextManager[Any] | None = (
        None  #: SQLite has one writer; waiting here is fairer than its busy loop
    )
    memory: bool = False
    committing_engine: Engine | None = None  #: the same connections, a transaction a statement
    repeated: int = 0  #: transactions that had to be tried again, for the metrics

    @property
    def kind(self) -> str:
        """sqlite, postgresql or mysql."""
        return self.engine.dialect.name

    def read_time(self, connection: Connection) -> datetime:
        """Return the database's time."""
        if self.clock is not None:
            return self.clock()
        moment: datetime = databases.database_time(connection)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

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
                with self._locked(), self._engine_for(by_statement=by_statement).connect() as connection:
                    tx = Transaction(self, connection)
                    try:
                        begun = connection.begin()
                        result = work(tx)
                        tx.committing = True
                        begun.commit()
                    except BaseException as error:
                        self._give_up(connection, error)
                        raise
            except OrchestratorError:
                raise
            except Exception as error:
                kind = databases.trouble(error)
                unknown = tx is not None and tx.committing and kind is Trouble.LOST and not repeatable
                if unknown or attempt == ATTEMPTS or kind not in {Trouble.AGAIN, Trouble.LOST}:
                    raise self.refusal(kind, error) from error
                self._before_repeating(kind, attempt)
            else:
                if tx.topics:
                    self.wake(tx.topics)
                return result
        raise AssertionError("the last attempt returns or raises")

    def read(self, work: Callable[[Transaction], Result]) -> Result:
        """Do work that changes nothing."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self._locked(only_memory=True), self.engine.connect() as connection:
                    try:
                        with connection.execution_options(writes=False).begin():
                            return work(Transaction(self, connection))
                    except BaseException as error:
                        if databases.trouble(error) is Trouble.LOST:
                            connection.invalidate()
                        raise
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
        self.engine.dispose()
        self.release_file()

    def _engine_for(self, *, by_statement: bool) -> Engine:
        if not by_statement or self.kind != "postgresql":
            return self.engine
        if self.committing_engine is None:
            self.committing_engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        return self.committing_engine

    @contextmanager
    def _locked(self, *, only_memory: bool = False) -> Iterator[None]:
        if self.writer is None or (only_memory and not self.memory):
            yield
            return
        with self.writer:
            yield

    def _give_up(self, connection: Connection, error: BaseException) -> None:
        if isinstance(error, Exception) and databases.trouble(error) is Trouble.LOST:
            connection.invalidate()

    def _before_repeating(self, kind: Trouble, attempt: int) -> None:
        self.repeated += 1
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
    return Database(
        engine=engine,
        clock=clock if lite or standing_clock else None,
        chance=chance,
        pause=pause,
        wake=wake,
        release_file=release,
        writer=RLock() if lite else None,
        memory=memory,
    )
