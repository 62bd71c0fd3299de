"""The part of the grammar that finds out where a name ends."""

from collections.abc import Iterable

from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.names import PROPERTIES, STOP_WORDS, NameIndex, join
from orchestrator.engine.feel.stream import TokenStream
from orchestrator.engine.feel.tokens import Kind

_SYMBOLS = frozenset("+-*/.'\u2019")
_PROPERTY_INDEX = NameIndex(PROPERTIES)


def member_index(names: Iterable[str]) -> NameIndex:
    """Return an index of names of entries, which count after a dot and within a filter."""
    return NameIndex(names, _PROPERTY_INDEX)


class NameRules(TokenStream):
    """Rules for names that are declared and for names that are used."""

    function_names: frozenset[str] = frozenset()  #: set by whoever knows the library

    def __init__(self, text: str, known: NameIndex, limits: Limits, members: NameIndex | None = None) -> None:
        super().__init__(text, limits)
        self.scopes: list[NameIndex] = [known]
        self.members = NameIndex((), _PROPERTY_INDEX if members is None else members)
        self.filters = 0  #: brackets around this place within which entries count as variables

    def name_until(self, *ends: str) -> str:
        """Take a name that is being declared: everything up to a delimiter."""
        begin = self.index
        while not any(self.at(end) for end in ends):
            token = self.token
            allowed = token.kind in (Kind.NAME, Kind.NUMBER, Kind.QUOTED) or token.text in _SYMBOLS
            if not allowed or token.kind is Kind.STRING:
                raise self.error(f"expected a name and then {' or '.join(map(repr, ends))}, found {self.found()}")
            self.index += 1
        taken = self.tokens[begin : self.index]
        if not taken or taken[0].kind not in (Kind.NAME, Kind.QUOTED):
            raise self.error(f"expected a name, found {self.found()}")
        return join(taken, self.text)

    def key(self) -> str:
        """Take the key of an entry or the name of an argument, with the colon."""
        if self.token.kind is Kind.STRING or self.token.kind is Kind.QUOTED:
            name = self.next().text
            self.expect(":")
            return name
        name = self.name_until(":")
        self.expect(":")
        return name

    def name(self, *, property_of: bool = False) -> str:
        """Take the longest known name; where none is known, all words that follow each other."""
        if self.token.kind is Kind.QUOTED:
            return self.next().text
        name, length = self._longest(property_of)
        after = self.tokens[self.index + length]
        if length == 0 or (after.kind is Kind.NAME and after.text not in STOP_WORDS):
            begin = self.index
            self.index += 1
            while self._continues_name():
                self.index += 1
            return join(self.tokens[begin : self.index], self.text)
        self.index += length
        return name

    def _longest(self, property_of: bool) -> tuple[str, int]:  # noqa: FBT001
        best, length = "", 0
        indexes = [*self.scopes, self.members] if property_of or self.filters else self.scopes
        for scope in indexes:
            name, size = scope.longest(self.tokens, self.index)
            if size > length and self._may_be(name, size):
                best, length = name, size
        return best, length

    def _may_be(self, name: str, size: int) -> bool:
        """Accept a built-in function's name of several words only where it is called or passed on."""
        if size == 1 or name not in self.function_names:
            return True
        return self.tokens[self.index + size].text in ("(", ",", ")") or any(
            scope.longest(self.tokens, self.index)[0] == name for scope in self.scopes[1:]
        )

    def begins_known_name(self) -> bool:
        """Whether a variable's name begins here, even with a keyword."""
        return any(scope.longest(self.tokens, self.index)[1] > 0 for scope in self.scopes)

    def _continues_name(self) -> bool:
        token = self.token
        if token.kind is Kind.NUMBER:
            return True
        return token.kind is Kind.NAME and token.text not in STOP_WORDS

    def is_named_argument(self) -> bool:
        """Whether a name and a colon follow."""
        place = self.index
        if self.tokens[place].kind in (Kind.STRING, Kind.QUOTED):
            return self.at(":", 1)
        if self.tokens[place].kind is not Kind.NAME:
            return False
        while self.tokens[place].kind in (Kind.NAME, Kind.NUMBER) or self.tokens[place].text in _SYMBOLS:
            place += 1
            if self.tokens[place].kind is Kind.END:
                return False
        return self.tokens[place].kind is Kind.SYMBOL and self.tokens[place].text == ":"
