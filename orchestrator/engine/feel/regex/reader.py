"""Reads the regular expressions of XPath 3.1, which are those of XML Schema with anchors and references."""

from dataclasses import dataclass, field

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.regex.blocks import BLOCKS
from orchestrator.engine.feel.regex.tree import Anchor, CharSet, Choice, Group, Reference, Regex, Repeat, Sequence, Tree

_SPACE = "\t\n\r "
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
    ]
)
_SINGLE = {"n": 10, "r": 13, "t": 9, **{symbol: ord(symbol) for symbol in "\\|.-^?*+{}()[]$"}}
_NAME_START = (
    (58, 58),
    (65, 90),
    (95, 95),
    (97, 122),
    (0xC0, 0xD6),
    (0xD8, 0xF6),
    (0xF8, 0x2FF),
    (0x370, 0x37D),
    (0x37F, 0x1FFF),
    (0x200C, 0x200D),
    (0x2070, 0x218F),
    (0x2C00, 0x2FEF),
    (0x3001, 0xD7FF),
    (0xF900, 0xFDCF),
    (0xFDF0, 0xFFFD),
    (0x10000, 0xEFFFF),
)
_SETS = {
    "s": CharSet(((9, 10), (13, 13), (32, 32))),
    "d": CharSet(categories=("Nd",)),
    "w": CharSet(categories=("P", "Z", "C"), negated=True),
    "i": CharSet(_NAME_START),
    "c": CharSet((*_NAME_START, (45, 46), (48, 57), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))),
}
_ANY = CharSet(negated=True)
_ANY_IN_LINE = CharSet(((10, 10), (13, 13)), negated=True)
_MAX_REPEAT = 1_000  #: RE2's own limit
_MAX_DEPTH = 50
_MAX_SIZE = 5_000  #: atoms, with all repetitions written out


def read(pattern: str, flags: str) -> Regex:
    """Read a pattern with XPath's flags, or refuse."""
    for flag in flags:
        if flag not in "smixq":
            raise Refusal(f"there is no flag {flag!r} for regular expressions")
    if "q" in flags:
        literal = Sequence(tuple(CharSet(((ord(character), ord(character)),)) for character in pattern))
        return Regex(literal, 0, references=False, ignore_case="i" in flags)
    reader = _Reader(_without_spaces(pattern) if "x" in flags else pattern, dot_all="s" in flags)
    tree = reader.choice()
    if reader.place < len(reader.text):
        raise reader.refusal("unexpected ')'")
    return Regex(tree, reader.groups, reader.references, ignore_case="i" in flags, many_lines="m" in flags)


def _without_spaces(pattern: str) -> str:
    """Drop white space outside of character classes, as the flag ``x`` asks."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for character in pattern:
        if not depth and character in _SPACE:
            continue
        kept.append(character)
        if not escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        escaped = character == "\\" and not escaped
    return "".join(kept)


@dataclass(slots=True)
class _Reader:
    text: str
    dot_all: bool
    place: int = 0
    groups: int = 0
    references: bool = False
    depth: int = 0
    open_groups: set[int] = field(default_factory=set)

    def refusal(self, why: str) -> Refusal:
        return Refusal(f"not a regular expression: {why} at character {self.place + 1} of {self.text!r}")

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def take(self) -> str:
        character = self.peek()
        if not character:
            raise self.refusal("it ends too early")
        self.place += 1
        return character

    def accept(self, text: str) -> bool:
        if self.text.startswith(text, self.place):
            self.place += len(text)
            return True
        return False

    def choice(self) -> Tree:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.refusal("nested too deep")
        branches = [self.sequence()]
        while self.accept("|"):
            branches.append(self.sequence())
        self.depth -= 1
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self) -> Tree:
        items: list[Tree] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self.quantified(self.atom()))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def quantified(self, atom: Tree) -> Tree:
        bounds = self.bounds()
        if bounds is None:
            return atom
        made = Repeat(atom, *bounds, lazy=self.accept("?"))
        if self.peek() in ("*", "+", "{") or self.peek() == "?":
            raise self.refusal("a quantifier cannot be quantified")
        if size(made) > _MAX_SIZE:
            raise self.refusal("too many repetitions")
        return made

    def bounds(self) -> tuple[int, int | None] | None:
        if self.accept("*"):
            return 0, None
        if self.accept("+"):
            return 1, None
        if self.accept("?"):
            return 0, 1
        if not self.accept("{"):
            return None
        inside, found, _ = self.text[self.place :].partition("}")
        low, comma, high = inside.partition(",")
        if not found or not low.isascii() or not low.isdigit() or (high and not (high.isascii() and high.isdigit())):
            raise self.refusal("this quantifier is not {n}, {n,} or {n,m}")
        self.place += len(inside) + 1
        least = int(low[:6])
        most = least if not comma else (int(high[:6]) if high else None)
        if least > _MAX_REPEAT or (most or 0) > _MAX_REPEAT or (most is not None and most < least):
            raise self.refusal(f"this quantifier is not between 0 and {_MAX_REPEAT}")
        return least, most

    def atom(self) -> Tree:
        character = self.take()
        match character:
            case "(":
                return self.group()
            case "[":
                return self.char_class()
            case ".":
                return _ANY if self.dot_all else _ANY_IN_LINE
            case "^" | "$":
                return Anchor(character)
            case "\\":
                return self.reference() or self.escape()
            case "*" | "+" | "?" | "{" | "}" | "]":
                self.place -= 1
                raise self.refusal(f"unexpected {character!r}")
            case _:
                return CharSet(((ord(character), ord(character)),))

    def group(self) -> Tree:
        number = 0
        if not self.accept("?:"):
            self.groups += 1
            number = self.groups
            self.open_groups.add(number)
        inner = self.choice()
        if not self.accept(")"):
            raise self.refusal("a group is not closed")
        self.open_groups.discard(number)
        return Group(inner, number)

    def reference(self) -> Tree | None:
        """Read a reference: as many digits as there are groups, and only to a group that is closed."""
        if self.peek() not in tuple("123456789"):
            return None
        number = int(self.take())
        while self.peek().isdigit() and number * 10 + int(self.peek()) <= self.groups:
            number = number * 10 + int(self.take())
        if number > self.groups or number in self.open_groups:
            raise self.refusal(f"there is no group {number} before this reference")
        self.references = True
        return Reference(number)

    def escape(self) -> CharSet:
        character = self.take()
        if character in _SINGLE:
            return CharSet(((_SINGLE[character], _SINGLE[character]),))
        if character in "pP":
            return self.category(negated=character == "P")
        known = _SETS.get(character.lower())
        if known is None:
            self.place -= 1
            raise self.refusal(f"unknown escape \\{character}")
        return known if character.islower() else _complement(known)

    def category(self, *, negated: bool) -> CharSet:
        if not self.accept("{"):
            raise self.refusal("expected '{' and a category")
        name, found, _ = self.text[self.place :].partition("}")
        known = CharSet(categories=(name,)) if name in _CATEGORIES else None
        if name.startswith("Is") and name[2:] in BLOCKS:
            known = CharSet((BLOCKS[name[2:]],))
        if not found or known is None:
            raise self.refusal(f"{name!r} is no category or block of Unicode")
        self.place += len(name) + 1
        return _complement(known) if negated else known

    def char_class(self) -> CharSet:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.refusal("nested too deep")
        negated = self.accept("^")
        parts: list[CharSet] = []
        minus: CharSet | None = None
        while not (self.peek() == "]" and parts):
            if self.peek() == "-" and self.text.startswith("-[", self.place) and parts:
                self.place += 2
                minus = self.char_class()
                if self.peek() != "]":
                    raise self.refusal("a subtraction stands at the end of its class")
                break
            parts.append(self.class_item())
        self.place += 1
        self.depth -= 1
        return _unite(parts, negated=negated, minus=minus)

    def class_item(self) -> CharSet:
        first = self.class_character()
        if not isinstance(first, int):
            return first
        if self.peek() != "-" or self.text[self.place + 1 : self.place + 2] in ("]", "[", ""):
            return CharSet(((first, first),))
        self.place += 1
        last = self.class_character()
        if not isinstance(last, int) or last < first:
            raise self.refusal("this is no span of characters")
        return CharSet(((first, last),))

    def class_character(self) -> int | CharSet:
        character = self.take()
        if character == "\\":
            escaped = self.escape()
            is_single = len(escaped.spans) == 1 and not escaped.negated and escaped.spans[0][0] == escaped.spans[0][1]
            return escaped.spans[0][0] if is_single else escaped
        if character == "[":
            raise self.refusal("'[' must be escaped inside of a class")
        return ord(character)


def _complement(chars: CharSet) -> CharSet:
    return CharSet(chars.spans, chars.categories, not chars.negated, chars.minus)


def _unite(parts: list[CharSet], *, negated: bool, minus: CharSet | None) -> CharSet:
    """Return the union of the parts. A negated part keeps its own spans as the names of categories do."""
    spans: list[tuple[int, int]] = []
    categories: list[str] = []
    for part in parts:
        if not part.negated:
            spans += part.spans
            categories += part.categories
        elif not part.spans and len(part.categories) == 1:
            categories.append(f"^{part.categories[0]}")
        elif part.spans and not part.categories:
            spans += invert(part.spans)
        else:  # \w, whose complement is the only set of this kind
            categories += ["L", "M", "N", "S"]
    return CharSet(tuple(spans), tuple(categories), negated, minus)


def invert(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Return the spans of all other code points."""
    gaps, begin = [], 0
    for first, last in sorted(spans):
        if first > begin:
            gaps.append((begin, first - 1))
        begin = max(begin, last + 1)
    return gaps + ([(begin, 0x10FFFF)] if begin <= 0x10FFFF else [])  # noqa: PLR2004 - the last code point


def size(tree: Tree) -> int:
    """Count atoms with all repetitions written out."""
    match tree:
        case Repeat(inner=inner, least=least, most=most):
            return (size(inner) + 1) * max(most if most is not None else least + 1, 1)
        case Group(inner=inner):
            return size(inner) + 2
        case Sequence(items=items) | Choice(branches=items):
            return 1 + sum(map(size, items))
        case _:
            return 1
