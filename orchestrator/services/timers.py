"""Fire what is due."""

from orchestrator.services.runtime import Runtime


def fire_due(rt: Runtime, limit: int = 100) -> int:
    """Fire at most this many due timers and timer start events; say how many, so that the caller may go on."""
    raise NotImplementedError
