"""Callers put movements in line; whoever gets the turn carries all that wait, in one transaction.

No thread of its own: with one caller it is an ordinary transaction, with many the commit is shared.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Any

from orchestrator.services.movements import Movement, Outcome

MOST = 64
"""Instances in one transaction."""


GATHERING_SECONDS = 0.000_5


class _Place:
    """A movement in line with the caller who waits for it."""

    __slots__ = ("movement", "outcome", "signal")

    def __init__(self, movement: Movement) -> None:
        self.movement = movement
        self.outcome: Outcome | None = None
        self.signal = Lock()
        self.signal.acquire()


class Line:
    """One line; an instance's movements keep their order when they take the same line."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._waiting: deque[_Place] = deque()
        self._led = False
        self._usual = 1  #: as many as were in line last time
        self._gathered = Event()

    def pass_through(
        self, movement: Movement, carry: Callable[[Sequence[Movement], bool], Sequence[Outcome]]
    ) -> Outcome:
        """Wait until the movement is carried, by this caller or another; return how it ended."""
        place = _Place(movement)
        with self._guard:
            self._waiting.append(place)
            if len(self._waiting) >= self._usual:
                self._gathered.set()
            leads = not self._led
            self._led = True
        if not leads:
            place.signal.acquire()
            if place.outcome is not None:
                return place.outcome
        # the turn is ours: others wait behind us until the finally
        try:
            while place.outcome is None:
                self._carry_some(carry)
        finally:
            self._hand_over()
        outcome: Outcome = place.outcome
        return outcome

    def _carry_some(self, carry: Callable[[Sequence[Movement], bool], Sequence[Outcome]]) -> None:
        self._gather()
        with self._guard:
            taken = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            self._usual = len(taken)
        outcomes: Sequence[Outcome] = ()
        try:
            outcomes = carry([place.movement for place in taken], len(taken) == 1)
        except BaseException as error:
            outcomes = [Outcome(refusal=error) for _ in taken]
            raise
        finally:
            self._tell(taken, outcomes, carry)

    def _gather(self) -> None:
        """Wait a moment for those who were just answered and are about to come again; with one caller, not at all."""
        with self._guard:
            if len(self._waiting) >= self._usual:
                return
            self._gathered.clear()
        self._gathered.wait(GATHERING_SECONDS)

    def _tell(self, taken: Sequence[_Place], outcomes: Sequence[Outcome], carry: Callable[..., Any]) -> None:
        again: list[_Place] = []
        for place, outcome in zip(taken, outcomes, strict=True):
            if outcome.skipped:
                again.append(place)
            else:
                place.outcome = outcome
                place.signal.release()
        for place in again:
            # somebody else holds its instance, or an earlier one of this batch was about the same: alone, with patience
            try:
                place.outcome = carry([place.movement], True)[0]
            except BaseException as error:
                place.outcome = Outcome(refusal=error)
                if not isinstance(error, Exception):
                    raise
            finally:
                place.signal.release()

    def _hand_over(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting[0].signal.release()
            else:
                self._led = False
