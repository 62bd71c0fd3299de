"""An instance that the engine fails on again and again is held, so that it disturbs nobody, until a person looks."""

from datetime import timedelta

from orchestrator.domain.errors import Conflict, OrchestratorError, Unavailable
from orchestrator.domain.keys import Key
from orchestrator.domain.retry import ENGINE_ATTEMPTS
from orchestrator.services.movements import Movement, Outcome
from orchestrator.services.runtime import Runtime
from orchestrator.store import holding
from orchestrator.store.transaction import Transaction

CODE = "ENGINE_FAILURE"


def note(rt: Runtime, movement: Movement, outcome: Outcome) -> Outcome:
    """Count a failure of the engine, in a transaction of its own; the third one holds the instance."""
    cause = outcome.refusal
    words = f"{type(cause).__name__}: {cause}"[:2000]
    if movement.subject is None:
        return Outcome(refusal=Conflict(f"The instance could not be started: {words}"))

    def work(tx: Transaction) -> tuple[Key | None, int]:
        root = holding.fail(tx, movement.subject, movement.key) if movement.subject else None
        if root is None:
            # nothing of the instance is there yet: only what would make it is left alone for a while
            holding.postpone(tx, movement.subject, movement.key, tx.now + rt.retries.longest)
            return None, 0
        if root.failures >= ENGINE_ATTEMPTS and not root.held:
            message = (
                f"The engine failed {root.failures} times in a row: {words}. Nothing was changed; resolve to try again."
            )
            holding.hold(tx, root, incident_key=rt.new_key(), code=CODE, message=message)
        else:
            holding.postpone(tx, movement.subject, movement.key, tx.now + back_off(rt, root.failures))
        return root.instance_key, root.failures

    try:
        root_key, failures = rt.database.run(work)
    except OrchestratorError as refusal:
        return Outcome(refusal=refusal)
    if root_key is not None:
        rt.residents.forget(root_key)
        rt.wakeups.wake({"incidents", f"instance:{root_key}"})
    if failures >= ENGINE_ATTEMPTS:
        return Outcome(refusal=Conflict(f"Process instance {root_key} is held by an incident: {words}"))
    refusal_ = Unavailable(f"The engine failed on process instance {root_key} (attempt {failures}): {words}")
    refusal_.__cause__ = cause
    return Outcome(refusal=refusal_)


def back_off(rt: Runtime, attempt: int) -> timedelta:
    """Return how long to leave a failed instance alone."""
    return rt.retries.back_off(max(attempt, 1), rt.chance())
