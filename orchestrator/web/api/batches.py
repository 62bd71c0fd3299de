"""One command on many process instances: written down, then worked off by whoever ticks."""

from typing import Any

from orchestrator.domain.access import Permission, require
from orchestrator.domain.batch import BatchKind
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.domain.triggers import Modify, MoveElement
from orchestrator.services import batches, queries
from orchestrator.services.batches import Created
from orchestrator.web.api.instances import INSTANCE, MigrationPlan, OperationReference, plan_of
from orchestrator.web.bodies import Body, Name
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search, read_filter
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import MOMENT, NUMBER, ListOf, Word, same

resource = Resource("batches", "Batch operation")

TYPES = Word(same(*(kind.value for kind in BatchKind)))
CREATED = Shape(
    "CreatedBatchOperation", [key("batchOperationKey", "batch_key"), Field("batchOperationType", "kind", TYPES)]
)
_ERROR = Shape(
    "BatchOperationError",
    [Field("partitionId", "partition", NUMBER), Field("type", "type"), Field("message", "message")],
)
BATCH = Shape(
    "BatchOperation",
    [
        key("batchOperationKey", "batch_key"),
        Field(
            "state",
            "status",
            Word(
                {
                    **same("ACTIVE", "SUSPENDED", "COMPLETED", "PARTIALLY_COMPLETED", "FAILED"),
                    "CANCELLED": "CANCELED",
                },
                others=("CREATED",),
            ),
        ),
        Field("batchOperationType", "kind", TYPES, filter=False, sort=False),
        Field("operationType", "kind", TYPES, shown=False),
        Field("startDate", "created_at", MOMENT, nullable=True, filter=False),
        Field("endDate", "ended_at", MOMENT, nullable=True, filter=False),
        Field("actorType", "actor_kind", Word({"user": "USER", "token": "CLIENT", "system": "CLIENT"}), sort=False),
        Field("actorId", "actor"),
        Field("operationsTotalCount", "total", NUMBER, filter=False),
        Field("operationsFailedCount", "failed", NUMBER, filter=False),
        Field("operationsCompletedCount", "completed", NUMBER, filter=False),
        Field("errors", lambda _row: [], ListOf(Inner(_ERROR))),
    ],
    noun="batches",
)
ITEM = Shape(
    "BatchOperationItem",
    [
        Field("operationType", "kind", TYPES),
        key("batchOperationKey", "batch_key"),
        key("itemKey", "item_key"),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True, filter=False, sort=False),
        Field(
            "state", "status", Word({**same("ACTIVE", "COMPLETED", "FAILED"), "CANCELLED": "CANCELED"}, ("SKIPPED",))
        ),
        Field("processedDate", "processed_at", MOMENT, nullable=True, filter=False),
        Field("errorMessage", "error", nullable=True, filter=False, sort=False),
    ],
    noun="batch_entries",
)


class Many(OperationReference):
    """Which process instances; a filter as in their search."""

    filter: dict[str, Any]


def _create(call: Call, kind: BatchKind, body: Many, trigger: Any = None) -> Created:
    wanted = read_filter(INSTANCE, body.filter)
    return batches.create(call.rt, call.who, kind, wanted, trigger=trigger, reason=body.reason)


@resource.post("/process-instances/cancellation", answers=CREATED)
def cancel_process_instances_batch_operation(call: Call, body: Many) -> Created:
    """Cancel all running process instances that a filter finds, called ones with their callers."""
    return _create(call, BatchKind.CANCEL, body)


@resource.post("/process-instances/deletion", answers=CREATED)
def delete_process_instances_batch_operation(call: Call, body: Many) -> Created:
    """Remove all ended process instances that a filter finds, with their history."""
    return _create(call, BatchKind.DELETE, body)


@resource.post("/process-instances/suspension", answers=CREATED)
def suspend_process_instances_batch_operation(call: Call, body: Many) -> Created:
    """Suspend all active process instances that a filter finds, called ones with their callers."""
    return _create(call, BatchKind.SUSPEND, body)


@resource.post("/process-instances/resumption", answers=CREATED)
def resume_process_instances_batch_operation(call: Call, body: Many) -> Created:
    """Resume all suspended process instances that a filter finds."""
    return _create(call, BatchKind.RESUME, body)


class MigrateMany(Many):
    """Which process instances, and where they go on."""

    migration_plan: MigrationPlan


@resource.post("/process-instances/migration", answers=CREATED, also=(404,))
def migrate_process_instances_batch_operation(call: Call, body: MigrateMany) -> Created:
    """Migrate all running process instances that a filter finds, each of them all or nothing."""
    return _create(call, BatchKind.MIGRATE, body, plan_of(body.migration_plan))


class Move(Body):
    """From where to where."""

    source_element_id: Name
    target_element_id: Name


class ModifyMany(Many):
    """Which process instances, and what to move in them."""

    move_instructions: list[Move]


@resource.post("/process-instances/modification", answers=CREATED)
def modify_process_instances_batch_operation(call: Call, body: ModifyMany) -> Created:
    """Move tokens in all running process instances that a filter finds."""
    moves = [
        MoveElement(source_element_id=one.source_element_id, target_element_id=one.target_element_id)
        for one in body.move_instructions
    ]
    return _create(call, BatchKind.MODIFY, body, Modify(move=moves))


@resource.post("/process-instances/incident-resolution", answers=CREATED)
def resolve_incidents_batch_operation(call: Call, body: Many) -> Created:
    """Resolve the incidents of all process instances that a filter finds."""
    return _create(call, BatchKind.RESOLVE, body)


@resource.post(
    "/process-instances/{processInstanceKey}/incident-resolution",
    answers=CREATED,
    reads=OperationReference,
    also=(404,),
)
def resolve_process_instance_incidents(call: Call, process_instance_key: Key) -> Created:
    """Resolve the incidents of a process instance."""
    require(call.who, Permission.OPERATE)
    queries.get(call.rt, call.who, "instances", process_instance_key)
    return batches.create(call.rt, call.who, BatchKind.RESOLVE, {"instance_key": process_instance_key})


@resource.search("/batch-operations/search", BATCH)
def search_batch_operations(call: Call, search: Search) -> Page:
    """Search batch operations."""
    return queries.search(call.rt, call.who, "batches", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/batch-operations/{batchOperationKey}", answers=BATCH)
def get_batch_operation(call: Call, batch_operation_key: Key) -> dict[str, Any]:
    """Get a batch operation with its progress."""
    return queries.get(call.rt, call.who, "batches", batch_operation_key)


@resource.post("/batch-operations/{batchOperationKey}/cancellation", also=(404, 409))
def cancel_batch_operation(call: Call, batch_operation_key: Key) -> None:
    """Leave the rest of a batch operation undone; what is done stays."""
    batches.cancel(call.rt, call.who, batch_operation_key)


@resource.post("/batch-operations/{batchOperationKey}/suspension", also=(404, 409))
def suspend_batch_operation(call: Call, batch_operation_key: Key) -> None:
    """Let a batch operation rest."""
    batches.suspend(call.rt, call.who, batch_operation_key)


@resource.post("/batch-operations/{batchOperationKey}/resumption", also=(404, 409))
def resume_batch_operation(call: Call, batch_operation_key: Key) -> None:
    """Go on with a batch operation that rests."""
    batches.resume(call.rt, call.who, batch_operation_key)


@resource.search("/batch-operation-items/search", ITEM)
def search_batch_operation_items(call: Call, search: Search) -> Page:
    """Search what batch operations do to each process instance or incident."""
    sort = [*search.sort, ("batch_key", "asc")]  # an instance may be in several
    return queries.search(call.rt, call.who, "batch_entries", filter=search.filter, sort=sort, page=search.page)
