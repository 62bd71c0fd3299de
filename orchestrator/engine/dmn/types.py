"""Item definitions as FEEL types."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.dmn.model import Import, ItemDefinition
from orchestrator.engine.feel.errors import FeelError, FeelSyntaxError
from orchestrator.engine.feel.expression import UnaryTests, compile_unary_tests
from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.names import NameIndex
from orchestrator.engine.feel.parser import Parser
from orchestrator.engine.feel.types import (
    ANY,
    SIMPLE_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    resolve,
)

_ALIASES: Mapping[str, str] = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "daysAndTimeDuration": "days and time duration",
    "yearsAndMonthsDuration": "years and months duration",
    "integer": "number",
    "long": "number",
    "double": "number",
    "decimal": "number",
    "duration": "days and time duration",
}

Find = Callable[[str], FeelType | None]


@dataclass(frozen=True, slots=True)
class Lazy(FeelType):
    """A named type that is looked up when it is needed, so that types may contain themselves."""

    name: str
    find: Callable[[str], FeelType | None]

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        found = self.find(self.name)
        return found is not None and found.accepts(value)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Allowed(FeelType):
    """A type of which only some values are allowed."""

    name: str
    base: FeelType
    tests: UnaryTests

    def accepts(self, value: Any) -> bool:
        """Whether a value that is not null is of this type."""
        if not self.base.accepts(value):
            return False
        try:
            return self.tests.evaluate(value, {}) is True
        except FeelError:
            return False

    def __str__(self) -> str:
        return self.name


class TypeTable:
    """The types of one model and, behind their prefixes, those of the models it imports."""

    def __init__(
        self,
        items: Iterable[ItemDefinition],
        imports: Iterable[Import],
        prefixes: Mapping[str, str],
        imported: Mapping[str, "TypeTable"],
        limits: Limits,
    ) -> None:
        self._items = {item.name: item for item in items}
        self._made: dict[str, FeelType] = {}
        self._bare: dict[str, FeelType] = {}  #: the same without allowed values, which ``instance of`` disregards
        self._imported = {
            **{prefix: imported[uri] for prefix, uri in prefixes.items() if uri in imported},
            **{each.name: imported[each.namespace] for each in imports if each.name and each.namespace in imported},
        }
        self._merged = [imported[each.namespace] for each in imports if not each.name and each.namespace in imported]
        self._limits = limits
        self.problems: list[tuple[str, str, int | None]] = []  #: type, sentence, line
        self._refuse_circles()
        for item in self._items.values():
            self._bare[item.name] = self._whole(item, self.find_bare)
        for item in self._items.values():
            self._made[item.name] = self._make(item)

    def _refuse_circles(self) -> None:
        """Note types that are nothing but each other; a type may contain itself, but not be itself."""
        for item in list(self._items.values()):
            passed, reached = [item.name], item
            while reached.type_ref in self._items and not (reached.components or reached.function):
                reached = self._items[reached.type_ref]
                passed.append(reached.name)
                if reached.name in passed[:-1]:
                    circle = " → ".join(passed)
                    self.problems.append((item.name, f"The types {circle} are defined by each other.", item.line))
                    del self._items[item.name]
                    break

    def find(self, name: str) -> FeelType | None:
        """Return a type by the name that a model calls it."""
        if name in self._items:
            return self._made.get(name) or Lazy(name, self._made.get)
        elsewhere = self._elsewhere(name)
        if elsewhere is not None:
            return elsewhere[0].find(elsewhere[1])
        return self._builtin(name)

    def find_bare(self, name: str) -> FeelType | None:
        """Return a type as expressions mean it: without its allowed values."""
        if name in self._items:
            return self._bare.get(name) or Lazy(name, self._bare.get)
        elsewhere = self._elsewhere(name)
        if elsewhere is not None:
            return elsewhere[0].find_bare(elsewhere[1])
        return self._builtin(name)

    def _elsewhere(self, name: str) -> tuple["TypeTable", str] | None:
        """Return the imported model's types and the name there, for a name with an import's prefix."""
        for prefix in sorted(self._imported, key=len, reverse=True):
            rest = name.removeprefix(prefix)
            if rest[:1] in (".", ":") and len(rest) < len(name):
                return self._imported[prefix], rest[1:]
        return next(((table, name) for table in self._merged if table.find(name) is not None), None)

    def _builtin(self, name: str) -> FeelType | None:
        if "<" in name:
            return self._parsed(name)
        name = name.rpartition(":")[2].removeprefix("feel.")
        return SIMPLE_TYPES.get(_ALIASES.get(name, name))

    def _parsed(self, text: str) -> FeelType | None:
        """Return a type that is written as FEEL writes it, such as ``list<number>``."""
        try:
            return resolve(Parser(text, NameIndex(self._items), self._limits).type(), self.find)
        except FeelSyntaxError:
            return None

    def of(self, type_ref: str | None) -> FeelType:
        """Return the type of a reference; none means any, and so does one that is not known."""
        if type_ref is None:
            return ANY
        return self.find(type_ref) or ANY

    def _make(self, item: ItemDefinition) -> FeelType:
        base = self._single(item, self._make, self.find)
        if item.allowed:
            base = self._restricted(item, base, item.allowed)
        if item.is_collection:
            base = ListType(base)
        if item.constraint:
            base = self._restricted(item, base, item.constraint)
        return base

    def _whole(self, item: ItemDefinition, find: Find) -> FeelType:
        base = self._single(item, lambda component: self._whole(component, find), find)
        return ListType(base) if item.is_collection else base

    def _single(self, item: ItemDefinition, make: Callable[[ItemDefinition], FeelType], find: Find) -> FeelType:
        if item.components:
            return ContextType(tuple((component.name, make(component)) for component in item.components))
        if item.function is not None:
            parameters, result = item.function
            types = tuple(self._reference(each.type_ref, item, find) for each in parameters)
            return FunctionType(types, self._reference(result, item, find))
        return self._reference(item.type_ref, item, find)

    def _reference(self, type_ref: str | None, item: ItemDefinition, find: Find) -> FeelType:
        if type_ref is None:
            return ANY
        found = find(type_ref)
        if found is None:
            problem = (item.name, f"The type '{type_ref}' of '{item.name}' is not known.", item.line)
            self.problems += [problem] if problem not in self.problems else []
            return ANY
        return found

    def _restricted(self, item: ItemDefinition, base: FeelType, text: str) -> FeelType:
        try:
            tests = compile_unary_tests(text, limits=self._limits, types=self.find_bare)
        except FeelSyntaxError as error:
            self.problems.append(
                (item.name, f"The allowed values of '{item.name}' cannot be read: {error}.", item.line)
            )
            return base
        return Allowed(item.name, base, tests)

    def members(self) -> set[str]:
        """Return the names of all components, here and in imported models."""
        names: set[str] = set()
        pending = list(self._items.values())
        while pending:
            item = pending.pop()
            names |= {component.name for component in item.components}
            pending += item.components
        return names.union(*(table.members() for table in {*self._imported.values(), *self._merged}))
