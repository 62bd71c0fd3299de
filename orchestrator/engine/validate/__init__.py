"""Our demands on a model: each finding names a rule, an element and the cure."""

from collections.abc import Iterator, Sequence

from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits
from orchestrator.engine.model import Process


def validate(processes: Sequence[Process], limits: Limits) -> Iterator[Finding]:
    """Hold processes against the contract."""
    del processes, limits
    yield from ()
