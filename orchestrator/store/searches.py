"""Filters, sorting and cursors of the read side, turned into SQL; one table says what each noun has to offer."""

import base64
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, not_, or_, select, true
from sqlalchemy.sql.elements import KeyedColumnElement

from orchestrator.domain.errors import Invalid
from orchestrator.domain.search import Page, PageRequest, Sort
from orchestrator.store.encoding import from_text
from orchestrator.store.transaction import Transaction

COUNTED = 10_000  #: rows are counted no further than this; beyond, the answer says that there are more
Condition = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """What can be searched: where its rows are, what they show, and how they are found."""

    source: FromClause
    key: ColumnElement[Any]
    columns: Mapping[str, ColumnElement[Any]]  #: field to expression; what a row shows, and what filters and sorts
    json: frozenset[str] = frozenset()  #: fields kept as JSON text
    hidden: Mapping[str, ColumnElement[Any]] = field(default_factory=dict)  #: to filter and sort by, not shown
    special: Mapping[str, Condition] = field(default_factory=dict)  #: filters that are more than a column
    tenant: ColumnElement[Any] | None = None

    @property
    def searchable(self) -> Mapping[str, ColumnElement[Any]]:
        """Everything a filter or sort may name."""
        return {**self.columns, **self.hidden}


class _Order(NamedTuple):
    """One thing to sort by."""

    column: ColumnElement[Any]
    falling: bool
    may_be_null: bool

    @classmethod
    def of(cls, noun: Noun, column: ColumnElement[Any], *, falling: bool) -> "_Order":
        """Trust the noun's own table for what is never null; what is joined to it may be missing altogether."""
        is_own = getattr(column, "table", None) is noun.key.table
        return cls(column, falling, may_be_null=not is_own or getattr(column, "nullable", True))


def search(
    tx: Transaction,
    noun: Noun,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    filter_: Mapping[str, Any],
    sort: Sequence[Sort],
    page: PageRequest,
) -> Page:
    """Return one page of the rows that fit; raises ``Invalid`` for fields and operators there are not."""
    fits = and_(true(), *where, *conditions(noun, filter_))
    order = [_Order.of(noun, _column(noun, name, "sort"), falling=direction == "desc") for name, direction in sort]
    order.append(_Order.of(noun, noun.key, falling=bool(sort) and sort[-1][1] == "desc"))
    total = _total(tx, noun, fits)
    rows = _rows(tx, noun, fits, order, page) if page.limit else []
    items = [item(noun, row) for row in rows]
    return Page(
        items=items,
        total=min(total, COUNTED),
        start_cursor=_cursor(rows[0], len(order)) if rows else None,
        end_cursor=_cursor(rows[-1], len(order)) if rows else None,
        has_more=total > COUNTED,
    )


def find(tx: Transaction, noun: Noun, key: Any, where: Sequence[ColumnElement[bool]] = ()) -> dict[str, Any] | None:
    """Return one row by its key."""
    statement = _select(noun).where(noun.key == key, *where)
    row = tx.row(statement)
    return None if row is None else item(noun, row)


def item(noun: Noun, row: Any) -> dict[str, Any]:
    """Return a row as a dictionary of values."""
    mapping = row._mapping  # noqa: SLF001 - the documented way to a row's names
    return {name: from_text(mapping[name]) if name in noun.json else mapping[name] for name in noun.columns}


def columns_of(table: FromClause, *, without: Sequence[str] = ()) -> dict[str, KeyedColumnElement[Any]]:
    """Return a table's columns by name."""
    return {column.key: column for column in table.columns if column.key not in without}


def _select(noun: Noun) -> Select[Any]:
    shown = [column.label(name) for name, column in noun.columns.items()]
    return select(*shown).select_from(noun.source)


def _total(tx: Transaction, noun: Noun, where: ColumnElement[bool]) -> int:
    some = select(noun.key).select_from(noun.source).where(where).limit(COUNTED + 1).subquery()
    return int(tx.value(select(func.count()).select_from(some)) or 0)


def _rows(
    tx: Transaction,
    noun: Noun,
    where: ColumnElement[bool],
    order: Sequence[_Order],
    page: PageRequest,
) -> Sequence[Any]:
    backwards = page.before is not None
    statement = _select(noun).where(where)
    for number, each in enumerate(order):
        statement = statement.add_columns(each.column.label(f"_order{number}"))
    for column, falling, may_be_null in order:
        down = falling != backwards
        if may_be_null:
            # nothing sorts before everything, on each database alike; a key is never nothing, and has its index
            nothing = case((column.is_(None), 0), else_=1)
            statement = statement.order_by(nothing.desc() if down else nothing.asc())
        statement = statement.order_by(column.desc() if down else column.asc())
    cursor = page.before if backwards else page.after
    if cursor is not None:
        statement = statement.where(_beyond(order, _read_cursor(cursor, len(order)), backwards=backwards))
    statement = statement.limit(page.limit).offset(0 if cursor else page.from_)
    rows = list(tx.rows(statement))
    return rows[::-1] if backwards else rows


def _beyond(order: Sequence[_Order], values: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    """Rows that come after these values: further in the first column, or equal there and further in the next."""
    alternatives = []
    for number, each in enumerate(order):
        equal = [_same(other.column, value) for other, value in zip(order[:number], values[:number], strict=True)]
        alternatives.append(and_(*equal, _further(each, values[number], falling=each.falling != backwards)))
    return or_(*alternatives)


def _same(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _further(order: _Order, value: Any, *, falling: bool) -> ColumnElement[bool]:
    column = order.column
    if value is None:
        return not_(true()) if falling else column.is_not(None)
    beyond: ColumnElement[bool] = column < value if falling else column > value
    return or_(beyond, column.is_(None)) if falling and order.may_be_null else beyond


def _cursor(row: Any, count: int) -> str:
    values = [row._mapping[f"_order{number}"] for number in range(count)]  # noqa: SLF001 - as above
    marked = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps(marked)).decode()


def _read_cursor(text: str, count: int) -> list[Any]:
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text.encode()))
        read = [datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value for value in values]
    except (ValueError, TypeError, KeyError) as wrong:
        raise Invalid(f"{text[:40]!r} is no cursor of ours; take it from an answer as it is.") from wrong
    if len(read) != count:
        raise Invalid("The cursor was made with another order; ask again from the first page.")
    return read


def conditions(noun: Noun, asked: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Turn a filter into SQL."""
    found = []
    for name, wanted in asked.items():
        if name == "or":
            found.append(or_(*(and_(true(), *conditions(noun, group)) for group in wanted)))
        elif name in noun.special:
            found.append(noun.special[name](wanted))
        else:
            found.extend(compare(_column(noun, name, "filter"), wanted))
    return found


def _column(noun: Noun, name: str, what: str) -> ColumnElement[Any]:
    known = noun.searchable
    if name not in known:
        raise Invalid(f"There is no field {name!r} to {what} by; there are {', '.join(sorted(known))}.")
    return known[name]


def compare(column: ColumnElement[Any], wanted: Any) -> list[ColumnElement[bool]]:
    """Compare a column with a value, or by an object of operators."""
    if not isinstance(wanted, Mapping):
        return [_same(column, wanted)]
    return [_operator(column, name, value) for name, value in wanted.items()]


def _operator(column: ColumnElement[Any], name: str, value: Any) -> ColumnElement[bool]:
    match name:
        case "eq":
            return _same(column, value)
        case "neq":
            return not_(_same(column, value))
        case "in":
            return column.in_(list(value))
        case "not_in":
            return column.not_in(list(value))
        case "exists":
            return column.is_not(None) if value else column.is_(None)
        case "like":
            return column.like(like_pattern(str(value)), escape="\\")
        case "gt" | "gte" | "lt" | "lte":
            return _COMPARISONS[name](column, value)
        case _:
            raise Invalid(
                f"There is no comparison {name!r}; there are eq, neq, in, not_in, exists, like, gt, gte, lt, lte."
            )


_COMPARISONS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def like_pattern(text: str) -> str:
    """Translate «*» and «?» to SQL's wildcards."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return escaped.replace("*", "%").replace("?", "_")
