"""Scopes of a process with what is around them."""

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.engine.model import Kind, Node, Process, Scope
from orchestrator.engine.reading.notes import Notes, Place


@dataclass(frozen=True, slots=True)
class Where:
    """One scope, the node whose inside it is, and the scope around that; and the notes to write in."""

    process: Process
    scope: Scope
    notes: Notes
    owner: Node | None = None
    up: "Where | None" = None

    @property
    def kind(self) -> Kind | None:
        """What the scope is the inside of; None: of the process itself."""
        return None if self.owner is None else self.owner.kind

    @property
    def place(self) -> Place:
        """Where the scope is."""
        if self.owner is None:
            return Place(self.process.id, self.process.name, self.process.line)
        return place(self.owner)

    def outwards(self) -> "Iterator[Where]":
        """Return this scope and those around it."""
        where: Where | None = self
        while where is not None:
            yield where
            where = where.up


def place(node: Node) -> Place:
    """Return where a node is."""
    return Place(node.id, node.name, node.line)


def label(node: Node) -> str:
    """How a sentence names a node."""
    return place(node).label


def scopes(process: Process, notes: Notes) -> Iterator[Where]:
    """Return all scopes of a process, outer before inner."""
    waiting = [Where(process, process.body, notes)]
    while waiting:
        where = waiting.pop()
        yield where
        inner = [node for node in where.scope.nodes.values() if node.body is not None]
        waiting.extend(Where(process, node.body, notes, node, where) for node in reversed(inner) if node.body)
