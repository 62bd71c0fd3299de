"""How an attempt ended, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The connector answered; these variables go to the process."""

    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """It may work later; ``after`` is the far side's wish."""

    message: str
    after: timedelta | None = None
    counts: bool = True  #: whether an attempt is used up; not where nothing was tried


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It will not work like this."""

    message: str


@dataclass(frozen=True, slots=True)
class Threw:
    """A business outcome for the process model to catch."""

    code: str
    message: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)


Outcome: TypeAlias = Succeeded | Failed | GaveUp | Threw
