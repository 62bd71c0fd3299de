"""Statements of the hot path: written once a database, then run on the driver's own cursor.

SQLAlchemy describes the tables and opens the connections; what every step executes goes past its layers, since their
cost is that of a statement on SQLite. PostgreSQL gets all writes of a step as one statement, the rows of each as a
JSON document, so that the text is the same whatever the number of rows and its plan is made once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import BigInteger, Boolean, Dialect, Integer, LargeBinary, Table
from sqlalchemy.schema import Column

from orchestrator.store.schema.types import Moment

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Upsert:
    """Insert, or overwrite these columns where the row is there already."""

    table: Table
    keys: tuple[str, ...]
    overwrite: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """Set columns of rows found by others; a row of values has the set ones first."""

    table: Table
    columns: tuple[str, ...]
    where: tuple[str, ...]
    always: str = ""  #: further assignments, the same for every row; ``{row}`` stands before the row's own columns
    provided: str = ""  #: a further condition, the same for every row, written likewise
    must_hit: bool = False  #: a row that is not found is trouble: it is not as it was read


@dataclass(frozen=True, slots=True, eq=False)
class Insert:
    """Insert rows with a value for every column, in the table's order."""

    table: Table


@dataclass(frozen=True, slots=True, eq=False)
class Delete:
    """Delete rows by one column."""

    table: Table
    column: str


What: TypeAlias = Insert | Upsert | Update | Delete


@lru_cache(maxsize=256)
def inserting(table: Table) -> Insert:
    """Return the one insertion into a table: statements are kept by what they do."""
    return Insert(table)


@lru_cache(maxsize=256)
def deleting(table: Table, column: str) -> Delete:
    """Return the one deletion by a column."""
    return Delete(table, column)


@dataclass(frozen=True, slots=True)
class Write:
    """What to do, and with which rows."""

    what: What
    rows: Sequence[Sequence[Any]]


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

    __slots__ = ("_driver", "_has_one_line", "dialect")

    def __init__(self, dialect: Dialect, driver: Any) -> None:
        self.dialect = dialect
        self._driver = driver
        self._has_one_line = dialect.name == "postgresql"

    def write(self, writes: Sequence["Write"], *, commit: bool) -> bool:
        """Do all writes, none of which touches another's rows; say whether those that must hit their rows did.

        PostgreSQL gets them as one statement, which saves the way to and fro for each; with ``commit`` the end of the
        transaction travels along, and too few rows are an error that undoes it.
        """
        if self._has_one_line:
            if writes:
                self._write_together(writes, commit=commit)
            return True
        cursor = self._driver.cursor()
        try:
            for write in writes:
                text, rows = _statement(self.dialect, write.what), write.rows
                if len(rows) == 1:
                    cursor.execute(text, rows[0])
                else:
                    cursor.executemany(text, rows)
                if isinstance(write.what, Update) and write.what.must_hit and cursor.rowcount != len(rows):
                    return False  # what follows would trip over what the other has written
            return True
        finally:
            cursor.close()

    def _write_together(self, writes: Sequence["Write"], *, commit: bool) -> None:
        text = _together(self.dialect, tuple(write.what for write in writes))
        values: list[Any] = [_documents(_names_of(write.what), write.rows) for write in writes]
        expected = sum(len(write.rows) for write in writes if isinstance(write.what, Update) and write.what.must_hit)
        cursor = _raw_cursor()(self._driver)  # its text is long, and the usual cursor would read it every time
        try:
            if commit and self._is_idle:
                # nothing was read: the statement is the transaction
                self._driver.autocommit = True
                cursor.execute(text, [*values, expected])
            elif commit:
                with self._driver.pipeline():
                    cursor.execute(text, [*values, expected])
                    self._driver.commit()
            else:
                cursor.execute(text, [*values, expected])
        finally:
            cursor.close()

    def run(self, text: str, values: Sequence[Any]) -> list[Row]:
        """Run one statement in the driver's own words; return its rows, if it has any."""
        cursor = self._driver.cursor()
        try:
            if self._has_one_line and not self._driver.autocommit and self._is_idle:
                # the BEGIN that the driver adds travels along
                with self._driver.pipeline():
                    cursor.execute(text, values)
            else:
                cursor.execute(text, values)
            return list(cursor.fetchall()) if cursor.description else []
        finally:
            cursor.close()

    @property
    def _is_idle(self) -> bool:
        return bool(self._driver.info.transaction_status == 0)

    def select(self, text: str, keys: Sequence[Any]) -> list[Row]:
        """Run a query whose ``{keys}`` is a list of values."""
        if self._has_one_line:
            return self.run(text.format(keys="= ANY(%s)"), (list(keys),))
        mark = _mark(self.dialect)
        return self.run(text.format(keys=f"IN ({', '.join([mark] * len(keys))})"), tuple(keys))


def _names(dialect: Dialect, names: Iterable[str]) -> list[str]:
    return [dialect.identifier_preparer.quote(name) for name in names]


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.name == "sqlite" else "%s"


def _into(dialect: Dialect, table: Table) -> tuple[str, str]:
    columns = ", ".join(_names(dialect, (column.name for column in table.columns)))
    return f"INSERT INTO {dialect.identifier_preparer.quote(table.name)} ({columns})", columns


@lru_cache(maxsize=512)
def _statement(dialect: Dialect, what: What) -> str:
    """Return a statement for SQLite or MariaDB, a row at a time."""
    mark = _mark(dialect)
    match what:
        case Insert(table):
            return f"{_into(dialect, table)[0]} VALUES ({', '.join([mark] * len(table.columns))})"
        case Upsert(table, keys, overwrite):
            inserted = _statement(dialect, inserting(table))
            names = _names(dialect, overwrite)
            if dialect.name == "sqlite":
                return f"{inserted} {_on_conflict(dialect, keys, names)}"
            return f"{inserted} ON DUPLICATE KEY UPDATE {', '.join(f'{name} = VALUES({name})' for name in names)}"
        case Update(table, columns, where, always, provided, _):
            sets = [f"{name} = {mark}" for name in _names(dialect, columns)]
            sets += [always.format(row="")] if always else []
            found = [f"{name} = {mark}" for name in _names(dialect, where)]
            found += [provided.format(row="")] if provided else []
            named = dialect.identifier_preparer.quote(table.name)
            return f"UPDATE {named} SET {', '.join(sets)} WHERE {' AND '.join(found)}"  # noqa: S608
        case Delete(table, column):
            named, key = _names(dialect, (table.name, column))
            return f"DELETE FROM {named} WHERE {key} = {mark}"  # noqa: S608


def _on_conflict(dialect: Dialect, keys: Sequence[str], names: Sequence[str]) -> str:
    sets = ", ".join(f"{name} = excluded.{name}" for name in names)
    return f"ON CONFLICT ({', '.join(_names(dialect, keys))}) DO UPDATE SET {sets}"


# -- PostgreSQL: every write takes its rows as one JSON document -------------------------------------------------------


@lru_cache(maxsize=512)
def _together(dialect: Dialect, whats: tuple[What, ...]) -> str:
    """Return one statement that does several, each as a part of its own, and fails unless it hits all it must."""
    parts: list[str] = []
    counts = ["0"]
    for number, what in enumerate(whats):
        text = _part(dialect, what, f"${number + 1}::json")
        if isinstance(what, Update) and what.must_hit:
            text += " RETURNING 1"
            counts.append(f"(SELECT count(*) FROM w{number})")  # noqa: S608
        parts.append(f"w{number} AS ({text})")
    hit = f"({' + '.join(counts)} = ${len(whats) + 1}::bigint)"
    # a division by zero undoes everything, also where the commit is already on its way behind it
    return f"WITH {', '.join(parts)} SELECT 1 / {hit}::int"


def _part(dialect: Dialect, what: What, rows: str) -> str:
    match what:
        case Insert(table):
            into, columns = _into(dialect, table)
            named = dialect.identifier_preparer.quote(table.name)
            return f"{into} SELECT {columns} FROM json_populate_recordset(NULL::{named}, {rows})"  # noqa: S608
        case Upsert(table, keys, overwrite):
            inserted = _part(dialect, inserting(table), rows)
            return f"{inserted} {_on_conflict(dialect, keys, _names(dialect, overwrite))}"
        case Update(table, columns, where, always, provided, _):
            sets = [f"{name} = v.{name}" for name in _names(dialect, columns)]
            sets += [always.format(row="t.")] if always else []
            found_by = _names(dialect, where)
            found = [f"t.{name} = v.{name}" for name in found_by]
            # no key is null: said of both, the condition is none by which the table could be read first
            found += [f"({provided.format(row='t.')} OR v.{found_by[0]} IS NULL)"] if provided else []
            source = _recordset(dialect, table, (*columns, *where), rows)
            named = dialect.identifier_preparer.quote(table.name)
            return f"UPDATE {named} AS t SET {', '.join(sets)} FROM {source} WHERE {' AND '.join(found)}"  # noqa: S608
        case Delete(table, column):
            named, key = _names(dialect, (table.name, column))
            return (
                f"DELETE FROM {named} AS t USING {_recordset(dialect, table, (column,), rows)} WHERE t.{key} = v.{key}"  # noqa: S608
            )


def _recordset(dialect: Dialect, table: Table, names: Sequence[str], rows: str) -> str:
    typed = [f"{_names(dialect, [name])[0]} {_type(table.columns[name])}" for name in names]
    return f"json_to_recordset({rows}) AS v({', '.join(typed)})"


def _type(column: "Column[Any]") -> str:
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


@lru_cache(maxsize=256)
def _names_of(what: What) -> tuple[str, ...]:
    match what:
        case Insert(table) | Upsert(table):
            return tuple(
                "".join(column.name) for column in table.columns
            )  # SQLAlchemy's names are a kind of text of their own
        case Update(_, columns, where):
            return (*columns, *where)
        case Delete(_, column):
            return (column,)


def _documents(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as a JSON list of objects, nulls left out."""
    return orjson.dumps(
        [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows],
        default=_hexadecimal,
    ).decode()


def _hexadecimal(value: Any) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"{type(value).__name__} is no value of a column")


@lru_cache(maxsize=1)
def _raw_cursor() -> Any:
    from psycopg import RawCursor  # only where PostgreSQL is used

    return RawCursor


def row_of(table: Table, values: Mapping[str, Any]) -> Row:
    """Return values in the table's order; what is missing is null."""
    return tuple(values.get(column.name) for column in table.columns)


@lru_cache(maxsize=256)
def place_of(table: Table, name: str) -> int:
    """Return where a column stands in a row of the table's order."""
    return [column.name for column in table.columns].index(name)
