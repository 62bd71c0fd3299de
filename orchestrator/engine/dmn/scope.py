"""What a boxed expression sees while it is evaluated."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from orchestrator.engine.dmn.audit import Journal
from orchestrator.engine.feel.runtime import Run


@dataclass(frozen=True, slots=True)
class Scope:
    """Variables, and the evaluation they belong to."""

    run: Run
    variables: Mapping[str, Any]
    journal: Journal

    def extended(self, more: Mapping[str, Any]) -> "Scope":
        """Return a scope inside of this one."""
        return Scope(self.run, {**self.variables, **more}, self.journal)


Logic: TypeAlias = Callable[[Scope], Any]
