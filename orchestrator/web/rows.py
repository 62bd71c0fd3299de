"""Search in rows that are at hand: the few lists that are too short or too derived for the database."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orchestrator.domain.errors import Invalid
from orchestrator.domain.search import Page
from orchestrator.web.searching import Search, matches

_MOST_DIGITS = 9

_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: bool(value == wanted),
    "neq": lambda value, wanted: bool(value != wanted),
    "exists": lambda value, wanted: (value is not None) is wanted,
    "in": lambda value, wanted: value in wanted,
    "not_in": lambda value, wanted: value not in wanted,
    "like": lambda value, wanted: isinstance(value, str) and matches(wanted, value),
    "gt": lambda value, wanted: value is not None and bool(value > wanted),
    "gte": lambda value, wanted: value is not None and bool(value >= wanted),
    "lt": lambda value, wanted: value is not None and bool(value < wanted),
    "lte": lambda value, wanted: value is not None and bool(value <= wanted),
}


def search_rows(rows: Sequence[Mapping[str, Any]], search: Search) -> Page:
    """Filter, sort and cut these rows; the cursors are numbers of rows."""
    found = [dict(row) for row in rows if fits(row, search.filter)]
    for name, order in reversed(search.sort):
        found.sort(key=lambda row: _sortable(row.get(name)), reverse=order == "desc")
    begin, end = _cut(search, len(found))
    return Page(
        items=found[begin:end],
        total=len(found),
        start_cursor=str(begin) if found[begin:end] else None,
        end_cursor=str(end) if found[begin:end] else None,
    )


def fits(row: Mapping[str, Any], conditions: Mapping[str, Any]) -> bool:
    """Whether a row fulfils all conditions."""
    return all(_fulfils(row, name, wanted) for name, wanted in conditions.items())


def _fulfils(row: Mapping[str, Any], name: str, wanted: Any) -> bool:
    if name == "or":
        return any(fits(row, group) for group in wanted)
    value = row.get(name)
    if not isinstance(wanted, Mapping):
        return bool(value == wanted)
    return all(_TESTS[operator](value, operand) for operator, operand in wanted.items())


def _sortable(value: Any) -> tuple[bool, Any]:
    """Nothing comes first, and values of different types do not meet."""
    return (value is not None, value if isinstance(value, int | float) else str(value))


def _cut(search: Search, total: int) -> tuple[int, int]:
    page = search.page
    if page.before is not None:
        end = _row_number(page.before, total)
        return max(end - page.limit, 0), end
    begin = page.from_ if page.after is None else _row_number(page.after, total)
    return begin, min(begin + page.limit, total)


def _row_number(cursor: str, total: int) -> int:
    if not cursor.isdecimal() or len(cursor) > _MOST_DIGITS:
        raise Invalid("The cursor is none of ours: take startCursor or endCursor of an answer.")
    return min(int(cursor), total)
