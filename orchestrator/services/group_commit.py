"""Callers put movements in line; whoever gets the turn carries all that wait, in one transaction.

No thread of its own: with one caller it is an ordinary transaction, with many the commit is shared.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import TypeAlias

from orchestrator.services.movements import Movement, Outcome

MOST = 64
"""Instances in one transaction."""


GATHERING_SECONDS = 0.000_5


Carry: TypeAlias = "Callable[[Sequence[Movement], bool], Sequence[Outcome]]"
"""What carries movements in one transaction, with or without patience for what others hold."""


class _Place:
    """Movements in line with the caller who waits for them."""

    __slots__ = ("movements", "outcomes", "signal")

    def __init__(self, movements: Sequence[Movement]) -> None:
        self.movements = movements
        self.outcomes: Sequence[Outcome] | None = None
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

    def pass_through(self, movements: Sequence[Movement], carry: Carry) -> Sequence[Outcome]:
        """Wait until the movements are carried, by this caller or another; return how each ended."""
        place = _Place(movements)
        with self._guard:
            self._waiting.append(place)
            if len(self._waiting) >= self._usual:
                self._gathered.set()
            leads = not self._led
            self._led = True
        if not leads:
            place.signal.acquire()
            if place.outcomes is not None:
                return place.outcomes
        # the turn is ours: others wait behind us until the finally
        try:
            while place.outcomes is None:
                self._carry_some(carry)
        finally:
            self._hand_over()
        outcomes: Sequence[Outcome] = place.outcomes
        return outcomes

    def _carry_some(self, carry: Carry) -> None:
        self._gather()
        taken = self._take()
        movements = [movement for place in taken for movement in place.movements]
        outcomes: Sequence[Outcome] = ()
        try:
            outcomes = carry(movements, len(movements) == 1)
        except BaseException as error:
            outcomes = [Outcome(refusal=error) for _ in movements]
            raise
        finally:
            self._tell(taken, outcomes, carry)

    def _take(self) -> list[_Place]:
        """Take from the head of the line what fits into one transaction, and one place at least."""
        with self._guard:
            taken = [self._waiting.popleft()]
            room = MOST - len(taken[0].movements)
            while self._waiting and len(self._waiting[0].movements) <= room:
                taken.append(self._waiting.popleft())
                room -= len(taken[-1].movements)
            self._usual = len(taken)
        return taken

    def _gather(self) -> None:
        """Wait a moment for those who were just answered and are about to come again; with one caller, not at all."""
        with self._guard:
            if len(self._waiting) >= self._usual:
                return
            self._gathered.clear()
        self._gathered.wait(GATHERING_SECONDS)

    def _tell(self, taken: Sequence[_Place], outcomes: Sequence[Outcome], carry: Carry) -> None:
        again: list[_Place] = []
        first = 0
        for place in taken:
            own = outcomes[first : first + len(place.movements)]
            first += len(place.movements)
            place.outcomes = own
            if any(outcome.skipped for outcome in own):
                again.append(place)
            else:
                place.signal.release()
        try:
            for patiently in (_together, _one_by_one):
                # first all that somebody else had locked; then those that were about one another's instance
                patiently(again, carry)
        except BaseException as error:
            for place, number in _skipped(again):
                _settle(place, number, Outcome(refusal=error))
            if not isinstance(error, Exception):
                raise
        finally:
            for place in again:
                place.signal.release()

    def _hand_over(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting[0].signal.release()
            else:
                self._led = False


def _together(places: Sequence[_Place], carry: Carry) -> None:
    """Carry what was skipped once more, in one transaction that waits for its locks."""
    skipped = _skipped(places)
    if len(skipped) > 1:
        movements = [place.movements[number] for place, number in skipped]
        for (place, number), outcome in zip(skipped, carry(movements, True), strict=True):
            _settle(place, number, outcome)


def _one_by_one(places: Sequence[_Place], carry: Carry) -> None:
    """Carry what is still skipped, each in a transaction of its own."""
    for place, number in _skipped(places):
        _settle(place, number, carry([place.movements[number]], True)[0])


def _skipped(places: Sequence[_Place]) -> list[tuple[_Place, int]]:
    return [
        (place, number) for place in places for number, outcome in enumerate(place.outcomes or ()) if outcome.skipped
    ]


def _settle(place: _Place, number: int, outcome: Outcome) -> None:
    place.outcomes = [outcome if other == number else kept for other, kept in enumerate(place.outcomes or ())]
