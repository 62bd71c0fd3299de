"""Writes a tree in RE2's syntax."""

from functools import lru_cache
from unicodedata import category

from orchestrator.engine.feel.regex.reader import invert
from orchestrator.engine.feel.regex.tree import (
    Anchor,
    CharSet,
    Choice,
    Group,
    Reference,
    Regex,
    Repeat,
    Sequence,
    Span,
    Tree,
)

_ALL = 0x110000


def to_re2(regex: Regex) -> str:
    """Return the pattern for RE2; flags other than case stand inside."""
    text = _write(regex.tree)
    return f"(?m){text}" if regex.many_lines else text


def _write(tree: Tree) -> str:
    match tree:
        case CharSet():
            return write_set(tree)
        case Anchor(symbol=symbol):
            return symbol
        case Group(inner=inner, number=number):
            return f"({_write(inner)})" if number else f"(?:{_write(inner)})"
        case Repeat():
            return _repeat(tree)
        case Sequence(items=items):
            return "".join(f"(?:{_write(item)})" if isinstance(item, Choice) else _write(item) for item in items)
        case Choice(branches=branches):
            return "|".join(map(_write, branches))
        case Reference():
            raise AssertionError("RE2 has no references")


def _repeat(tree: Repeat) -> str:
    inner = _write(tree.inner)
    if not isinstance(tree.inner, CharSet | Group):
        inner = f"(?:{inner})"
    match tree.least, tree.most:
        case 0, None:
            mark = "*"
        case 1, None:
            mark = "+"
        case 0, 1:
            mark = "?"
        case least, None:
            mark = f"{{{least},}}"
        case least, most:
            mark = f"{{{least},{most}}}"
    return f"{inner}{mark}{'?' if tree.lazy else ''}"


def write_set(chars: CharSet) -> str:
    """Return a class in brackets."""
    if chars.minus is not None:
        return write_set(CharSet(flatten(chars)))
    inside = "".join(_span(first, last) for first, last in chars.spans)
    inside += "".join(f"\\P{{{name[1:]}}}" if name[0] == "^" else f"\\p{{{name}}}" for name in chars.categories)
    if not inside:
        return r"[\x{0}-\x{10FFFF}]" if chars.negated else r"[^\x{0}-\x{10FFFF}]"
    return f"[{'^' if chars.negated else ''}{inside}]"


def _span(first: int, last: int) -> str:
    return f"\\x{{{first:x}}}" if first == last else f"\\x{{{first:x}}}-\\x{{{last:x}}}"


@lru_cache(maxsize=64)
def flatten(chars: CharSet) -> tuple[Span, ...]:
    """Return the plain spans of a set, with what it takes away taken away."""
    spans = list(chars.spans)
    for name in chars.categories:
        spans += _category_spans(name)
    if chars.negated:
        spans = invert(tuple(spans))
    if chars.minus is not None:
        without = invert(flatten(chars.minus))
        spans = [(max(a, c), min(b, d)) for a, b in spans for c, d in without if max(a, c) <= min(b, d)]
    return tuple(sorted(spans))


@lru_cache(maxsize=64)
def _category_spans(name: str) -> tuple[Span, ...]:
    wanted = name.removeprefix("^")
    spans: list[Span] = []
    for code in range(_ALL):
        if category(chr(code)).startswith(wanted):
            if spans and spans[-1][1] == code - 1:
                spans[-1] = (spans[-1][0], code)
            else:
                spans.append((code, code))
    return tuple(invert(tuple(spans))) if name != wanted else tuple(spans)
