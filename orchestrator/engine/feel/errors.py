"""What can go wrong with an expression, and where."""

from dataclasses import dataclass


def locate(text: str, position: int) -> tuple[int, int]:
    """Return line and column, both counted from 1, of a position in a text."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


class FeelError(Exception):
    """An expression could not be evaluated within its limits."""

    def __init__(self, message: str, position: int = 0, text: str = "") -> None:
        self.message = message
        self.position = position
        self.line, self.column = locate(text, position)
        super().__init__(f"{message} (line {self.line}, column {self.column})")


class FeelSyntaxError(FeelError):
    """A text is not an expression."""


class Refusal(Exception):
    """An operation has no value; the sentence says why. The closure of the operation turns it into a warning."""


@dataclass(frozen=True, slots=True)
class FeelWarning:
    """Why a part of an expression became null."""

    message: str
    position: int
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.message} (line {self.line}, column {self.column})"
