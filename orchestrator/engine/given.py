"""All that a step may know besides snapshot and trigger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from orchestrator.domain.keys import Key
from orchestrator.domain.limits import Limits
from orchestrator.engine.definition import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision's answer."""

    decision_id: str
    decision_key: Key | None
    output: Any
    audit: Any = None


class Lookup(Protocol):
    """Finds deployed versions; raises ``LookupError`` with a sentence where there is none."""

    def by_key(self, definition_key: Key) -> Definition:
        """Return exactly this version."""

    def called(self, process_id: str, *, binding: str, version_tag: str | None, caller: Key) -> Definition:
        """Return the version a call activity means; ``caller`` is the calling definition's key."""

    def decide(
        self, decision_id: str, context: Mapping[str, Any], *, binding: str, version_tag: str | None, caller: Key
    ) -> Decided:
        """Evaluate a decision, or raise ``LookupError`` or ``ValueError`` with a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The time, fresh keys, definitions and limits of one step."""

    now: datetime  #: aware, UTC; the only clock of this step
    new_key: Callable[[], Key]  #: the only source of keys, drawn in a fixed order
    lookup: Lookup
    limits: Limits = field(default_factory=Limits)
