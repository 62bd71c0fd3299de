"""The body of ``POST …/search``: filter, sort and page, read by a noun's shape and refused with a sentence."""

import base64
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.domain.errors import Invalid
from orchestrator.domain.search import Page, PageRequest, Sort
from orchestrator.web.shapes import Field, Shape
from orchestrator.web.wire import JSON_TEXT, NUMBER, TEXT, Schema, Word, shown

LARGEST_PAGE = 10_000
_OURS = {
    "$eq": "eq",
    "$neq": "neq",
    "$exists": "exists",
    "$in": "in",
    "$notIn": "not_in",
    "$like": "like",
    "$gt": "gt",
    "$gte": "gte",
    "$lt": "lt",
    "$lte": "lte",
}


@dataclass(frozen=True, slots=True)
class Search:
    """What a search asks for, in our words."""

    filter: Mapping[str, Any] = field(default_factory=dict)
    sort: Sequence[Sort] = ()
    page: PageRequest = field(default_factory=PageRequest)


def read_search(shape: Shape, body: Any) -> Search:
    """Read the body of a search for this noun."""
    asked = _mapping(body or {}, "The body")
    refuse_unknown(asked, ("filter", "sort", "page"), "The body")
    return Search(
        read_filter(shape, asked.get("filter")),
        _read_sort(shape, asked.get("sort") or []),
        _read_page(_mapping(asked.get("page") or {}, "page")),
    )


def read_filter(shape: Shape, body: Any) -> dict[str, Any]:
    """Read one object of conditions, all of which must hold."""
    asked = _mapping(body or {}, "filter")
    fields = {one.wire: one for one in shape.filters()}
    refuse_unknown(asked, (*fields, *shape.lists, "$or"), "filter")
    conditions = {}
    for name, wanted in asked.items():
        if name == "$or":
            conditions["or"] = [read_filter(shape, group) for group in _list(wanted, "filter.$or")]
        elif name in fields:
            conditions[str(fields[name].searched)] = _condition(fields[name], wanted, f"filter.{name}")
        else:
            conditions[shape.lists[name]] = _variables(wanted, f"filter.{name}")
    return conditions


def _condition(one: Field, wanted: Any, where: str) -> Any:
    """Read a plain value or an object of operators."""
    if isinstance(wanted, Mapping):
        return _operators(one, wanted, where)
    value = one.kind.read(wanted, where)
    return {"in": value} if isinstance(one.kind, Word) and isinstance(value, list) else value


def _operators(one: Field, wanted: Mapping[str, Any], where: str) -> dict[str, Any]:
    refuse_unknown(wanted, one.kind.operators, where)
    found: dict[str, Any] = {}
    for name, value in wanted.items():
        place = f"{where}.{name}"
        if name == "$exists":
            found["exists"] = _flag(value, place)
        elif name == "$like":
            found |= _like(one, TEXT.read(value, place))
        elif name in {"$in", "$notIn"}:
            found[_OURS[name]] = [inner for entry in _list(value, place) for inner in _each(one, entry, place)]
        else:
            found |= _compare(one, name, value, place)
    return found


def _compare(one: Field, name: str, value: Any, place: str) -> dict[str, Any]:
    meant = one.kind.read(value, place)
    if isinstance(one.kind, Word) and isinstance(meant, dict):
        return meant if name == "$eq" else {"in": meant["not_in"]}
    if isinstance(one.kind, Word) and isinstance(meant, list):
        return {"in": meant} if name == "$eq" else {"not_in": meant}
    return {_OURS.get(name, name): meant}


def _each(one: Field, entry: Any, place: str) -> Iterable[Any]:
    meant = one.kind.read(entry, place)
    if isinstance(one.kind, Word) and isinstance(meant, dict):
        raise Invalid(f"{place} cannot hold {shown(entry)}; ask for it alone.")
    return meant if isinstance(one.kind, Word) and isinstance(meant, list) else [meant]


def _like(one: Field, pattern: str) -> dict[str, Any]:
    """Read a pattern; over words of a closed list it is a list of words."""
    if not isinstance(one.kind, Word):
        return {"like": pattern}
    return {"in": [ours for ours, theirs in one.kind.words.items() if matches(pattern, theirs)]}


def matches(pattern: str, text: str) -> bool:
    """Match «*» with anything and «?» with one character."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(matches(pattern[1:].lstrip("*"), text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])


def _variables(wanted: Any, where: str) -> list[dict[str, Any]]:
    """Read names and values of variables; a value is a text of JSON, as Camunda shows it."""
    found = []
    for number, entry in enumerate(_list(wanted, where)):
        place = f"{where}[{number}]"
        one = _mapping(entry, place)
        refuse_unknown(one, ("name", "value"), place)
        name = TEXT.read(one.get("name"), f"{place}.name")
        found.append({"name": name, "value": _condition(_VALUE, one.get("value"), f"{place}.value")})
    return found


_VALUE = Field("value", "value", JSON_TEXT)


def _read_sort(shape: Shape, body: Any) -> list[Sort]:
    fields = {one.wire: one for one in shape.sorts()}
    found: list[Sort] = []
    for number, entry in enumerate(_list(body, "sort")):
        place = f"sort[{number}]"
        one = _mapping(entry, place)
        refuse_unknown(one, ("field", "order"), place)
        name = TEXT.read(one.get("field"), f"{place}.field")
        if name not in fields:
            raise Invalid(f"{place}.field cannot be {shown(name)}{hint(name, fields)}")
        order = TEXT.read(one.get("order") or "ASC", f"{place}.order").lower()
        if order not in {"asc", "desc"}:
            raise Invalid(f"{place}.order must be ASC or DESC, not {shown(order)}.")
        found.append((str(fields[name].searched), "desc" if order == "desc" else "asc"))
    return found


def _read_page(asked: Mapping[str, Any]) -> PageRequest:
    refuse_unknown(asked, ("limit", "from", "after", "before"), "page")
    given = {name: value for name, value in asked.items() if value is not None}
    if len(given.keys() & {"from", "after", "before"}) > 1:
        raise Invalid("page takes one of from, after and before, not several.")
    return PageRequest(
        limit=_number(given.get("limit", 100), "page.limit", 0, LARGEST_PAGE),
        from_=_number(given.get("from", 0), "page.from", 0, 2**31),
        after=_cursor(given.get("after"), "page.after"),
        before=_cursor(given.get("before"), "page.before"),
    )


def _number(value: Any, where: str, low: int, high: int) -> int:
    number = NUMBER.read(value, where)
    if not low <= number <= high:
        raise Invalid(f"{where} must be from {low} to {high}, not {number}.")
    return int(number)


def _cursor(value: Any, where: str) -> str | None:
    if value is None or value == "":
        return None
    try:
        return base64.b64decode(TEXT.read(value, where), validate=True).decode()
    except ValueError as reason:
        raise Invalid(f"{where} is no cursor of ours: take startCursor or endCursor of an answer.") from reason


def _write_cursor(value: str | None) -> str | None:
    return None if value is None else base64.b64encode(value.encode()).decode()


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise Invalid(f"{where} must be an object, not {shown(value)}.")


def _list(value: Any, where: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise Invalid(f"{where} must be a list, not {shown(value)}.")


def _flag(value: Any, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise Invalid(f"{where} must be true or false, not {shown(value)}.")


def refuse_unknown(given: Iterable[str], known: Iterable[str], where: str) -> None:
    """Refuse the first key that nobody knows, and name the nearest that somebody does."""
    names = list(known)
    for name in given:
        if name not in names:
            raise Invalid(f"{where} has no key {shown(name)}{hint(name, names)}")


def hint(name: str, names: Iterable[str]) -> str:
    """End a sentence with what was probably meant, or with all there is."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean “{close[0]}”?"
    return f"; known are {', '.join(known)}." if known else "; there are none."


def write_page(shape: Shape, page: Page) -> dict[str, Any]:
    """Write a part of a result."""
    return {
        "items": [shape.render(row) for row in page.items],
        "page": {
            "totalItems": page.total,
            "hasMoreTotalItems": page.has_more,
            "startCursor": _write_cursor(page.start_cursor),
            "endCursor": _write_cursor(page.end_cursor),
        },
    }


PAGE_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "totalItems": {"type": "integer"},
        "hasMoreTotalItems": {"type": "boolean"},
        "startCursor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "endCursor": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["totalItems", "hasMoreTotalItems", "startCursor", "endCursor"],
    "additionalProperties": False,
}
