"""Functions whose values differ from call to call: drawn from what the evaluation is given, so that it can be repeated.

The values are unlike each other, and the same when a step is done again; they are no secrets.
"""

import hashlib
from decimal import Decimal
from typing import Final
from uuid import UUID

from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import Number, simplify
from orchestrator.engine.feel.runtime import Run

_DIGITS: Final = 17


def _drawn(run: Run, name: str) -> bytes:
    if run.draw is None:
        raise Refusal(f"{name}: there is no chance here, as the same question must have the same answer")
    return hashlib.sha256(f"{name} {run.draw()}".encode()).digest()


@builtin("random number()")
def _random_number(run: Run) -> Number:
    """Return a number from 0, below 1."""
    drawn = int.from_bytes(_drawn(run, "random number")) % 10**_DIGITS
    return simplify(Decimal(drawn).scaleb(-_DIGITS))


@builtin("uuid()")
def _uuid(run: Run) -> str:
    return str(UUID(bytes=_drawn(run, "uuid")[:16], version=4))
