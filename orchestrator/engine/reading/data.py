"""Data objects, properties and associations → variables and copies.

A data object becomes a variable only where an association that moves something refers to it: drawn as mere
documentation, as modellers for Camunda do, it must not cover a variable of the same name.
"""

from collections.abc import Iterator

from orchestrator.engine import model
from orchestrator.engine.expressions import Text
from orchestrator.engine.reading import names
from orchestrator.engine.reading.file import File
from orchestrator.engine.reading.notes import Place
from orchestrator.engine.xml import Element

_PLACEHOLDER = "__targetRef_placeholder"
"""bpmn-js writes this property where an association only points at the activity."""

_HOLDERS = frozenset({"dataObject", "property"})
_NAMED = _HOLDERS | {"dataInput", "dataOutput", "inputDataItem", "outputDataItem"}


class Data:
    """Names of a file's data, and which of it is in use."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.used: dict[Element, str] = {}
        self._drawn: dict[str, set[str]] = {}
        for reference in file.root.iter(names.BPMN + "dataObjectReference"):
            name, wanted = names.attribute(reference, "name"), names.attribute(reference, "dataObjectRef")
            if name is not None and wanted is not None:
                self._drawn.setdefault(wanted, set()).add(name)

    def variable(self, reference: str | None) -> str | None:
        """Return the variable that a reference to data means; None for stores and placeholders."""
        element = self.file.find(reference)
        if element is not None and names.local(element) == "dataObjectReference":
            element = self.file.find(names.attribute(element, "dataObjectRef"))
        if element is None or names.local(element) not in _NAMED:
            return None
        name = self._name(element)
        if name is not None and names.local(element) in _HOLDERS:
            self.used[element] = name
        return name

    def _name(self, element: Element) -> str | None:
        own, identity = names.attribute(element, "name"), names.attribute(element, "id")
        if own == _PLACEHOLDER:
            return None
        drawn = self._drawn.get(identity or "", set())
        for name in (own, next(iter(drawn)) if len(drawn) == 1 else None):
            if name is not None and name.isidentifier():
                return name
        return identity

    def declared(self, container: Element) -> dict[str, Text | None]:
        """Return the variables that a scope declares; to be asked after its nodes have been read."""
        return {self.used[inner]: None for inner in container if inner in self.used}

    def interface(self, process: Element, name: str) -> tuple[str, ...]:
        """Return the names of a process's data inputs or outputs."""
        specification = names.child(process, "ioSpecification")
        if specification is None:
            return ()
        found = (self._name(entry) for entry in names.children(specification, name))
        return tuple(entry for entry in found if entry is not None)

    def inputs(self, element: Element, place: Place) -> tuple[model.DataAssociation, ...]:
        """Return what is copied in."""
        return tuple(self._associations(element, place, "dataInputAssociation"))

    def outputs(self, element: Element, place: Place) -> tuple[model.DataAssociation, ...]:
        """Return what is copied out."""
        return tuple(self._associations(element, place, "dataOutputAssociation"))

    def source_of(self, element: Element, wanted: str) -> str | None:
        """Return the variable that is copied to one data input."""
        for association in names.children(element, "dataInputAssociation"):
            if names.child_text(association, "targetRef") == wanted:
                return self.variable(names.child_text(association, "sourceRef"))
        return None

    def target_of(self, element: Element, wanted: str) -> str | None:
        """Return the variable that one data output is copied to."""
        for association in names.children(element, "dataOutputAssociation"):
            if names.child_text(association, "sourceRef") == wanted:
                return self.variable(names.child_text(association, "targetRef"))
        return None

    def _associations(self, element: Element, place: Place, name: str) -> Iterator[model.DataAssociation]:
        for association in names.children(element, name):
            target, source = names.child_text(association, "targetRef"), names.child_text(association, "sourceRef")
            change = names.child(association, "transformation")
            assignments = tuple(self._assignments(association, place))
            if change is None and not assignments and (source is None or not self._is_data(target)):
                continue
            into = self.variable(target)
            if into is None:
                continue
            origin = self.variable(source)
            if origin is None and change is None and not assignments:
                continue
            yield model.DataAssociation(
                source=origin,
                target=into,
                transformation=None if change is None else self.file.notes.condition(change, place, "transformation"),
                assignments=assignments,
            )

    def _is_data(self, reference: str | None) -> bool:
        """Whether the far end is real data; looking must not put a data object to use."""
        element = self.file.find(reference)
        return element is not None and element.get("name") != _PLACEHOLDER

    def _assignments(self, association: Element, place: Place) -> Iterator[model.Assignment]:
        for assignment in names.children(association, "assignment"):
            origin, target = names.child(assignment, "from"), names.child_text(assignment, "to")
            if origin is None or target is None:
                self.file.notes.error("mapping-incomplete", place, f"An assignment of {place.label} lacks from or to.")
                continue
            source = self.file.notes.condition(origin, place, "assignment")
            known = self.variable(target)
            path = (known,) if known is not None else tuple(target.removeprefix("=").split("."))
            if source is not None:
                yield model.Assignment(source=source, target=path)
