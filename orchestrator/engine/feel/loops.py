"""Closures of what repeats: filters, ``for``, ``some`` and ``every``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import simplify
from orchestrator.engine.feel.runtime import Code, Frame
from orchestrator.engine.feel.temporal import Date
from orchestrator.engine.feel.values import NUMBER_TYPES, Range, type_name

if TYPE_CHECKING:
    from orchestrator.engine.feel.compiler import Compiler

_NODES_PER_STEP = 16


def compile_filter(compiler: "Compiler", node: s.Filter) -> Code:
    """Compile ``list[condition]`` and ``list[index]``."""
    source, position, cost = compiler.code(node.source), node.position, weight(node.condition)
    constant = _constant_index(node.condition)
    if constant is not None:
        return lambda frame: _pick(frame, source(frame), constant, position)
    condition = compiler.inner(node.condition)

    def select(frame: Frame) -> Any:
        value = source(frame)
        if value is None:
            frame.run.warn("null has no items", position)
            return None
        items = value if isinstance(value, list) else [value]
        return _select(frame, items, condition, cost, position)

    return select


def weight(node: s.Node) -> int:
    """Return how many steps one round of something costs: more where the expression that repeats is long."""
    return 1 + node.cost // _NODES_PER_STEP


def _constant_index(node: s.Node) -> Any:
    if isinstance(node, s.Literal) and type(node.value) in NUMBER_TYPES:
        return node.value
    if isinstance(node, s.Negation) and isinstance(node.operand, s.Literal) and type(node.operand.value) is int:
        return -node.operand.value
    return None


def _pick(frame: Frame, value: Any, index: Any, position: int) -> Any:
    """Return the item at an index from 1, or from -1 backwards."""
    if value is None:
        frame.run.warn("null has no items", position)
        return None
    items = value if isinstance(value, list) else [value]
    place = simplify(index)
    if isinstance(place, int) and place != 0 and abs(place) <= len(items):
        return items[place - 1 if place > 0 else place]
    frame.run.warn(f"there is no item {place} in a list of {len(items)}", position)
    return None


def _select(frame: Frame, items: list[Any], condition: Code, cost: int, position: int) -> Any:
    """Return the items that meet the condition; a condition that is a number is an index."""
    run = frame.run
    run.position = position
    chosen = []
    for place, item in enumerate(items):
        run.charge(cost)
        answer = condition(item_scope(item, frame))
        if answer is True:
            chosen.append(item)
        elif place == 0 and type(answer) in NUMBER_TYPES:
            return (
                _pick_outside(frame, items, condition, position)
                if isinstance(item, dict)
                else _pick(frame, items, answer, position)
            )
        elif answer is not False and answer is not None:
            run.warn(f"the filter is a {type_name(answer)}, not a boolean", position)
    return chosen


def _pick_outside(frame: Frame, items: list[Any], condition: Code, position: int) -> Any:
    """Pick by an index that is not the entry of an item: a number in every item is no condition."""
    index = condition(Frame({}, frame, frame.run))
    if type(index) in NUMBER_TYPES:
        return _pick(frame, items, index, position)
    frame.run.warn("the filter is a number, not a boolean", position)
    return []


def item_scope(item: Any, frame: Frame) -> Frame:
    """Return the scope of a filter: the item's entries, ``item``, then what is around."""
    scope = Frame({"item": item}, frame, frame.run)
    return Frame(item, scope, frame.run) if isinstance(item, Mapping) else scope


def compile_for(compiler: "Compiler", node: s.For) -> Code:
    """Compile ``for … return …``."""
    walk = _compile_iterators(compiler, node.iterators, weight(node.body), node.position)
    body, partial, keeps = compiler.inner(node.body), "partial" in _names_in(node.body), _keeps_scope(node.body)

    def repeat(frame: Frame) -> Any:
        run = frame.run
        results: list[Any] = []
        variables: dict[str, Any] = {"partial": results}
        scope = Frame(variables, frame, run)
        for _ in walk(scope):
            if partial:
                run.charge(len(results))
                run.weigh(results)
                variables["partial"] = list(results)
            results.append(body(Frame(dict(variables), frame, run) if keeps else scope))
            run.check_list(len(results))
        return results

    return _null_when_refused(repeat, node.position)


def compile_quantified(compiler: "Compiler", node: s.Quantified) -> Code:
    """Compile ``some … satisfies …`` and ``every … satisfies …``."""
    walk = _compile_iterators(compiler, node.iterators, weight(node.condition), node.position)
    condition, settles = compiler.inner(node.condition), not node.all_of

    def decide(frame: Frame) -> bool | None:
        answer: bool | None = node.all_of
        scope = Frame({}, frame, frame.run)
        for _ in walk(scope):
            value = condition(scope)
            if value is settles:
                return settles
            if not isinstance(value, bool):
                answer = None
        return answer

    return _null_when_refused(decide, node.position)


def _null_when_refused(code: Code, position: int) -> Code:
    def attempt(frame: Frame) -> Any:
        try:
            return code(frame)
        except Refusal as refusal:
            frame.run.warn(str(refusal), position)
            return None

    return attempt


def _names_in(node: s.Node) -> set[str]:
    own = {node.name} if isinstance(node, s.Name) else set()
    return own.union(*(_names_in(child) for child in s.children(node)))


def _keeps_scope(node: s.Node) -> bool:
    """Whether a function is made here that will remember this very round."""
    return isinstance(node, s.FunctionNode) or any(_keeps_scope(child) for child in s.children(node))


Walk = Callable[[Frame], Iterator[None]]


def _compile_iterators(compiler: "Compiler", iterators: tuple[s.Iterator, ...], cost: int, position: int) -> Walk:
    """Return a generator that sets the variables of one combination after the other in a scope."""
    compiled = tuple(
        (
            iterator.name,
            compiler.inner(iterator.source),
            compiler.inner(iterator.end) if iterator.end is not None else None,
        )
        for iterator in iterators
    )

    def walk(scope: Frame, level: int = 0) -> Iterator[None]:
        variables, run = scope.variables, scope.run
        assert isinstance(variables, dict)  # noqa: S101 - the loop's own scope
        name, source, end = compiled[level]
        values = spread(source(scope)) if end is None else count_range(source(scope), end(scope))
        for value in values:
            run.position = position
            run.charge(cost)
            variables[name] = value
            if level + 1 < len(compiled):
                yield from walk(scope, level + 1)
            else:
                yield
        variables.pop(name, None)

    return walk


def spread(value: Any) -> Iterable[Any]:
    """Return what a loop visits: a list's items, a range's values, or the value alone."""
    if isinstance(value, list):
        return value
    if value is None:
        raise Refusal("null cannot be iterated over")
    if isinstance(value, Range):
        if value.start is None or value.end is None:
            raise Refusal("a range without end cannot be iterated over")
        return count_range(value.start, value.end, skip_first=not value.start_included, with_last=value.end_included)
    return [value]


def count_range(start: Any, end: Any, *, skip_first: bool = False, with_last: bool = True) -> Iterable[Any]:
    """Count from one whole number or date to another, up or down, one by one."""
    if isinstance(start, Date) and isinstance(end, Date):
        first, last = start.days, end.days
    else:
        first, last = _whole(start), _whole(end)
    step = 1 if first <= last else -1
    numbers = range(first + step * skip_first, last + step * with_last, step)
    return (Date.of_days(day) for day in numbers) if isinstance(start, Date) else numbers


def _whole(value: Any) -> int:
    number = simplify(value) if type(value) in NUMBER_TYPES else None
    if not isinstance(number, int):
        raise Refusal(f"a range that is iterated over goes between whole numbers or dates, not {type_name(value)}")
    return number
