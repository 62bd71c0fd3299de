"""What a deployed process waits for to begin: only its newest version is started by events."""

from collections.abc import Sequence
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.keys import Key
from orchestrator.domain.message import name_digest
from orchestrator.services.runtime import Runtime
from orchestrator.store import gatherings, inbox
from orchestrator.store import start_events as rows
from orchestrator.store.encoding import to_text
from orchestrator.store.transaction import Transaction


def form_id(starts: Sequence[Any]) -> str | None:
    """Return the form of the none start event."""
    return next((start.form_id for start in starts if type(start).__name__ == "NoneStart"), None)


def unsubscribe(tx: Transaction, tenant: str, process_id: str) -> None:
    """Let nothing start a process any more."""
    rows.delete_all(tx, tenant, process_id)
    gatherings.keep_only(tx, tenant, process_id, ())


def subscribe(
    rt: Runtime, tx: Transaction, who: Principal, *, definition_key: Key, process_id: str, starts: Sequence[Any]
) -> None:
    """Let messages, signals and time start this version, and no older one."""
    rows.delete_all(tx, who.tenant, process_id)
    gatherings.keep_only(tx, who.tenant, process_id, {start.element_id for start in starts if _all_of(start) > 1})
    for start in starts:
        shared = {
            "definition_key": definition_key,
            "process_id": process_id,
            "element_id": start.element_id,
            "created_at": tx.now,
            "tenant": who.tenant,
        }
        several = {"event_index": start.event_index, "all_of": start.all_of} if _all_of(start) > 1 else {}
        match type(start).__name__:
            case "MessageStart":
                digest = name_digest(who.tenant, start.message_name)
                rows.add_message(tx, rt.new_key(), digest, start.message_name, shared | several)
                body = {"name": start.message_name, "process_id": process_id}
                inbox.leave(tx, rt.new_key(), None, "StartBuffered", body, actor=who.id, tenant=who.tenant)
            case "SignalStart":
                digest = name_digest(who.tenant, start.signal_name)
                rows.add_signal(tx, rt.new_key(), digest, start.signal_name, shared | several)
            case "TimerStart":
                source = {
                    "text": start.text,
                    "kind": start.kind,
                    "zone": start.zone,
                    "catch_up": start.catch_up,
                    **several,
                }
                rows.add_timer(tx, rt.new_key(), start.due_at, start.repetitions_left, to_text(source), shared)
                tx.wake({"timers"})
            case "ConditionalStart":
                rows.add_condition(tx, rt.new_key(), start.event_index, start.all_of, shared)
            case _:
                pass


def _all_of(start: Any) -> int:
    """Return how many events a start event waits for; those that somebody triggers by hand for none."""
    return getattr(start, "all_of", 1)
