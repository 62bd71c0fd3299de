"""Gaps and overlaps."""

from orchestrator.domain.finding import Finding
from orchestrator.engine.dmn import model as m
from orchestrator.engine.feel.limits import Limits


def check_table(table: m.Table, decision: m.Decision, limits: Limits) -> list[Finding]:
    """Check."""
    del table, decision, limits
    return []
