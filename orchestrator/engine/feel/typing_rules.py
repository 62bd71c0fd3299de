"""The part of the grammar that describes types."""

from orchestrator.engine.feel.names import STOP_WORDS, NameIndex, join
from orchestrator.engine.feel.naming import NameRules
from orchestrator.engine.feel.tokens import Kind
from orchestrator.engine.feel.types import (
    SIMPLE_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
)

_TYPE_INDEX = NameIndex(SIMPLE_TYPES)


class TypeRules(NameRules):
    """Rules that the parser inherits."""

    def type(self) -> FeelType:
        """Parse a type."""
        self.deeper()
        made = self._type()
        self.nesting -= 1
        return made

    def _type(self) -> FeelType:
        if self.at("list", 0) and self.at("<", 1):
            return ListType(self._argument())
        if self.at("range", 0) and self.at("<", 1):
            return RangeType(self._argument())
        if self.at("context", 0) and self.at("<", 1):
            return self._context_type()
        if self.at("function", 0) and self.at("<", 1):
            return self._function_type()
        return self._named_type()

    def _argument(self) -> FeelType:
        self.index += 2
        inner = self.type()
        self.expect(">")
        return inner

    def _context_type(self) -> FeelType:
        self.index += 2
        entries: list[tuple[str, FeelType]] = []
        while not self.accept(">"):
            name = self.name_until(":")
            self.expect(":")
            entries.append((name, self.type()))
            if not self.at(">"):
                self.expect(",")
        return ContextType(tuple(entries))

    def _function_type(self) -> FeelType:
        self.index += 2
        parameters: list[FeelType] = []
        while not self.accept(">"):
            parameters.append(self.type())
            if not self.at(">"):
                self.expect(",")
        self.expect("->")
        return FunctionType(tuple(parameters), self.type())

    def _named_type(self) -> FeelType:
        name, length = _TYPE_INDEX.longest(self.tokens, self.index)
        for scope in self.scopes:
            other, size = scope.longest(self.tokens, self.index)
            if size > length:
                name, length = other, size
        begin = self.index
        if length:
            self.index += length
        else:
            self._skip_words()
        while self.at(".") and self.tokens[self.index + 1].kind is Kind.NAME:  # a type of an imported model
            self.index += 1
            self._skip_words()
            name = ""
        name = name or join(self.tokens[begin : self.index], self.text)
        return SIMPLE_TYPES.get(name) or NamedType(name)

    def _skip_words(self) -> None:
        if self.tokens[self.index].kind is not Kind.NAME or self.tokens[self.index].text in STOP_WORDS:
            raise self.error("expected a type")
        while self.tokens[self.index].kind is Kind.NAME and self.tokens[self.index].text not in STOP_WORDS:
            self.index += 1
