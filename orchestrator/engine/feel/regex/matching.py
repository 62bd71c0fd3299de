"""Two ways to run a regular expression: RE2, and a bounded search for patterns with references to groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import re2

from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.regex.machine import Program, assemble, run_program
from orchestrator.engine.feel.regex.translate import to_re2
from orchestrator.engine.feel.regex.tree import Regex
from orchestrator.engine.feel.runtime import Run


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found; ``spans`` holds the whole and then each group, (-1, -1) where one took no part."""

    spans: tuple[tuple[int, int], ...]

    @property
    def start(self) -> int:
        """The first character."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """The character after the last."""
        return self.spans[0][1]


class Pattern(Protocol):
    """A compiled regular expression."""

    groups: int

    def found_in(self, run: Run, text: str) -> bool:
        """Whether the pattern occurs in a text."""

    def all_in(self, run: Run, text: str) -> Iterator[Match]:
        """Yield the matches from left to right, none of which overlap."""


class Linear:
    """Runs on RE2."""

    def __init__(self, regex: Regex) -> None:
        self.groups = regex.groups
        options = re2.Options()
        options.log_errors = False
        options.case_sensitive = not regex.ignore_case
        try:
            self._compiled = re2.compile(to_re2(regex), options)
        except re2.error:
            raise Refusal("this regular expression is too large") from None

    def found_in(self, run: Run, text: str) -> bool:
        """Whether the pattern occurs in a text."""
        run.weigh(text)
        return self._compiled.search(text) is not None

    def all_in(self, run: Run, text: str) -> Iterator[Match]:
        """Yield the matches from left to right."""
        run.weigh(text)
        before = None
        for found in self._compiled.finditer(text):
            run.charge(1)
            if found.span() != before:  # the binding may report an empty match twice
                before = found.span()
                yield Match(tuple(found.span(number) for number in range(self.groups + 1)))


class Backtracking:
    """Runs step by step, each step paid for."""

    def __init__(self, regex: Regex) -> None:
        self.groups = regex.groups
        self._program: Program = assemble(regex)

    def found_in(self, run: Run, text: str) -> bool:
        """Whether the pattern occurs in a text."""
        return next(self.all_in(run, text), None) is not None

    def all_in(self, run: Run, text: str) -> Iterator[Match]:
        """Yield the matches from left to right."""
        place = 0
        while place <= len(text):
            spans = run_program(self._program, text, place, run)
            if spans is None:
                place += 1
                continue
            yield Match(spans)
            place = spans[0][1] if spans[0][1] > place else place + 1
