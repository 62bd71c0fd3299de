"""What a search asks for and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Sort: TypeAlias = tuple[str, Literal["asc", "desc"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which part of the result: from an offset, or after or before a cursor."""

    limit: int = 100
    from_: int = 0
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the result, and how to ask for its neighbours."""

    items: Sequence[dict[str, Any]]
    total: int
    start_cursor: str | None = None
    end_cursor: str | None = None
    has_more: bool = False
