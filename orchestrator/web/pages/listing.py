"""Lists whose filter, order and page live in the address, so that a link shows the same list to somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request

from orchestrator.domain.search import Page, PageRequest, Sort
from orchestrator.services import queries
from orchestrator.web.pages.door import caller, number, runtime
from orchestrator.web.pages.ui import here_with

PAGE_SIZE: Final = 50
_FARTHEST_PAGE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list, and the way to its neighbours."""

    rows: Sequence[dict[str, Any]]
    total: int
    number: int  #: of this page, from 1
    size: int
    sort: Sort
    is_capped: bool = False  #: there are more than were counted

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, from 1."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The place of the last row."""
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return self.last < self.total or (self.is_capped and len(self.rows) == self.size)

    def order_by(self, field: str) -> str:
        """Return the address of this list ordered by a column; the other way round if it is already."""
        turned = self.sort == (field, "desc")
        return here_with(sort=f"{field}:{'asc' if turned else 'desc'}", page=None)

    def direction(self, field: str) -> str:
        """Say how the list is ordered by a column, in the words of aria-sort."""
        if self.sort[0] != field:
            return "none"
        return "ascending" if self.sort[1] == "asc" else "descending"


def listed(noun: queries.Noun, criteria: Mapping[str, Any], *, sorts: Sequence[str], default: Sort) -> Listing:
    """Search with the order and page that the address names."""
    sort = _sort(sorts, default)
    number = _page_number()
    page = PageRequest(limit=PAGE_SIZE, from_=(number - 1) * PAGE_SIZE)
    found: Page = queries.search(runtime(), caller(), noun, filter=criteria, sort=[sort], page=page)
    return Listing(found.items, found.total, number, PAGE_SIZE, sort, found.has_more)


def count(noun: queries.Noun, criteria: Mapping[str, Any]) -> int:
    """Count what fits."""
    return queries.search(runtime(), caller(), noun, filter=criteria, page=PageRequest(limit=1)).total


def _sort(allowed: Sequence[str], default: Sort) -> Sort:
    field, _, direction = request.args.get("sort", "").partition(":")
    if field not in allowed:
        return default
    return (field, "asc") if direction == "asc" else (field, "desc")


def _page_number() -> int:
    return min(max(number(request.args.get("page", ""), 1), 1), _FARTHEST_PAGE)
