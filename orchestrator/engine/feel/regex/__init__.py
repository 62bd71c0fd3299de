"""XPath's regular expressions, in linear time through RE2 where they are regular, and within a budget where not."""

import re
from functools import lru_cache

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.regex.matching import Backtracking, Linear, Match, Pattern
from orchestrator.engine.feel.regex.reader import read
from orchestrator.engine.feel.runtime import Run

__all__ = ["Match", "Pattern", "compile_pattern", "replace", "split"]

_REFERENCE = re.compile(r"\\([\\$])|\$([0-9]+)|([\\$])")


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """Read a pattern, or refuse it with the reason."""
    tree = read(pattern, flags)
    return Backtracking(tree) if tree.references else Linear(tree)


def replace(run: Run, pattern: Pattern, text: str, replacement: str) -> str:
    """Replace every match; ``$1`` stands for what a group matched."""
    parts: list[str] = []
    done = 0
    for match in pattern.all_in(run, text):
        _refuse_empty(match)
        parts += [text[done : match.start], _fill(replacement, match, text, pattern.groups)]
        done = match.end
    parts.append(text[done:])
    run.check_string(sum(map(len, parts)))
    return "".join(parts)


def split(run: Run, pattern: Pattern, text: str) -> list[str]:
    """Split at every match."""
    parts: list[str] = []
    done = 0
    for match in pattern.all_in(run, text):
        _refuse_empty(match)
        parts.append(text[done : match.start])
        done = match.end
    return [*parts, text[done:]]


def _refuse_empty(match: Match) -> None:
    if match.start == match.end:
        raise Refusal("this pattern matches the empty string, so there is no end to its matches")


def _fill(replacement: str, match: Match, text: str, groups: int) -> str:
    def value(found: re.Match[str]) -> str:
        escaped, digits, alone = found.groups()
        if alone:
            raise Refusal(f"in a replacement {alone!r} must be followed by a group's number, or by itself escaped")
        return str(escaped) if escaped else _group(digits, match, text, groups)

    return _REFERENCE.sub(value, replacement)


def _group(digits: str, match: Match, text: str, groups: int) -> str:
    """Return the text of the longest group number that exists, and the digits left over."""
    used = len(digits)
    while used > 1 and int(digits[:used]) > groups:
        used -= 1
    number = int(digits[:used])
    start, end = match.spans[number] if number <= groups else (-1, -1)
    return (text[start:end] if start >= 0 else "") + digits[used:]
