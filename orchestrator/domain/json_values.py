"""The one gate for JSON from outside: what passes comes back the same from every database."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.limits import Limits

SMALLEST = -(2**63)
LARGEST = 2**64 - 1
NAME_LENGTH = 255


def sanitize(value: Any, limits: Limits, what: str = "value") -> Any:
    """Return plain JSON, or refuse with the path of what does not fit.

    Refused are NUL, lone surrogates, NaN and infinity, whole numbers beyond 64 bits, names that are no text, and
    whatever is deeper or larger than the limits.
    """
    return _plain(value, what, 1, _Budget(limits.variable_bytes, limits.json_depth))


def sanitize_variables(variables: Mapping[str, Any] | None, limits: Limits) -> dict[str, Any]:
    """Return variables that passed, each within the limit of one value and all within an instance's."""
    if variables is None:
        return {}
    if not isinstance(variables, Mapping):
        raise Invalid(f"Variables are an object of names to values, not {_kind(variables)}.")
    passed: dict[str, Any] = {}
    total = 0
    for name, value in variables.items():
        passed[_name(name, "variables")] = _plain(
            value, name, 1, budget := _Budget(limits.variable_bytes, limits.json_depth)
        )
        total += limits.variable_bytes - budget.left
    if total > limits.instance_bytes:
        raise TooLarge(f"The variables have {total} bytes together; at most {limits.instance_bytes} are allowed.")
    return passed


def check_text(text: Any, what: str, *, longest: int = NAME_LENGTH, empty: bool = False) -> str:
    """Return a text from outside that fits a name: not empty, not too long, no NUL, no lone surrogate."""
    if not isinstance(text, str):
        raise Invalid(f"{what} is a text, not {_kind(text)}.")
    if not text and not empty:
        raise Invalid(f"{what} is missing; give at least one letter.")
    if len(text) > longest:
        raise TooLarge(f"{what} has {len(text)} letters; at most {longest} are allowed.")
    return _text(text, what)


class _Budget:
    """Bytes left of one value, counted roughly as its JSON."""

    __slots__ = ("depth", "left", "most")

    def __init__(self, most: int, depth: int) -> None:
        self.most = most
        self.left = most
        self.depth = depth

    def spend(self, size: int, path: str) -> None:
        self.left -= size
        if self.left < 0:
            raise TooLarge(f"{path} is larger than {self.most} bytes; keep large things outside and pass a reference.")


def _plain(value: Any, path: str, depth: int, budget: _Budget) -> Any:
    match value:
        case None | bool():
            budget.spend(4, path)
            return value
        case str():
            budget.spend(len(value.encode("utf-8", "surrogatepass")) + 2, path)
            return _text(value, path)
        case int():
            budget.spend(8, path)
            return _whole(value, path)
        case float():
            budget.spend(8, path)
            if not isfinite(value):
                raise Invalid(f"{path} is {value}, which JSON does not know; use null or a text.")
            return value
        case Mapping():
            _check_depth(depth, path, budget)
            budget.spend(2, path)
            return {
                _member(name, path, budget): _plain(item, f"{path}.{name}", depth + 1, budget)
                for name, item in value.items()
            }
        case list() | tuple():
            _check_depth(depth, path, budget)
            budget.spend(2 + len(value), path)
            return [_plain(item, f"{path}[{position}]", depth + 1, budget) for position, item in enumerate(value)]
        case _:
            raise Invalid(f"{path} is {_kind(value)}, which JSON does not know.")


def _check_depth(depth: int, path: str, budget: _Budget) -> None:
    if depth > budget.depth:
        raise Invalid(f"{path[:80]}… is nested deeper than {budget.depth} levels.")


def _member(name: Any, path: str, budget: _Budget) -> str:
    if not isinstance(name, str):
        raise Invalid(f"{path} has the name {name!r}; names are texts.")
    budget.spend(len(name) + 4, path)
    return _text(name, f"a name in {path}")


def _name(name: Any, what: str) -> str:
    return check_text(name, f"A name in {what}")


def _text(text: str, path: str) -> str:
    if "\0" in text:
        raise Invalid(f"{path[:80]} holds a NUL character; remove it.")
    try:
        text.encode()
    except UnicodeEncodeError as wrong:
        raise Invalid(
            f"{path[:80].encode('ascii', 'replace').decode()} holds half a character (a lone surrogate); remove it."
        ) from wrong
    # a subclass of str would not survive the journey
    return str(text)


def _whole(number: int, path: str) -> int:
    if not SMALLEST <= number <= LARGEST:
        raise Invalid(f"{path} is a whole number beyond 64 bits; pass it as a text.")
    return int(number)


def _kind(value: Any) -> str:
    return f"a {type(value).__name__}"
