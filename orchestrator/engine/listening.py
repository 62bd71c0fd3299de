"""Whether a user task's listeners have to be asked before something is done to it."""

from orchestrator.engine.definition import Definition


def has_task_listeners(definition: Definition, element_id: str, event: str) -> bool:
    """Whether the model has task listeners for this event of a user task."""
    scopes = [definition.process.body]
    for scope in scopes:
        node = scope.nodes.get(element_id)
        if node is not None:
            return any(each.event == event for each in node.task_listeners)
        scopes += [inner.body for inner in scope.nodes.values() if inner.body is not None]
    return False
