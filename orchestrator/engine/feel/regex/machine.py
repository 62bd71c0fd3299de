"""A small backtracking machine for what RE2 cannot do: patterns that refer to their own groups.

Every instruction is counted, so a pattern that would backtrack for ever ends with the evaluation's budget.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias
from unicodedata import category

from orchestrator.engine.feel.regex.tree import (
    Anchor,
    CharSet,
    Choice,
    Group,
    Reference,
    Regex,
    Repeat,
    Sequence,
    Tree,
)
from orchestrator.engine.feel.runtime import Run

_PER_STEP = 8  #: instructions that cost one step
Slots: TypeAlias = tuple[int, ...]
Test: TypeAlias = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class One:
    """Take one character that passes."""

    test: Test


@dataclass(frozen=True, slots=True)
class At:
    """Be at an anchor."""

    symbol: str


@dataclass(frozen=True, slots=True)
class Again:
    """Take what a group took."""

    number: int


@dataclass(frozen=True, slots=True)
class Save:
    """Note the place."""

    slot: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Go on at the first place; at the second if that fails."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Fail when nothing was taken since a slot was noted: an empty round would repeat for ever."""

    slot: int


Instruction: TypeAlias = One | At | Again | Save | Fork | Moved


@dataclass(slots=True)
class Program:
    """Instructions; the end is reached when they run out."""

    groups: int
    many_lines: bool
    ignore_case: bool
    instructions: list[Instruction] = field(default_factory=list)
    slots: int = 0

    def add(self, instruction: Instruction) -> int:
        """Append an instruction and return its place."""
        self.instructions.append(instruction)
        return len(self.instructions) - 1


def assemble(regex: Regex) -> Program:
    """Return the program of a pattern."""
    program = Program(regex.groups, regex.many_lines, regex.ignore_case, slots=2 * (regex.groups + 1))
    _emit(program, regex.tree)
    return program


def _emit(program: Program, tree: Tree) -> None:
    match tree:
        case CharSet():
            program.add(
                One(_ignoring_case(tree) if program.ignore_case else lambda character: contains(tree, character))
            )
        case Anchor(symbol=symbol):
            program.add(At(symbol))
        case Reference(number=number):
            program.add(Again(number))
        case Group(inner=inner, number=number):
            _emit_group(program, inner, number)
        case Sequence(items=items):
            for item in items:
                _emit(program, item)
        case Choice(branches=branches):
            _emit_choice(program, branches)
        case Repeat():
            _emit_repeat(program, tree)


def _emit_group(program: Program, inner: Tree, number: int) -> None:
    if number:
        program.add(Save(2 * number))
    _emit(program, inner)
    if number:
        program.add(Save(2 * number + 1))


def _emit_choice(program: Program, branches: tuple[Tree, ...]) -> None:
    ends: list[int] = []
    for branch in branches[:-1]:
        fork = program.add(Fork(0, 0))
        _emit(program, branch)
        ends.append(program.add(Fork(0, 0)))
        program.instructions[fork] = Fork(fork + 1, len(program.instructions))
    _emit(program, branches[-1])
    for end in ends:
        program.instructions[end] = Fork(len(program.instructions), -1)


def _emit_repeat(program: Program, tree: Repeat) -> None:
    for _ in range(tree.least):
        _emit(program, tree.inner)
    if tree.most is None:
        _emit_loop(program, tree)
        return
    forks = []
    for _ in range(tree.most - tree.least):
        forks.append(program.add(Fork(0, 0)))
        _emit(program, tree.inner)
    for fork in forks:
        program.instructions[fork] = _fork(fork + 1, len(program.instructions), lazy=tree.lazy)


def _emit_loop(program: Program, tree: Repeat) -> None:
    slot = program.slots
    program.slots += 1
    fork = program.add(Fork(0, 0))
    program.add(Save(slot))
    _emit(program, tree.inner)
    program.add(Moved(slot))
    program.add(Fork(fork, -1))
    program.instructions[fork] = _fork(fork + 1, len(program.instructions), lazy=tree.lazy)


def _fork(inside: int, outside: int, *, lazy: bool) -> Fork:
    return Fork(outside, inside) if lazy else Fork(inside, outside)


def contains(chars: CharSet, character: str) -> bool:
    """Whether a set has a character."""
    code, kind = ord(character), category(character)
    inside = any(first <= code <= last for first, last in chars.spans) or any(
        not kind.startswith(name[1:]) if name[0] == "^" else kind.startswith(name) for name in chars.categories
    )
    return inside is not chars.negated and not (chars.minus is not None and contains(chars.minus, character))


def _ignoring_case(chars: CharSet) -> Test:
    def test(character: str) -> bool:
        variants = {character, character.lower(), character.upper()}
        hits = [contains(chars, variant) for variant in variants if len(variant) == 1]
        return all(hits) if chars.negated else any(hits)

    return test


def run_program(program: Program, text: str, start: int, run: Run) -> tuple[tuple[int, int], ...] | None:
    """Match at one place; return the spans of the whole and of the groups, or None."""
    code = program.instructions
    stack: list[tuple[int, int, Slots]] = [(0, start, (-1,) * program.slots)]
    done = 0
    while stack:
        at, place, slots = stack.pop()
        while place >= 0:
            done += 1
            if done % _PER_STEP == 0:
                run.charge(1)
            if at == len(code):
                return _spans(program, start, place, slots)
            instruction = code[at]
            at += 1
            match instruction:
                case Save(slot=slot):
                    slots = (*slots[:slot], place, *slots[slot + 1 :])
                case Fork(first=first, second=second):
                    if second >= 0:
                        stack.append((second, place, slots))
                    at = first
                case _:
                    place = _advance(program, instruction, text, place, slots)
    return None


def _advance(program: Program, instruction: One | At | Again | Moved, text: str, place: int, slots: Slots) -> int:
    """Return the place after an instruction, or -1 where it fails."""
    match instruction:
        case One(test=test):
            return place + 1 if place < len(text) and test(text[place]) else -1
        case At(symbol=symbol):
            return place if _at_anchor(program, symbol, text, place) else -1
        case Moved(slot=slot):
            return place if slots[slot] != place else -1
        case Again(number=number):
            again = text[slots[2 * number] : slots[2 * number + 1]] if slots[2 * number + 1] >= 0 else ""
            here = text[place : place + len(again)]
            same = here.casefold() == again.casefold() if program.ignore_case else here == again
            return place + len(again) if same else -1


def _at_anchor(program: Program, symbol: str, text: str, place: int) -> bool:
    if symbol == "^":
        return place == 0 or (program.many_lines and text[place - 1] == "\n")
    return place == len(text) or (program.many_lines and text[place] == "\n")


def _spans(program: Program, start: int, end: int, slots: Slots) -> tuple[tuple[int, int], ...]:
    groups = ((slots[2 * number], slots[2 * number + 1]) for number in range(1, program.groups + 1))
    return (start, end), *((first, last) if last >= 0 else (-1, -1) for first, last in groups)
