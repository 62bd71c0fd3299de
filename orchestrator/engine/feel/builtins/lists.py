"""Functions of lists."""

from collections.abc import Callable, Iterable
from typing import Any

from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.compare import equal, less
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.invocation import call
from orchestrator.engine.feel.numbers import decimal, whole
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.values import is_number, type_name

Items = list[Any]


def _finish(run: Run, items: Items) -> Items:
    run.check_list(len(items))
    return items


def _same(a: Any, b: Any) -> bool:
    try:
        return equal(a, b) is True
    except Refusal:
        return False


def _place(items: Items, position: Any, what: str, *, beyond: int = 0) -> int:
    """Return the index from 0 that a position from 1 (or from -1 backwards) means."""
    place = whole(position, what)
    if place == 0 or not -len(items) <= place <= len(items) + beyond:
        raise Refusal(f"{what}: there is no position {place} in a list of {len(items)}")
    return place - 1 if place > 0 else len(items) + place


@builtin("list contains(list: list, element: any?)")
def _contains(run: Run, items: Items, element: Any) -> bool:
    run.weigh(items)
    return any(_same(item, element) for item in items)


@builtin("count(list: list)")
def _count(_: Run, items: Items) -> int:
    return len(items)


@builtin("is empty(list: list)")
def _is_empty(_: Run, items: Items) -> bool:
    return not items


def _extreme(name: str, *, largest: bool) -> Callable[[Run, Items], Any]:
    def choose(_: Run, items: Items) -> Any:
        if not items:
            raise Refusal(f"{name}: the list is empty")
        best = items[0]
        less(best, best)  # refuses what has no order, also when it is alone
        for item in items[1:]:
            if less(best, item) if largest else less(item, best):
                best = item
        return best

    return choose


builtin("min(...list: list)")(_extreme("min", largest=False))
builtin("max(...list: list)")(_extreme("max", largest=True))


@builtin("sublist(list: list, start position: number, length?: number)")
def _sublist(_: Run, items: Items, start: Any, length: Any = None) -> Items:
    begin = _place(items, start, "sublist")
    if length is None:
        return items[begin:]
    count = whole(length, "the length")
    if count < 1 or begin + count > len(items):
        raise Refusal(f"sublist: the list has no {count} items from there")
    return items[begin : begin + count]


@builtin("append(list: list, *item: any?)")
def _append(run: Run, items: Items, more: Any) -> Items:
    return _finish(run, [*items, *more])


@builtin("concatenate(*list: list)")
def _concatenate(run: Run, lists: Items) -> Items:
    if any(each is None for each in lists):
        raise Refusal("concatenate: a list is null")
    joined: Items = []
    for each in lists:
        run.weigh(each)
        joined += each if isinstance(each, list) else [each]
    return _finish(run, joined)


@builtin("insert before(list: list, position: number, newItem: any?)")
def _insert_before(run: Run, items: Items, position: Any, item: Any) -> Items:
    place = _place(items, position, "insert before", beyond=1)
    return _finish(run, [*items[:place], item, *items[place:]])


@builtin("remove(list: list, position: number)")
def _remove(_: Run, items: Items, position: Any) -> Items:
    place = _place(items, position, "remove")
    return items[:place] + items[place + 1 :]


@builtin("list replace(list: list, position: number, newItem: any?)")
def _replace(run: Run, items: Items, position: Any, item: Any) -> Items:
    place = _place(items, position, "list replace")
    return _finish(run, [*items[:place], item, *items[place + 1 :]])


@builtin("list replace(list: list, match: function, newItem: any?)")
def _replace_matching(run: Run, items: Items, match: Any, new: Any) -> Items:
    def replaced(item: Any) -> Any:
        answer = call(run, match, [item, new])
        if not isinstance(answer, bool):
            raise Refusal(f"list replace: match returned {type_name(answer)}, not a boolean")
        return new if answer else item

    return [replaced(item) for item in items]


@builtin("reverse(list: list)")
def _reverse(_: Run, items: Items) -> Items:
    return items[::-1]


@builtin("index of(list: list, match: any?)")
def _index_of(run: Run, items: Items, match: Any) -> Items:
    run.weigh(items)
    return [place for place, item in enumerate(items, 1) if _same(item, match)]


@builtin("union(*list: list)")
def _union(run: Run, lists: Items) -> Items:
    return _distinct(run, _concatenate(run, lists))


@builtin("distinct values(list: list)")
def _distinct(run: Run, items: Items) -> Items:
    seen = _Seen(run)
    return [item for item in items if seen.add(item) == 1]


@builtin("duplicate values(list: list)")
def _duplicates(run: Run, items: Items) -> Items:
    seen = _Seen(run)
    return [item for item in items if seen.add(item) == 2]  # noqa: PLR2004 - the second of its kind


class _Seen:
    """Counts equal values: by hash where values have one, else by looking at all others."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._hashed: dict[Any, int] = {}
        self._others: list[list[Any]] = []

    def add(self, item: Any) -> int:
        """Count a value and return how often it has occurred now."""
        if item is None or isinstance(item, (str, bool)) or is_number(item):
            key = (type_name(item), decimal(item) if is_number(item) else item)
            self._hashed[key] = self._hashed.get(key, 0) + 1
            return self._hashed[key]
        for entry in self._others:
            self._run.weigh(entry[0])
            self._run.charge(1)
            if _same(entry[0], item):
                entry[1] += 1
                return int(entry[1])
        self._others.append([item, 1])
        return 1


@builtin("flatten(list: list)")
def _flatten(run: Run, items: Items) -> Items:
    run.weigh(items)
    return _finish(run, list(_leaves(items)))


def _leaves(items: Items) -> Iterable[Any]:
    for item in items:
        if isinstance(item, list):
            yield from _leaves(item)
        else:
            yield item


@builtin("sort(list: list, precedes?: function?)")
def _sort(run: Run, items: Items, precedes: Any = None) -> Items:
    run.charge(len(items))
    return sorted(items, key=lambda item: _Sortable(run, item, precedes))


class _Sortable:
    """An item whose order is FEEL's, or a function's; sorting asks for nothing but ``<``."""

    __slots__ = ("_item", "_precedes", "_run")

    def __init__(self, run: Run, item: Any, precedes: Any) -> None:
        self._run, self._item, self._precedes = run, item, precedes

    def __lt__(self, other: "_Sortable") -> bool:
        if self._precedes is None:
            return less(self._item, other._item)
        return call(self._run, self._precedes, [self._item, other._item]) is True


@builtin("partition(list: list, size: number)")
def _partition(_: Run, items: Items, size: Any) -> Items:
    width = whole(size, "the size")
    if width < 1:
        raise Refusal("partition: the size must be 1 or more")
    return [items[start : start + width] for start in range(0, len(items), width)]


@builtin("all(...list: list)")
def _all(_: Run, items: Items) -> bool | None:
    return _decide("all", items, settles=False)


@builtin("any(...list: list)")
def _any(_: Run, items: Items) -> bool | None:
    return _decide("any", items, settles=True)


def _decide(name: str, items: Items, *, settles: bool) -> bool | None:
    if settles in [item for item in items if isinstance(item, bool)]:
        return settles
    for item in items:
        if item is not None and not isinstance(item, bool):
            raise Refusal(f"{name}: {type_name(item)} is not a boolean")
    return None if None in items else not settles
