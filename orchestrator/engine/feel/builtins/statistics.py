"""Functions that make one number of many."""

from functools import reduce
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.values import is_number, type_name

Items = list[Any]


def _numbers(items: Items, name: str) -> Items:
    if not items:
        raise Refusal(f"{name}: the list is empty")
    for item in items:
        if not is_number(item):
            raise Refusal(f"{name}: {type_name(item)} is not a number")
    return items


def _total(items: Items) -> numbers.Number:
    return reduce(numbers.add, items)


@builtin("sum(...list: list)")
def _sum(_: Run, items: Items) -> numbers.Number:
    return numbers.simplify(_total(_numbers(items, "sum")))


@builtin("product(...list: list)")
def _product(_: Run, items: Items) -> numbers.Number:
    return numbers.simplify(reduce(numbers.multiply, _numbers(items, "product")))


@builtin("mean(...list: list)")
def _mean(_: Run, items: Items) -> numbers.Number:
    return numbers.simplify(_average(_numbers(items, "mean")))


def _average(items: Items) -> numbers.Number:
    return numbers.divide(_total(items), len(items))


@builtin("median(...list: list)")
def _median(_: Run, items: Items) -> numbers.Number:
    ordered = _ordered(_numbers(items, "median"))
    middle, odd = divmod(len(ordered), 2)
    return numbers.simplify(ordered[middle] if odd else _average(ordered[middle - 1 : middle + 1]))


def _ordered(items: Items) -> Items:
    return sorted(items, key=numbers.decimal)


@builtin("stddev(...list: list)")
def _stddev(_: Run, items: Items) -> numbers.Number:
    if len(_numbers(items, "stddev")) == 1:
        raise Refusal("stddev: one number has no deviation")
    mean = _average(items)
    squares = [numbers.power(numbers.subtract(item, mean), 2) for item in items]
    variance = numbers.divide(_total(squares), len(items) - 1)
    return numbers.simplify(numbers.CONTEXT.sqrt(numbers.decimal(variance)))


@builtin("mode(...list: list)")
def _mode(_: Run, items: Items) -> Items:
    if not items:
        return []
    counts: dict[Any, int] = {}
    for item in _ordered(_numbers(items, "mode")):
        key = numbers.decimal(item)
        counts[key] = counts.get(key, 0) + 1
    most = max(counts.values())
    return [numbers.simplify(value) for value, count in counts.items() if count == most]
