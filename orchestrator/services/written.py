"""What a step writes about the instance as a whole: its row, its journal, and what follows from rarer records."""

from collections.abc import Sequence

from orchestrator.domain.keys import Key
from orchestrator.domain.records import Record
from orchestrator.domain.triggers import Trigger
from orchestrator.services.collected import Collected
from orchestrator.store import batch as b
from orchestrator.store import follow_ups as rarer
from orchestrator.store.encoding import pack, to_bytes
from orchestrator.store.hot import place_of
from orchestrator.store.locating import Root
from orchestrator.store.schema import instances as it

_SEQUENCE, _SNAPSHOT = (place_of(it.process_instances, name) for name in ("sequence", "snapshot"))


def instance(c: Collected, root: Root | None, *, sequence: int, core: bytes | None) -> None:
    """Write the root's row: the number of its newest record, and its snapshot unless it has ended."""
    row = c.batch.new(it.process_instances, c.root_key)
    if row is not None:
        row[_SEQUENCE], row[_SNAPSHOT] = sequence, core
        return
    if root is None:
        raise AssertionError("an instance that goes on has its row")
    own = (c.root_key, root.revision)
    if c.ended_root is not None:
        c.batch.update(b.CHANGED_ROOTS, c.root_key, (sequence, core, c.ended_root.value, c.at, *own))
    elif c.status is not None:
        c.batch.update(b.CHANGED_ROOTS, c.root_key, (sequence, core, str(c.status), None, *own))
    else:
        c.batch.update(b.ROOTS, c.root_key, (sequence, core, *own))


def left(c: Collected, before: Root | None, sequence: int) -> Root:
    """Return an instance's row as the step leaves it."""
    member = c.members[c.root_key]
    return Root(
        key=c.root_key,
        revision=1 if before is None else before.revision + 1,
        sequence=sequence,
        status=str(c.status or (before.status if before else "ACTIVE")),
        held=False,
        failures=0,
        definition_key=member.definition_key,
        process_id=member.process_id,
        version=member.version,
        tenant=c.tenant if before is None else before.tenant,
        start_lock=c.start_lock if before is None else before.start_lock,
    )


def step(c: Collected, trigger: Trigger, drawn: Sequence[Key], records: Sequence[Record], *, first: int) -> None:
    """Add a step to the journal: what moved the instance, the keys it drew, and what happened."""
    name = type(trigger).__name__
    body = {
        "trigger": trigger,
        "keys": _ranges(drawn),
        "records": [(type(record).__name__, record) for record in records],
    }
    row = [c.root_key, first, len(records), c.at, c.actor, name, pack(to_bytes(body))]
    c.batch.insert(it.journal, (c.root_key, first), row)


def _ranges(keys: Sequence[Key]) -> list[tuple[int, int]]:
    """Return drawn keys as first and count, since they mostly follow each other."""
    ranges: list[tuple[int, int]] = []
    for key in keys:
        if ranges and ranges[-1][0] + ranges[-1][1] == key:
            ranges[-1] = (ranges[-1][0], ranges[-1][1] + 1)
        else:
            ranges.append((key, 1))
    return ranges


def follow_ups(c: Collected) -> None:
    """Add what is done after the rows."""
    rarer.count_incidents(c.batch, c.incident_changes)
    for replaced in c.replaced:
        rarer.replace_model(c.batch, replaced, c.root_key)
    for moved in c.moved:
        rarer.move_element(c.batch, moved, c.root_key)
