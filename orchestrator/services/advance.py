"""Every movement of an instance ends here: lock, decide, step, write down, commit, wake."""

from collections.abc import Sequence
from typing import Any

from orchestrator.domain.errors import OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import ALIVE
from orchestrator.domain.triggers import Continue, Trigger
from orchestrator.services import poison
from orchestrator.services.group_commit import MOST
from orchestrator.services.loads import Load
from orchestrator.services.movements import Located, Moved, Movement, Outcome
from orchestrator.services.runtime import Runtime
from orchestrator.store.locating import Subject, locate
from orchestrator.store.schema import waiting as w


def move(rt: Runtime, movement: Movement) -> Any:
    """Carry out a movement, alone or together with others, and return its answer or raise its refusal."""
    (outcome,) = move_together(rt, [movement])
    if outcome.refusal is not None:
        raise outcome.refusal
    return outcome.value


def move_together(rt: Runtime, movements: Sequence[Movement]) -> Sequence[Outcome]:
    """Carry out movements of one caller, as many at once as may be; return how each ended."""
    outcomes: list[Outcome] = [Outcome() for _ in movements]
    lines: dict[int, list[int]] = {}
    for place, movement in enumerate(movements):
        lines.setdefault(_line_of(rt, movement), []).append(place)
    for line, places in lines.items():
        for first in range(0, len(places), MOST):
            rt.refill_keys()
            some = places[first : first + MOST]
            carried = rt.lines[line].pass_through(
                [movements[place] for place in some], lambda each, patient: carry(rt, each, patient=patient)
            )
            for place, outcome in zip(some, carried, strict=True):
                outcomes[place] = outcome
    return outcomes


def _line_of(rt: Runtime, movement: Movement) -> int:
    """Choose a line; movements of one instance take the same where it is known, and the lines are equally long."""
    root = None if movement.lease is None else rt.residents.root_of(movement.key)
    key = movement.key if root is None else root
    return (key * _SCATTER >> 32) % len(rt.lines)


_SCATTER = 0x9E3779B97F4A7C15  #: keys come in steps, which a remainder alone would not spread


def carry(rt: Runtime, movements: Sequence[Movement], *, patient: bool) -> Sequence[Outcome]:
    """Carry out movements in one transaction; those that cannot be are told so, without spoiling the others."""
    believing = iter((True,))  # memory is asked first; where it was wrong, the database is
    try:
        load = rt.database.run(
            lambda tx: Load(rt, tx, movements, patient=patient, believing=next(believing, False)).carry()
        )
    except OrchestratorError as refusal:
        return [Outcome(refusal=refusal) for _ in movements]
    except Exception as error:  # noqa: BLE001  (foreign code ran inside: whatever it raises is sorted below)
        # something in the rows of one of them: find out which, by carrying each alone
        if len(movements) > 1:
            return [carry(rt, [movement], patient=True)[0] for movement in movements]
        if movements[0].subject is None and (started := _already_started(rt, movements[0])) is not None:
            return [started]
        rt.on_failure(movements[0].key, error)
        return [poison.note(rt, movements[0], Outcome(refusal=error, failed=True))]
    load.after_commit()
    return [
        poison.note(rt, *pair) if pair[1].failed else pair[1] for pair in zip(movements, load.outcomes, strict=True)
    ]


def move_many(rt: Runtime, movements: Sequence[Movement]) -> Sequence[Outcome]:
    """Carry out movements that nobody waits for; what is locked elsewhere is skipped and comes round again."""
    rt.refill_keys()
    outcomes: list[Outcome] = []
    for first in range(0, len(movements), MOST):
        outcomes += carry(rt, movements[first : first + MOST], patient=False)
    return outcomes


def _already_started(rt: Runtime, movement: Movement) -> Outcome | None:
    """Find the instance whose commit came through although its answer was lost."""
    row = rt.database.read(lambda tx: locate(tx, Subject.INSTANCE, [movement.key], patient=True).get(movement.key))
    if row is None or row.root is None:
        return None
    moved = Moved(instance_key=movement.key, completed=row.root.status not in ALIVE)
    return Outcome(value=movement.answer(moved), root_key=movement.key)


def go_on(located: Located, inbox_key: Key) -> Trigger:
    """Decide to continue an instance whose last step ran long; its inbox entry goes with it."""
    located.batch.delete(w.inbox, "inbox_key", inbox_key)
    located.moving  # noqa: B018  (refuses what is over or held)
    return Continue()


__all__ = ["carry", "go_on", "move", "move_many", "move_together"]
