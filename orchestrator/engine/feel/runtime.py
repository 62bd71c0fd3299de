"""What one evaluation carries along: its budget, its clock, its warnings, its scopes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from orchestrator.engine.feel.errors import FeelError
from orchestrator.engine.feel.limits import Limits

MAX_WARNINGS = 100  #: more say nothing new
STEPS_OF_A_SERIES = 20  #: what a logarithm, an exponential and a power cost, whose digits come one by one
TEXT_PER_STEP = 1_024  #: characters that cost one step
ITEMS_PER_STEP = 16  #: items of a list that cost one step where something looks at all of them


MOST_LEVELS = 128  #: of lists and contexts within each other
MOST_PARTS = 500_000  #: items and entries of a whole value, counted as often as they would be written


def bounded(value: Any) -> Any:
    """Return a value that can be written in full; one list within another twice, and twice again, can not."""
    left, pending = MOST_PARTS, [(value, 1)]
    while pending:
        part, level = pending.pop()
        items = part.values() if isinstance(part, dict) else part
        left -= 1 + len(items)
        if left < 0:
            raise FeelError(f"the value has more than {MOST_PARTS} parts")
        if level > MOST_LEVELS:
            raise FeelError(f"the value is nested more than {MOST_LEVELS} levels deep")
        pending += [(item, level + 1) for item in items if type(item) is list or type(item) is dict]
    return value


class Run:
    """One evaluation."""

    __slots__ = ("calls", "draw", "left", "limits", "now", "position", "steps", "warned", "zone")

    def __init__(
        self,
        limits: Limits,
        now: datetime | None = None,
        zone: str = "UTC",
        steps: int | None = None,
        draw: Callable[[], int] | None = None,
    ) -> None:
        self.limits = limits
        self.steps = limits.steps if steps is None else steps
        self.left = self.steps
        self.calls = 0  #: functions that call functions
        self.position = 0  #: of the innermost call, for errors inside the library
        self.warned: list[tuple[str, int]] | None = None
        self.now = now
        self.zone = zone
        self.draw = draw  #: a number that was never drawn before, and is drawn again when the evaluation is repeated

    def charge(self, steps: int) -> None:
        """Spend steps, or end the evaluation."""
        self.left -= steps
        if self.left < 0:
            raise FeelError(f"the expression takes more than {self.steps} steps", self.position)

    def warn(self, message: str, position: int) -> None:
        """Note why something became null."""
        if self.warned is None:
            self.warned = []
        if len(self.warned) < MAX_WARNINGS:
            self.warned.append((message, position))

    def check_list(self, length: int) -> None:
        """Refuse to build a list that is too long."""
        if length > self.limits.items:
            raise FeelError(f"a list has at most {self.limits.items} items", self.position)

    def check_string(self, length: int) -> None:
        """Refuse to build a string that is too long, and charge for a long one."""
        if length > self.limits.string:
            raise FeelError(f"a string has at most {self.limits.string} characters", self.position)
        if length > TEXT_PER_STEP:
            self.charge(length // TEXT_PER_STEP)

    def enter(self) -> None:
        """Count a call inside a call."""
        self.calls += 1
        if self.calls > self.limits.depth:
            raise FeelError(f"functions call each other more than {self.limits.depth} levels deep", self.position)

    def leave(self) -> None:
        """Count back."""
        self.calls -= 1

    def weigh(self, value: Any) -> None:
        """Charge for every item inside a value that is about to be compared or copied as a whole."""
        if isinstance(value, str):
            if len(value) > TEXT_PER_STEP:
                self.charge(len(value) // TEXT_PER_STEP)
        elif isinstance(value, list | dict):
            self.charge(1 + len(value) // ITEMS_PER_STEP)
            for item in value if isinstance(value, list) else value.values():
                if isinstance(item, list | dict | str):
                    self.weigh(item)


class Frame:
    """A scope: names and their values, and the scope around it."""

    __slots__ = ("parent", "run", "variables")

    def __init__(self, variables: Mapping[str, Any], parent: "Frame | None", run: Run) -> None:
        self.variables = variables
        self.parent = parent
        self.run = run


Code = Callable[[Frame], Any]

MISSING: Any = object()  #: what a lookup finds when there is nothing, as null is something


def look_up(frame: Frame, name: str) -> Any:
    """Return a variable's value from the innermost scope that has it, or ``MISSING``."""
    scope: Frame | None = frame
    while scope is not None:
        if name in scope.variables:
            return scope.variables[name]
        scope = scope.parent
    return MISSING
