"""Hold what became of a case against what it expects, and say what differs and what may help."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from orchestrator.cases.casefile import CaseFile, Expected
from orchestrator.cases.seen import Seen


def differences(seen: Seen, expect: Expected, row: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Return a sentence for each difference; ``row`` is the instance, ``values`` its variables."""
    active = seen.active()
    if expect.status is not None and row["status"] != expect.status:
        at = f", active are: {', '.join(active)}" if active else ""
        yield f"the instance is {row['status']} instead of {expect.status}{at}"
    yield from _way(seen, expect)
    if expect.waits_at is not None and sorted(set(expect.waits_at)) != active:
        yield f"it waits at {_list(active)} instead of {_list(sorted(set(expect.waits_at)))}"
    for name, value in expect.variables.items():
        if name not in values:
            yield f"there is no variable {name}; there are: {_list(sorted(values))}"
        elif not same(values[name], value):
            yield f"{name} is {values[name]!r} instead of {value!r}"
    yield from _decisions(seen, expect)
    yield from _incidents(seen, expect)


def _way(seen: Seen, expect: Expected) -> Iterator[str]:
    way = seen.way()
    if (missing := first_missing(expect.path, way)) is not None:
        yield f"the path does not come to {missing} in the order given; it was: {' → '.join(way)}"
    counted = Counter(way)
    for element in expect.never:
        if counted[element]:
            yield f"{element} was visited, and should not have been"
    for element, count in expect.visits.items():
        if counted[element] != count:
            yield f"{element} was visited {counted[element]} times instead of {count}"
    taken = seen.taken() if expect.flows else Counter[str]()
    for flow in expect.flows:
        if not taken[flow]:
            yield f"the sequence flow {flow} was not taken; taken were: {_list(sorted(taken))}"


def _decisions(seen: Seen, expect: Expected) -> Iterator[str]:
    decided = seen.decided() if expect.decisions else {}
    for decision, value in expect.decisions.items():
        if decision not in decided:
            yield f"the decision {decision} was not made; made were: {_list(sorted(decided))}"
        elif not same(decided[decision], value):
            yield f"the decision {decision} is {decided[decision]!r} instead of {value!r}"


def _incidents(seen: Seen, expect: Expected) -> Iterator[str]:
    stuck = seen.stuck()
    yield from (
        f"incident at {name}: {each['message']}" for name, each in stuck.items() if name not in expect.incidents
    )
    yield from (f"there is no incident at {name}" for name in expect.incidents if name not in stuck)


def unknown(told: CaseFile, elements: Iterable[str]) -> Iterator[str]:
    """Return a sentence for each element that the case names and no process has."""
    known = sorted(elements)
    for where, element in told.named():
        if element not in known:
            near = get_close_matches(element, known, n=1, cutoff=0.6)
            yield f"{where} names {element}, which no process has" + (f"; is {near[0]} meant?" if near else "")


def hints(seen: Seen, told: CaseFile) -> Iterator[str]:
    """Say what would move the instances on from where they wait."""
    for element, what, how in seen.waits():
        yield f"{element} waits for {what}: {how} moves it on"
    expect = told.expect.path
    if (missing := first_missing(expect, seen.way())) is not None and missing in seen.way():
        yield f"{missing} was entered, but earlier than the path says: look at the order in expect.path"


def first_missing(wanted: Sequence[str], taken: Sequence[str]) -> str | None:
    """Return the first element that is not found behind its forerunner; None if the order holds."""
    rest = iter(taken)
    return next((each for each in wanted if each not in rest), None)


def same(found: Any, wanted: Any) -> bool:
    """Compare as JSON: objects may hold more than was asked for, numbers are numbers."""
    match wanted:
        case Mapping():
            return isinstance(found, Mapping) and all(
                name in found and same(found[name], value) for name, value in wanted.items()
            )
        case list():
            return (
                isinstance(found, list)
                and len(found) == len(wanted)
                and all(same(one, other) for one, other in zip(found, wanted, strict=True))
            )
        case bool() | None:
            return found is wanted
        case _:
            return bool(found == wanted)


def _list(words: Sequence[str]) -> str:
    return ", ".join(words) or "none"
