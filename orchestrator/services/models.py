"""Drafts of the designer: kept with every version, deployed by hand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file somebody draws."""

    model_key: Key
    name: str
    kind: str  #: bpmn, dmn, form
    revision: int
    content: str
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftVersion:
    """A kept state of a draft; autosaves of one person within minutes are one."""

    model_key: Key
    revision: int
    saved_at: datetime
    saved_by: str
    note: str
    size: int


def create(rt: Runtime, who: Principal, *, name: str, kind: str = "bpmn", content: str) -> Draft:
    """Begin a draft."""
    raise NotImplementedError


def read(rt: Runtime, who: Principal, model_key: Key, revision: int | None = None) -> Draft:
    """Return a draft, or an earlier revision of it."""
    raise NotImplementedError


def save(rt: Runtime, who: Principal, model_key: Key, *, content: str, revision: int, note: str = "") -> Draft:
    """Keep a new revision; ``Conflict`` when somebody saved after ``revision``."""
    raise NotImplementedError


def rename(rt: Runtime, who: Principal, model_key: Key, name: str) -> Draft:
    """Give a draft another name."""
    raise NotImplementedError


def versions(rt: Runtime, who: Principal, model_key: Key) -> list[DraftVersion]:
    """Return the kept revisions, newest first."""
    raise NotImplementedError


def restore(rt: Runtime, who: Principal, model_key: Key, revision: int) -> Draft:
    """Make an earlier revision the newest again."""
    raise NotImplementedError


def delete(rt: Runtime, who: Principal, model_key: Key) -> None:
    """Remove a draft with its revisions."""
    raise NotImplementedError


def list_all(rt: Runtime, who: Principal) -> list[dict[str, Any]]:
    """Return all drafts without their content, last changed first."""
    raise NotImplementedError
