"""One command on many process instances: done at once, its outcome kept in memory for a while."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from flask import current_app

from orchestrator.domain.access import Permission, require
from orchestrator.domain.errors import Invalid, NotFound, OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page, PageRequest
from orchestrator.domain.triggers import Modify, MoveElement
from orchestrator.services import incidents, instances, queries, repairs
from orchestrator.web.api.instances import INSTANCE, MappingInstruction, mapping_of
from orchestrator.web.bodies import Body, Name, WireKey
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.rows import search_rows
from orchestrator.web.searching import Search, read_filter
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import MOMENT, NUMBER, ListOf, Word, same

resource = Resource("batches", "Batch operation")

MOST_INSTANCES = 1_000
_KEPT = 1_000
_EXTENSION = "baton_batches"


@dataclass(frozen=True, slots=True)
class Batch:
    """What was done to whom, and how it went."""

    key: str
    type: str
    actor: str
    at: datetime | None
    outcomes: Mapping[Key, str | None]  #: instance to the reason of its failure

    def row(self) -> dict[str, Any]:
        """Return the batch, to be searched."""
        failed = sum(reason is not None for reason in self.outcomes.values())
        return {
            "key": self.key,
            "type": self.type,
            "actor": self.actor,
            "at": self.at,
            "status": "PARTIALLY_COMPLETED" if failed else "COMPLETED",
            "total": len(self.outcomes),
            "failed": failed,
            "completed": len(self.outcomes) - failed,
        }

    def items(self) -> list[dict[str, Any]]:
        """Return the instances, to be searched."""
        return [
            {
                "key": self.key,
                "type": self.type,
                "instance_key": instance_key,
                "item_key": str(instance_key),
                "status": "FAILED" if reason else "COMPLETED",
                "message": reason,
            }
            for instance_key, reason in self.outcomes.items()
        ]


class Batches:
    """The newest batches of this process."""

    def __init__(self) -> None:
        self._batches: OrderedDict[str, Batch] = OrderedDict()
        self._lock = Lock()

    def keep(self, batch: Batch) -> None:
        """Remember a batch, and forget the oldest when there are too many."""
        with self._lock:
            self._batches[batch.key] = batch
            while len(self._batches) > _KEPT:
                self._batches.popitem(last=False)

    def all(self) -> list[Batch]:
        """Return them, newest first."""
        with self._lock:
            return list(reversed(self._batches.values()))


def _batches() -> Batches:
    found = current_app.extensions.setdefault(_EXTENSION, Batches())
    assert isinstance(found, Batches)  # noqa: S101 - for the type checker
    return found


TYPES = Word(
    same(
        "CANCEL_PROCESS_INSTANCE",
        "DELETE_PROCESS_INSTANCE",
        "MIGRATE_PROCESS_INSTANCE",
        "MODIFY_PROCESS_INSTANCE",
        "RESOLVE_INCIDENT",
    )
)
CREATED = Shape(
    "CreatedBatchOperation", [Field("batchOperationKey", "key"), Field("batchOperationType", "type", TYPES)]
)
_ERROR = Shape(
    "BatchOperationError",
    [Field("partitionId", "partition", NUMBER), Field("type", "type"), Field("message", "message")],
)
BATCH = Shape(
    "BatchOperation",
    [
        Field("batchOperationKey", "key"),
        Field("state", "status", Word(same("COMPLETED", "PARTIALLY_COMPLETED", "FAILED"))),
        Field("batchOperationType", "type", TYPES, filter=False, sort=False),
        Field("operationType", "type", TYPES, shown=False),
        Field("startDate", "at", MOMENT, nullable=True),
        Field("endDate", "at", MOMENT, nullable=True),
        Field("actorType", lambda _row: "USER", Word(same("USER"))),
        Field("actorId", "actor"),
        Field("operationsTotalCount", "total", NUMBER, filter=False),
        Field("operationsFailedCount", "failed", NUMBER, filter=False),
        Field("operationsCompletedCount", "completed", NUMBER, filter=False),
        Field("errors", lambda _row: [], ListOf(Inner(_ERROR))),
    ],
)
ITEM = Shape(
    "BatchOperationItem",
    [
        Field("operationType", "type", TYPES),
        Field("batchOperationKey", "key"),
        Field("itemKey", "item_key"),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True, filter=False, sort=False),
        Field("state", "status", Word(same("COMPLETED", "FAILED"), others=("ACTIVE", "CANCELED", "SKIPPED"))),
        Field("processedDate", "at", MOMENT, nullable=True, filter=False, sort=False),
        Field("errorMessage", "message", nullable=True),
    ],
)


class Many(Body):
    """Which process instances; a filter as in their search."""

    filter: dict[str, Any]
    operation_reference: int | None = None


def _run(call: Call, kind: str, body: Many, act: Callable[[Key], object], **only: Any) -> Batch:
    """Act on every instance that the filter finds; one that refuses does not stop the others."""
    require(call.who, Permission.OPERATE)  # each act asks again, but there may be none
    conditions = {**read_filter(INSTANCE, body.filter), **only}
    page = queries.search(call.rt, call.who, "instances", filter=conditions, page=PageRequest(limit=MOST_INSTANCES + 1))
    if len(page.items) > MOST_INSTANCES:
        raise Invalid(f"The filter finds more than {MOST_INSTANCES} process instances; narrow it down.")
    return _act(call, kind, [row["instance_key"] for row in page.items], act)


def _act(call: Call, kind: str, keys: Sequence[Key], act: Callable[[Key], object]) -> Batch:
    batch = Batch(call.rt.new_token(), kind, call.who.id, None, {one: _try(act, one) for one in keys})
    _batches().keep(batch)
    return batch


def _try(act: Callable[[Key], object], instance_key: Key) -> str | None:
    try:
        act(instance_key)
    except OrchestratorError as reason:
        return str(reason)
    return None


@resource.post("/process-instances/cancellation", answers=CREATED)
def cancel_process_instances_batch_operation(call: Call, body: Many) -> Batch:
    """Cancel all active process instances that a filter finds, called ones with their callers."""
    return _run(
        call,
        "CANCEL_PROCESS_INSTANCE",
        body,
        lambda one: instances.cancel(call.rt, call.who, one),
        status="ACTIVE",
        parent_instance_key={"exists": False},
    )


@resource.post("/process-instances/deletion", answers=CREATED)
def delete_process_instances_batch_operation(call: Call, body: Many) -> Batch:
    """Remove all ended process instances that a filter finds, with their history."""
    return _run(
        call,
        "DELETE_PROCESS_INSTANCE",
        body,
        lambda one: instances.delete(call.rt, call.who, one),
        status={"neq": "ACTIVE"},
        parent_instance_key={"exists": False},
    )


class MigrationPlan(Body):
    """Where to go on."""

    target_process_definition_key: WireKey
    mapping_instructions: list[MappingInstruction]


class MigrateMany(Many):
    """Which process instances, and where they go on."""

    migration_plan: MigrationPlan


@resource.post("/process-instances/migration", answers=CREATED)
def migrate_process_instances_batch_operation(call: Call, body: MigrateMany) -> Batch:
    """Migrate all active process instances that a filter finds, each of them all or nothing."""
    plan = body.migration_plan
    mapping = mapping_of(plan.mapping_instructions)

    def migrate(one: Key) -> None:
        target = plan.target_process_definition_key
        repairs.migrate(call.rt, call.who, one, definition_key=target, mapping=mapping)

    return _run(call, "MIGRATE_PROCESS_INSTANCE", body, migrate, status="ACTIVE")


class Move(Body):
    """From where to where."""

    source_element_id: Name
    target_element_id: Name


class ModifyMany(Many):
    """Which process instances, and what to move in them."""

    move_instructions: list[Move]


@resource.post("/process-instances/modification", answers=CREATED)
def modify_process_instances_batch_operation(call: Call, body: ModifyMany) -> Batch:
    """Move tokens in all active process instances that a filter finds."""
    moves = [
        MoveElement(source_element_id=one.source_element_id, target_element_id=one.target_element_id)
        for one in body.move_instructions
    ]
    return _run(
        call,
        "MODIFY_PROCESS_INSTANCE",
        body,
        lambda one: repairs.modify(call.rt, call.who, one, Modify(move=moves)),
        status="ACTIVE",
    )


@resource.post("/process-instances/incident-resolution", answers=CREATED)
def resolve_incidents_batch_operation(call: Call, body: Many) -> Batch:
    """Resolve the incidents of all process instances that a filter finds."""
    return _run(call, "RESOLVE_INCIDENT", body, lambda one: _resolve(call, one), status="ACTIVE", has_incident=True)


@resource.post("/process-instances/{processInstanceKey}/incident-resolution", answers=CREATED)
def resolve_process_instance_incidents(call: Call, process_instance_key: Key) -> Batch:
    """Resolve the incidents of a process instance."""
    require(call.who, Permission.OPERATE)
    queries.get(call.rt, call.who, "instances", process_instance_key)
    return _act(call, "RESOLVE_INCIDENT", [process_instance_key], lambda one: _resolve(call, one))


def _resolve(call: Call, instance_key: Key) -> None:
    open_ones = queries.search(
        call.rt,
        call.who,
        "incidents",
        filter={"instance_key": instance_key, "status": "ACTIVE"},
        page=PageRequest(limit=MOST_INSTANCES),
    )
    reasons = incidents.resolve_many(call.rt, call.who, [row["incident_key"] for row in open_ones.items])
    if refused := [reason for reason in reasons.values() if reason]:
        raise Invalid(" ".join(refused))


@resource.search("/batch-operations/search", BATCH)
def search_batch_operations(call: Call, search: Search) -> Page:
    """Search the batch operations that this server process still remembers."""
    require(call.who, Permission.READ)
    return search_rows([batch.row() for batch in _batches().all()], search)


@resource.get("/batch-operations/{batchOperationKey}", answers=BATCH)
def get_batch_operation(call: Call, batch_operation_key: str) -> dict[str, Any]:
    """Get a batch operation."""
    require(call.who, Permission.READ)
    for batch in _batches().all():
        if batch.key == batch_operation_key:
            return batch.row()
    raise NotFound(f"No batch operation “{batch_operation_key}” is remembered here.")


@resource.search("/batch-operation-items/search", ITEM)
def search_batch_operation_items(call: Call, search: Search) -> Page:
    """Search the process instances of batch operations."""
    require(call.who, Permission.READ)
    return search_rows([row for batch in _batches().all() for row in batch.items()], search)
