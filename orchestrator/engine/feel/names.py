"""Names with spaces and operators in them: which tokens form a name depends on the names that are known."""

from collections.abc import Iterable, Sequence

from orchestrator.engine.feel.errors import FeelSyntaxError
from orchestrator.engine.feel.tokens import Kind, Token, tokenize

STOP_WORDS = frozenset({"and", "or", "in", "between", "instance", "then", "else", "return", "satisfies"})
KEYWORDS = frozenset({"if", "for", "some", "every", "function", "true", "false", "null", *STOP_WORDS})

PROPERTIES = (
    "time offset",
    "start included",
    "end included",
)


class NameIndex:
    """Known names by their first token."""

    __slots__ = ("_base", "_by_first")

    def __init__(self, names: Iterable[str] = (), base: "NameIndex | None" = None) -> None:
        self._base = base  #: shared and never changed by this one
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Learn a name; one that no tokens can spell is left out."""
        parts = _spell(name)
        if parts:
            entries = self._by_first.setdefault(parts[0], [])
            if (parts, name) not in entries:
                entries.append((parts, name))

    def longest(self, tokens: Sequence[Token], start: int) -> tuple[str, int]:
        """Return the longest name that begins at a token, and how many tokens it takes (0: none)."""
        best, length = self._base.longest(tokens, start) if self._base is not None else ("", 0)
        for parts, name in self._by_first.get(tokens[start].text, ()):
            if len(parts) > length and _follows(tokens, start, parts):
                best, length = name, len(parts)
        return best, length


def _spell(name: str) -> tuple[str, ...]:
    try:
        tokens = tokenize(name)[:-1]
    except FeelSyntaxError:
        return ()
    if not tokens or tokens[0].kind is not Kind.NAME:
        return ()
    return tuple(token.text for token in tokens)


def _follows(tokens: Sequence[Token], start: int, parts: tuple[str, ...]) -> bool:
    if start + len(parts) >= len(tokens):
        return False
    return all(
        tokens[start + index].text == part and tokens[start + index].kind not in (Kind.STRING, Kind.AT)
        for index, part in enumerate(parts)
    )


def join(tokens: Sequence[Token], text: str) -> str:
    """Return the name that tokens spell: as written, with single spaces."""
    if len(tokens) == 1:
        return tokens[0].text
    return " ".join(text[tokens[0].position : tokens[-1].end].split())
