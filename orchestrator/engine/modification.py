"""Changing a running instance by hand; beginning one in the middle."""

from typing import Any

from orchestrator.domain.triggers import Modify, Start
from orchestrator.engine.instance import Instance
from orchestrator.engine.problems import Rejected
from orchestrator.engine.scopes import detached
from orchestrator.engine.specs.process import ProcessSpec


def beginnings(specification: ProcessSpec, trigger: Start) -> list[dict[str, Any]] | None:
    """Return where a new instance begins; None: at its none start event."""
    if trigger.start_element is not None:
        payload = {} if trigger.payload is None else detached(trigger.payload)
        return [{"at": trigger.start_element, "caught": True, "result": payload}]
    return None


def modify(instance: Instance, trigger: Modify) -> None:
    """Activate, terminate and move element instances."""
    raise Rejected("Not yet.")
