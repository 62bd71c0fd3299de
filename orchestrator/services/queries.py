"""The read side: search, get, count."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page, PageRequest, Sort
from orchestrator.services.runtime import Runtime

Noun: TypeAlias = Literal[
    "definitions",
    "instances",
    "element_instances",
    "jobs",
    "user_tasks",
    "variables",
    "incidents",
    "messages",
    "message_subscriptions",
    "timers",
    "decisions",
    "decision_instances",
    "forms",
    "audit",
    "deployments",
    "models",
    "users",
    "groups",
    "tokens",
]


def search(
    rt: Runtime,
    who: Principal,
    noun: Noun,
    *,
    filter: Mapping[str, Any] | None = None,
    sort: Sequence[Sort] = (),
    page: PageRequest | None = None,
) -> Page:
    """Return the rows that fit, as dictionaries; unknown fields are ``Invalid``."""
    raise NotImplementedError


def get(rt: Runtime, who: Principal, noun: Noun, key: Key) -> dict[str, Any]:
    """Return one row, or raise ``NotFound``."""
    raise NotImplementedError


def statistics(
    rt: Runtime, who: Principal, *, definition_key: Key | None = None, instance_key: Key | None = None
) -> dict[str, dict[str, int]]:
    """Count element instances: element id to active, completed, terminated, incidents."""
    raise NotImplementedError


def flows_taken(rt: Runtime, who: Principal, instance_key: Key) -> dict[str, int]:
    """Count how often each sequence flow was taken."""
    raise NotImplementedError


def overview(rt: Runtime, who: Principal) -> dict[str, Any]:
    """Return the numbers of the dashboard."""
    raise NotImplementedError
