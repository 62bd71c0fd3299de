"""A regular expression as a tree."""

from dataclasses import dataclass, field
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]  #: first and last code point


@dataclass(frozen=True, slots=True)
class CharSet:
    """A set of characters: spans of code points and Unicode categories (negative where the name begins with ``^``)."""

    spans: tuple[Span, ...] = ()
    categories: tuple[str, ...] = ()
    negated: bool = False
    minus: "CharSet | None" = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """``^`` or ``$``."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Group:
    """Parentheses; ``number`` 0 captures nothing."""

    inner: "Tree"
    number: int


@dataclass(frozen=True, slots=True)
class Reference:
    """What a group has matched, once more."""

    number: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A quantifier; ``most`` None has no end."""

    inner: "Tree"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    branches: tuple["Tree", ...]


Tree: TypeAlias = CharSet | Anchor | Group | Reference | Repeat | Sequence | Choice


@dataclass(frozen=True, slots=True)
class Regex:
    """A whole expression with its flags."""

    tree: Tree
    groups: int
    references: bool
    ignore_case: bool = False
    many_lines: bool = False
    dot_all: bool = field(default=False)
