"""Decimal numbers with 34 digits; whole numbers stay plain integers while they fit."""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any, Final

from orchestrator.engine.feel.errors import Refusal

Number = int | float | Decimal

CONTEXT: Final = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
WIDE: Final = Context(prec=12_400, Emin=-12_400, Emax=12_400, traps=[InvalidOperation])  #: exact steps of rounding
_MAX_EXPONENT: Final = 999_999_999
_WHOLE: Final = 10**34  #: an int of this size or more is rounded as a decimal


def decimal(value: Number) -> Decimal:
    """Return a number as a decimal; a float counts as the shortest text that means it, so 0.1 is a tenth."""
    if type(value) is Decimal:
        return value
    if type(value) is float:
        number = Decimal(repr(value))
        if not number.is_finite():
            raise Refusal("a number that is infinite or not a number has no value here")
        return number
    return CONTEXT.create_decimal(value)


def parse(text: str) -> Number:
    """Read a numeric literal."""
    if text.isdigit() and len(text) < 34:  # noqa: PLR2004 - digits of a decimal
        return int(text)
    try:
        return CONTEXT.create_decimal(text)
    except DecimalException:
        raise Refusal(f"{text} is too large a number") from None


def fit(value: int) -> Number:
    """Keep a whole number within 34 digits."""
    if -_WHOLE < value < _WHOLE:
        return value
    return decimal(value)


def _checked(operation: str, result: Decimal) -> Decimal:
    if not result.is_finite():
        raise Refusal(f"{operation} has no finite result")
    return result


def add(a: Number, b: Number) -> Number:
    """Return a + b."""
    if type(a) is int and type(b) is int:
        return fit(a + b)
    return _run("addition", CONTEXT.add, a, b)


def subtract(a: Number, b: Number) -> Number:
    """Return a - b."""
    if type(a) is int and type(b) is int:
        return fit(a - b)
    return _run("subtraction", CONTEXT.subtract, a, b)


def multiply(a: Number, b: Number) -> Number:
    """Return a * b."""
    if type(a) is int and type(b) is int:
        return fit(a * b)
    return _run("multiplication", CONTEXT.multiply, a, b)


def divide(a: Number, b: Number) -> Number:
    """Return a / b."""
    if not b:
        raise Refusal("division by zero")
    if type(a) is int and type(b) is int and a % b == 0:
        return a // b
    return _run("division", CONTEXT.divide, a, b)


def power(a: Number, b: Number) -> Number:
    """Return a ** b."""
    if type(a) is int and type(b) is int and b >= 0 and a.bit_length() * b <= 110:  # noqa: PLR2004 - 33 digits
        return int(a**b)
    if not -_MAX_EXPONENT <= b <= _MAX_EXPONENT:
        raise Refusal(f"the exponent {show(b)} is out of range")
    if not a and not b:
        return 1
    return _run("exponentiation", CONTEXT.power, a, b)


def modulo(a: Number, b: Number) -> Number:
    """Return the remainder with the divisor's sign."""
    if not b:
        raise Refusal("modulo by zero")
    if type(a) is int and type(b) is int:
        return a % b
    x, y = decimal(a), decimal(b)
    rest = _run("modulo", CONTEXT.remainder, x, y)
    return _run("modulo", CONTEXT.add, rest, y) if rest and (rest < 0) != (y < 0) else rest


def negate(a: Number) -> Number:
    """Return -a."""
    return -a if type(a) is int else _tidy(CONTEXT.minus(decimal(a)))


def _run(operation: str, function: Any, a: Number, b: Number) -> Number:
    try:
        return _tidy(_checked(operation, function(decimal(a), decimal(b))))
    except DecimalException:
        raise Refusal(f"{operation} of {show(a)} and {show(b)} has no result") from None


def _tidy(value: Decimal) -> Decimal:
    return value or abs(value)  # there is no negative zero in FEEL


def whole(value: Any, what: str) -> int:
    """Return a number without its fraction, for positions and lengths."""
    if type(value) is int:
        return value
    number = decimal(value)
    if abs(number) >= _WHOLE:
        raise Refusal(f"{what} is too large")
    return int(number)


def round_to(value: Number, scale: int, mode: str) -> Number:
    """Round to a number of digits behind the point."""
    if not -6111 <= scale <= 6176:  # noqa: PLR2004 - the standard's limits
        raise Refusal("the scale must be between -6111 and 6176")
    number = decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= scale:
        return value
    rounded = number.quantize(Decimal((0, (1,), -scale)), rounding=mode, context=WIDE)
    return _tidy(CONTEXT.plus(rounded))


def simplify(value: Number) -> Number:
    """Return a whole number as ``int``."""
    if type(value) is int:
        return value
    number = decimal(value)
    if number == number.to_integral_value() and number.adjusted() < 34:  # noqa: PLR2004
        return int(number)
    return number


def show(value: Number) -> str:
    """Return the shortest plain text of a number."""
    if type(value) is int:
        return str(value)
    number = decimal(value)
    if not number:
        return "0"
    return f"{number.normalize(WIDE):f}" if abs(number.adjusted()) < 100 else str(number.normalize(WIDE))  # noqa: PLR2004
