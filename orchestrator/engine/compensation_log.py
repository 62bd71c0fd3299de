"""The log of what can be undone, as data that grows with what differs, not with how often it came.

An entry stands for completed runs of one activity: its spec ``e``, its variables of that time ``v``, the log from its
inside ``n``, how many equal runs in a row ``c``, and the number ``o`` of the last of them in the whole instance. A
*group* ``g`` stands for a sequence of entries that came ``c`` times in a row, in a loop for instance.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

from orchestrator.engine.scopes import detached, same

Entry: TypeAlias = dict[str, Any]
LONGEST = 8
"""A group has at most so many entries: what a loop completes in one round."""


def add(log: list[Entry], entry: Entry, number: int) -> None:
    """Log one more run, the ``number``-th of the instance."""
    last = log[-1] if log else None
    if last is not None and last.get("o", 0) + _logged(entry) == number and _is_same(last, entry):
        last.update(c=last.get("c", 1) + 1, o=number)
    else:
        log.append({**entry, "o": number})
    _fold(log)


def without_number(entry: Entry) -> Entry:
    """Return an entry as it stands inside another one, where its place says enough."""
    return {name: value for name, value in entry.items() if name != "o"}


def seeing(entry: Entry, seen: dict[str, Any]) -> Entry:
    """Return an entry that brings along what it saw around it."""
    if not seen:
        return entry
    if "g" in entry:
        return {**entry, "g": [seeing(each, seen) for each in entry["g"]]}
    return {**entry, "v": {**seen, **entry.get("v", {})}}


def walk(log: list[Entry]) -> Iterator[Entry]:
    """Go through all entries for activities, also those inside others."""
    for entry in log:
        yield from walk(entry.get("g", []))
        yield from walk(entry.get("n", []))
        if "e" in entry:
            yield entry


def set_apart(log: list[Entry], place: int) -> int:
    """Leave one run to an entry and the others to one before it, or unfold the last round of a group.

    Return the place of the latest run.
    """
    entry = log[place]
    last = [{**each, "o": entry.get("o", 0)} for each in detached(entry.get("g", []))] or [{**detached(entry), "c": 1}]
    entry["c"] = entry.get("c", 1) - 1
    log[place : place + 1] = [*([entry] if entry["c"] else []), *last]
    return place + len(last) - (0 if entry["c"] else 1)


def _fold(log: list[Entry]) -> None:
    """Let a sequence that has come again take its room once."""
    for size in range(2, min(LONGEST, len(log) - 1) + 1):
        tail, before = log[-size:], log[-size - 1]
        if len(before.get("g", ())) == size and _repeats(before["g"], tail) and _is_unbroken([before, *tail]):
            before.update(c=before["c"] + 1, o=tail[-1]["o"])
            del log[-size:]
            return
        both = log[-2 * size :]
        if len(both) == 2 * size and _repeats(both[:size], tail) and _is_unbroken(both):
            log[-2 * size :] = [{"g": [without_number(each) for each in tail], "c": 2, "o": tail[-1]["o"]}]
            return


def _repeats(first: list[Entry], tail: list[Entry]) -> bool:
    """Whether a tail is the same sequence again."""
    pairs = list(zip(first, tail, strict=True))
    if any(one.get("e") != other.get("e") or one.get("c", 1) != other.get("c", 1) for one, other in pairs):
        return False
    return all(_is_same(one, other) for one, other in pairs)


def _is_unbroken(entries: list[Entry]) -> bool:
    """Whether nothing else in the instance has been logged between these."""
    return entries[-1]["o"] - entries[0].get("o", 0) == sum(map(_logged, entries[1:]))


def _is_same(one: Entry, other: Entry) -> bool:
    return same({**without_number(one), "c": 1}, {**without_number(other), "c": 1})


def _logged(entry: Entry) -> int:
    """Return how often something was logged for an entry and its inside."""
    inside: list[Entry] = entry.get("n") or entry.get("g") or []
    once = sum(_logged(each) for each in inside) + (0 if "g" in entry else 1)
    count: int = entry.get("c", 1)
    return count * once
