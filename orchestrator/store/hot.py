"""Statements of the hot path: written once a database, then run on the driver's own cursor.

SQLAlchemy describes the tables and opens the connections; what every step executes goes past its layers, since their
cost is that of a statement on SQLite. PostgreSQL gets whole columns as arrays, so that a statement is the same text
whatever the number of rows, and a step's writes travel together in one pipeline.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Boolean, Connection, Dialect, Integer, LargeBinary, Table
from sqlalchemy.schema import Column

from orchestrator.store.schema.types import Moment

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Upsert:
    """Insert, or overwrite these columns where the row is there already."""

    table: Table
    keys: tuple[str, ...]
    overwrite: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Update:
    """Set columns of rows found by others; a row of values has the set ones first."""

    table: Table
    columns: tuple[str, ...]
    where: tuple[str, ...]
    always: str = ""  #: further assignments, the same for every row: ``revision = revision + 1``


@dataclass(frozen=True, slots=True)
class Insert:
    """Insert rows with a value for every column, in the table's order."""

    table: Table


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete rows by one column."""

    table: Table
    column: str


What: TypeAlias = Insert | Upsert | Update | Delete


@dataclass(frozen=True, slots=True)
class Write:
    """What to do, and with which rows."""

    what: What
    rows: Sequence[Row]


def moment_writer(dialect: str) -> Callable[[datetime | None], Any]:
    """Return how a moment is handed to the driver."""
    if dialect == "sqlite":
        return _moment_text
    if dialect == "postgresql":
        return _unchanged
    return _moment_naive


def _moment_text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]


def _moment_naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)


def _unchanged(moment: datetime | None) -> datetime | None:
    return moment


def read_moment(value: Any) -> datetime | None:
    """Return a moment as any driver gives it."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Hot:
    """The driver's connection under an open transaction."""

    __slots__ = ("_connection", "_dialect", "_driver")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection

    def write(self, writes: Iterable["Write"], counted: "Update") -> int:
        """Do all writes, none of which touches another's rows; return how many rows the counted one has changed.

        PostgreSQL gets them as one statement, which saves the way to and fro for each.
        """
        if self._dialect.name == "postgresql":
            return self._write_together(list(writes), counted)
        changed = 0
        for write in writes:
            cursor = self._many(_statement(self._dialect, write.what), write.rows)
            if write.what is counted:
                changed = cursor.rowcount
            cursor.close()
        return changed

    def _write_together(self, writes: Sequence["Write"], counted: "Update") -> int:
        if not writes:
            return 0
        text = _together(self._dialect, tuple(write.what for write in writes), counted)
        values = [list(column) for write in writes for column in zip(*write.rows, strict=True)]
        return int(self.run(text, values)[0][0])

    def run(self, text: str, values: Sequence[Any]) -> list[Row]:
        """Run one statement in the driver's own words; return its rows, if it has any."""
        cursor = self._driver.cursor()
        try:
            if self._opens:
                # the BEGIN that the driver adds travels along
                with self._driver.pipeline():
                    cursor.execute(text, values)
            else:
                cursor.execute(text, values)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()

    @property
    def _opens(self) -> bool:
        return self._dialect.name == "postgresql" and self._driver.info.transaction_status == 0

    def select(self, text: str, keys: Sequence[Any]) -> list[Row]:
        """Run a query whose ``{keys}`` is a list of values."""
        if self._dialect.name == "postgresql":
            return self.run(text.format(keys="= ANY(%s)"), (list(keys),))
        mark = "?" if self._dialect.name == "sqlite" else "%s"
        return self.run(text.format(keys=f"IN ({', '.join([mark] * len(keys))})"), tuple(keys))

    def _many(self, statement: "_Statement", rows: Sequence[Row]) -> Any:
        cursor = self._driver.cursor()
        if statement.arrays:
            cursor.execute(statement.text, [list(column) for column in zip(*rows, strict=True)])
        elif len(rows) == 1:
            cursor.execute(statement.text, rows[0])
        else:
            cursor.executemany(statement.text, rows)
        return cursor


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    arrays: bool  #: takes a list a column


def _statement(dialect: Dialect, what: What) -> _Statement:
    match what:
        case Insert():
            return _insert(dialect, what.table)
        case Upsert():
            return _upsert(dialect, what)
        case Update():
            return _update(dialect, what)
        case Delete():
            return _delete(dialect, what.table, what.column)


@lru_cache(maxsize=512)
def _together(dialect: Dialect, whats: tuple[What, ...], counted: Update) -> str:
    """Return one statement that does several, each as a part of its own, and counts the rows of one."""
    parts: list[str] = []
    count = "0"
    for number, what in enumerate(whats):
        text = _statement(dialect, what).text
        if what == counted:
            text += " RETURNING 1"
            count = f"(SELECT count(*) FROM w{number})"
        parts.append(f"w{number} AS ({text})")
    return f"WITH {', '.join(parts)} SELECT {count}"


def _array_type(column: "Column[Any]") -> str:
    kind = column.type
    if isinstance(kind, Moment):
        return "timestamptz"
    if isinstance(kind, BigInteger):
        return "bigint"
    if isinstance(kind, Integer):
        return "integer"
    if isinstance(kind, Boolean):
        return "boolean"
    return "bytea" if isinstance(kind, LargeBinary) else "text"


def _names(dialect: Dialect, names: Iterable[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"


def _unnest(columns: Sequence["Column[Any]"]) -> str:
    return ", ".join(f"%s::{_array_type(column)}[]" for column in columns)


@lru_cache(maxsize=256)
def _insert(dialect: Dialect, table: Table) -> _Statement:
    columns = list(table.columns)
    names = ", ".join(_names(dialect, (column.name for column in columns)))
    into = f"INSERT INTO {dialect.identifier_preparer.quote(table.name)} ({names})"
    if dialect.name == "postgresql":
        return _Statement(f"{into} SELECT * FROM unnest({_unnest(columns)})", arrays=True)  # noqa: S608
    return _Statement(f"{into} VALUES ({', '.join([_mark(dialect)] * len(columns))})", arrays=False)


@lru_cache(maxsize=256)
def _upsert(dialect: Dialect, what: Upsert) -> _Statement:
    plain = _insert(dialect, what.table)
    names = _names(dialect, what.overwrite)
    if dialect.name in {"postgresql", "sqlite"}:
        sets = ", ".join(f"{name} = excluded.{name}" for name in names)
        keys = ", ".join(_names(dialect, what.keys))
        return _Statement(f"{plain.text} ON CONFLICT ({keys}) DO UPDATE SET {sets}", plain.arrays)
    sets = ", ".join(f"{name} = VALUES({name})" for name in names)
    return _Statement(f"{plain.text} ON DUPLICATE KEY UPDATE {sets}", plain.arrays)


@lru_cache(maxsize=256)
def _update(dialect: Dialect, what: Update) -> _Statement:
    table = dialect.identifier_preparer.quote(what.table.name)
    sets, where = _names(dialect, what.columns), _names(dialect, what.where)
    if dialect.name == "postgresql":
        columns = [what.table.columns[name] for name in (*what.columns, *what.where)]
        aliases = ", ".join(f"v{number}" for number in range(len(columns)))
        assigned = [f"{name} = v.v{number}" for number, name in enumerate(sets)]
        found = [f"t.{name} = v.v{number}" for number, name in enumerate(where, len(sets))]
        text = (
            f"UPDATE {table} AS t SET {', '.join([*assigned, *filter(None, [what.always])])} "  # noqa: S608
            f"FROM unnest({_unnest(columns)}) AS v({aliases}) WHERE {' AND '.join(found)}"
        )
        return _Statement(text, arrays=True)
    mark = _mark(dialect)
    assigned = [f"{name} = {mark}" for name in sets]
    found = [f"{name} = {mark}" for name in where]
    sets_text = ", ".join([*assigned, *filter(None, [what.always])])
    return _Statement(f"UPDATE {table} SET {sets_text} WHERE {' AND '.join(found)}", arrays=False)  # noqa: S608


@lru_cache(maxsize=64)
def _delete(dialect: Dialect, table: Table, column: str) -> _Statement:
    name, key = _names(dialect, (table.name, column))
    if dialect.name == "postgresql":
        kind = _array_type(table.columns[column])
        return _Statement(f"DELETE FROM {name} WHERE {key} = ANY(%s::{kind}[])", arrays=True)  # noqa: S608
    return _Statement(f"DELETE FROM {name} WHERE {key} = {_mark(dialect)}", arrays=False)  # noqa: S608


def row_of(table: Table, values: Mapping[str, Any]) -> Row:
    """Return values in the table's order; what is missing is null."""
    return tuple(values.get(column.name) for column in table.columns)


@lru_cache(maxsize=256)
def place_of(table: Table, name: str) -> int:
    """Return where a column stands in a row of the table's order."""
    return [column.name for column in table.columns].index(name)
