"""Ask a deployed decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """The answer, and which rules gave it."""

    decision_key: Key
    decision_id: str
    name: str | None
    version: int
    requirements_key: Key
    requirements_id: str
    output: Any
    audit: Any
    tenant: str


def evaluate(
    rt: Runtime,
    who: Principal,
    *,
    decision_id: str | None = None,
    decision_key: Key | None = None,
    variables: Mapping[str, Any] | None = None,
) -> Evaluated:
    """Evaluate the newest version by id, or exactly one by key."""
    raise NotImplementedError
