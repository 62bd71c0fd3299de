"""What one question to a language model cost: tokens and money, as its answer tells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self

NANO: Final = 1_000_000_000  #: money is kept in whole billionths, so that sums are exact on every database
_TOLD: Final = frozenset({"usage", "cost", "provider", "model"})  #: what an answer of a language model has
_MOST: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One provider asked once, in vain or not."""

    provider: str
    model: str
    problem: str | None = None  #: why there was no answer
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    requests: int = 0  #: sent to the provider; none by the rules of the demo
    cost: int | None = 0  #: in billionths of the currency; None where no price is known
    currency: str = "USD"
    simulated: bool = False  #: rules answered, no language model

    @classmethod
    def all_of(cls, response: Any) -> Sequence[Self]:
        """Read the calls behind a connector's answer, the one that answered last; none where no model was asked."""
        if not isinstance(response, Mapping) or not response.keys() >= _TOLD:
            return ()
        usage, cost = _mapping(response["usage"]), _mapping(response["cost"])
        failures = [each for each in _sequence(response.get("failures")) if isinstance(each, Mapping)]
        answered = cls(
            provider=str(response["provider"])[:255],
            model=str(response["model"])[:255],
            tokens_in=_count(usage.get("input_tokens")),
            tokens_out=_count(usage.get("output_tokens")),
            tokens_cached=_count(usage.get("cache_read_tokens")),
            requests=_count(usage.get("requests")),
            cost=_nanos(cost.get("amount")),
            currency=str(cost.get("currency") or "USD")[:8],
            simulated=bool(response.get("note")) and _count(usage.get("requests")) == 0,
        )
        return (*(cls._failed(each) for each in failures), answered)

    @classmethod
    def _failed(cls, failure: Mapping[str, Any]) -> Self:
        provider, model = (str(failure.get(name) or "")[:255] for name in ("provider", "model"))
        return cls(provider=provider, model=model, problem=str(failure.get("problem") or "no answer")[:10_000])


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _count(value: Any) -> int:
    return min(max(value, 0), _MOST) if isinstance(value, int) else 0


def _nanos(amount: Any) -> int | None:
    """Return billionths, rounded; None where it is no amount of money."""
    try:
        found = round(Decimal(str(amount)) * NANO) if amount is not None else None
    except (InvalidOperation, OverflowError, ValueError):
        return None
    return found if found is None or 0 <= found < _MOST else None
