"""Functions of numbers."""

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)
from typing import Any

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.arithmetic import negate
from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import Number
from orchestrator.engine.feel.runtime import STEPS_OF_A_SERIES, Run
from orchestrator.engine.feel.temporal import Days, Months


def _rounding(mode: str) -> Callable[..., Number]:
    def round_number(_: Run, number: Number, scale: Number | None = 0) -> Number:
        return numbers.simplify(numbers.round_to(number, numbers.whole(scale or 0, "the scale"), mode))

    return round_number


builtin("floor(n: number, scale?: number)")(_rounding(ROUND_FLOOR))
builtin("ceiling(n: number, scale?: number)")(_rounding(ROUND_CEILING))
builtin("decimal(n: number, scale: number)")(_rounding(ROUND_HALF_EVEN))
builtin("round up(n: number, scale: number)")(_rounding(ROUND_UP))
builtin("round down(n: number, scale: number)")(_rounding(ROUND_DOWN))
builtin("round half up(n: number, scale: number)")(_rounding(ROUND_HALF_UP))
builtin("round half down(n: number, scale: number)")(_rounding(ROUND_HALF_DOWN))


@builtin("abs(n: amount)")
def _abs(_: Run, value: Any) -> Any:
    match value:
        case Days(nanos=amount) | Months(months=amount):
            return negate(value) if amount < 0 else value
        case _:
            return numbers.negate(value) if value < 0 else value


@builtin("modulo(dividend: number, divisor: number)")
def _modulo(_: Run, dividend: Number, divisor: Number) -> Number:
    return numbers.simplify(numbers.modulo(dividend, divisor))


@builtin("sqrt(number: number)")
def _sqrt(run: Run, number: Number) -> Number:
    return _real(run, "the square root", numbers.CONTEXT.sqrt, number)


@builtin("log(number: number)")
def _log(run: Run, number: Number) -> Number:
    if number <= 0:
        raise Refusal("only a positive number has a logarithm")
    return _real(run, "the logarithm", numbers.CONTEXT.ln, number)


@builtin("exp(number: number)")
def _exp(run: Run, number: Number) -> Number:
    return _real(run, "the exponential", numbers.CONTEXT.exp, number)


def _real(run: Run, what: str, function: Callable[[Decimal], Decimal], number: Number) -> Number:
    run.charge(STEPS_OF_A_SERIES)
    try:
        return numbers.simplify(function(numbers.decimal(number)))
    except DecimalException:
        raise Refusal(f"{what} of {numbers.show(number)} has no value") from None


@builtin("even(number: number)")
def _even(_: Run, number: Number) -> bool:
    return numbers.modulo(number, 2) == 0


@builtin("odd(number: number)")
def _odd(_: Run, number: Number) -> bool:
    return numbers.modulo(number, 2) == 1
