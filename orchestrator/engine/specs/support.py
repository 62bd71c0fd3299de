"""What a model asks for that is not run (yet): refused at deployment, never misread."""

from collections.abc import Iterator

from orchestrator.domain.finding import Finding
from orchestrator.engine.model import Node, Process, Scope


def unsupported(process: Process) -> list[Finding]:
    """Return one error for each construct that would not run as drawn."""
    return list(_in_scope(process.body))


def _in_scope(body: Scope) -> Iterator[Finding]:
    line = [body]
    for scope in line:
        for node in scope.nodes.values():
            if node.body is not None:
                line.append(node.body)
            yield from _of_node(node)


def _of_node(node: Node) -> Iterator[Finding]:
    for listener in node.task_listeners:
        if listener.event not in {"creating", "completing"}:
            message = f"Task listeners for '{listener.event}' are not run: use 'creating' or 'completing'."
            yield _refused("task-listener-event", node, message)


def _refused(rule: str, node: Node, message: str) -> Finding:
    return Finding(rule=rule, message=message, element_id=node.id, element_name=node.name, line=node.line)
