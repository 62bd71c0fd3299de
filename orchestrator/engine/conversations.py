"""The correlation keys of plain BPMN: the first message of a conversation fixes a property, later ones must equal it.

An instance keeps the values by correlation property. A message that is waited for has the values of all its
properties as its key; before any is fixed, the key is empty, as that of a message sent without one.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from orchestrator.engine import evaluation
from orchestrator.engine.model import MessageEvent

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance

SEPARATOR = "|"
"""Between the values of several properties in one key."""


def learn(task: "ElementInstance", event: MessageEvent, payload: Mapping[str, Any] | None = None) -> None:
    """Fix the properties that a message sent or received gives a value for the first time."""
    for name, path in event.conversation:
        known: dict[str, str] = task.root.internal_data.get("conversation", {})
        if name in known:
            continue
        value = evaluation.value(task, path, payload)
        if value is not None:
            text = evaluation.correlation_text(path, value, task.task_spec.node.id)
            task.root.internal_data.setdefault("conversation", {})[name] = text


def key(task: "ElementInstance", event: MessageEvent) -> str:
    """Return the key of the message that is waited for."""
    known = task.root.internal_data.get("conversation", {})
    values = [known.get(name, "") for name, _ in event.conversation]
    return SEPARATOR.join(values) if any(values) else ""
