"""Pieces of FEEL text in the making: what a foreign expression becomes, and how tightly it binds."""

import json
from dataclasses import dataclass

NAME_SIGNS = frozenset("_")


class Untranslatable(Exception):
    """The expression has no safe translation; the message says which part."""


@dataclass(frozen=True, slots=True)
class Term:
    """FEEL text; ``truth`` says that it is true or false, ``path`` that it is nothing but a variable's path."""

    text: str
    atom: bool = True
    truth: bool = False
    path: bool = False

    def inner(self) -> str:
        """Return the text as an operand."""
        return self.text if self.atom else f"({self.text})"

    def condition(self) -> str:
        """Return the text where true or false is needed; null counts as false, as in the other languages."""
        return self.inner() if self.truth else f"({self.text} = true)"


def literal(value: object) -> Term:
    """Return a fixed value."""
    if value is None:
        return Term("null")
    if isinstance(value, bool):
        return Term("true" if value else "false", truth=True)
    return Term(json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value))


def name(text: str) -> Term:
    """Return a variable, if FEEL can say its name."""
    if not all(sign.isalnum() or sign in NAME_SIGNS for sign in text) or not text or text[0].isdigit():
        message = f"the name {text}"
        raise Untranslatable(message)
    return Term(text, path=True)


def entry(base: Term, key: str) -> Term:
    """Return an entry of a context."""
    return Term(f"{base.inner()}.{name(key).text}", path=base.path)


def item(base: Term, index: Term) -> Term:
    """Return an item of a list; FEEL counts from 1."""
    number = str(int(index.text) + 1) if index.text.isdecimal() else f"{index.inner()} + 1"
    return Term(f"{base.inner()}[{number}]")


def joined(operator: str, left: Term, right: Term) -> Term:
    """Return two operands with ``and`` or ``or``."""
    return Term(f"{left.condition()} {operator} {right.condition()}", atom=False, truth=True)


def negated(term: Term) -> Term:
    """Return the opposite."""
    return Term(f"not({term.text if term.truth else term.condition()[1:-1]})", truth=True)


def compared(operator: str, left: Term, right: Term) -> Term:
    """Return a comparison."""
    return Term(f"{left.inner()} {operator} {right.inner()}", atom=False, truth=True)


def calculated(operator: str, left: Term, right: Term) -> Term:
    """Return arithmetic."""
    if operator == "%":
        return Term(f"modulo({left.text}, {right.text})")
    return Term(f"{left.inner()} {operator} {right.inner()}", atom=False)


def chosen(condition: Term, yes: Term, no: Term) -> Term:
    """Return a conditional."""
    return Term(f"if {condition.condition()} then {yes.inner()} else {no.inner()}", atom=False)
