"""Process instances: create, search, cancel, change, migrate, count."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Annotated, Any, Self

import orjson
from pydantic import Field as Limit
from pydantic import model_validator

from orchestrator.domain.errors import Invalid, Unavailable
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page, PageRequest
from orchestrator.domain.triggers import Migrate, MigrateCalled
from orchestrator.services import instances, queries, repairs
from orchestrator.services.instances import Started
from orchestrator.web.api.definitions import STATISTICS, counted
from orchestrator.web.api.incidents import INCIDENT
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body, Name, Variables, WireKey
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.problems import TookTooLong
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.waiting import place
from orchestrator.web.wire import FLAG, MOMENT, NUMBER, TEXT, VARIABLES, ListOf, Tags, Word

resource = Resource("instances", "Process instance")

DEFAULT_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=5)


def _suspended_at(row: Mapping[str, Any]) -> Any:
    """Return since when an instance rests; one that was ended while it rested does not rest any more."""
    return row.get("suspended_at") if row["status"] == "SUSPENDED" else None


INSTANCE = Shape(
    "ProcessInstance",
    [
        Field("processDefinitionId", "process_id"),
        Field("processDefinitionName", "process_name", nullable=True),
        Field("processDefinitionVersion", "version", NUMBER),
        Field("processDefinitionVersionTag", "version_tag", nullable=True),
        Field("startDate", "started_at", MOMENT),
        Field("endDate", "ended_at", MOMENT, nullable=True),
        Field(
            "state",
            "status",
            Word({"ACTIVE": "ACTIVE", "COMPLETED": "COMPLETED", "CANCELLED": "TERMINATED", "SUSPENDED": "SUSPENDED"}),
        ),
        Field("suspendedDate", _suspended_at, MOMENT, nullable=True),
        Field("hasIncident", "has_incident", FLAG),
        Field("tenantId", "tenant"),
        key("processInstanceKey", "instance_key"),
        key("processDefinitionKey", "definition_key"),
        key("parentProcessInstanceKey", "parent_instance_key", nullable=True),
        key("parentElementInstanceKey", "parent_element_instance_key", nullable=True),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        Field("tags", "tags", Tags(), fallback=(), filter=False, sort=False),
        Field("businessId", "business_id", nullable=True),
    ],
    noun="instances",
    lists={"variables": "variables"},
)


class StartInstruction(Body):
    """Begin before this element."""

    element_id: Name


class CreateProcessInstance(Body):
    """Which definition to start, with which variables; by id (and version) or by key."""

    process_definition_id: Name | None = None
    process_definition_key: WireKey | None = None
    process_definition_version: Annotated[int, Limit(ge=-1)] | None = None
    process_definition_version_tag: Name | None = None
    variables: Variables | None = None
    tenant_id: str | None = None
    operation_reference: int | None = None
    start_instructions: list[StartInstruction] | None = None
    runtime_instructions: list[dict[str, Any]] | None = None
    await_completion: bool | None = None
    fetch_variables: list[str] | None = None
    request_timeout: int | None = None
    tags: list[str] | None = None
    business_id: Annotated[str, Limit(min_length=1, max_length=256)] | None = None

    @model_validator(mode="after")
    def name_one_definition(self) -> Self:
        """Refuse both names and none."""
        if (self.process_definition_id is None) == (self.process_definition_key is None):
            raise ValueError("Name the definition by processDefinitionId or by processDefinitionKey, one of them.")
        return self


CREATED = Shape(
    "CreatedProcessInstance",
    [
        Field("processDefinitionId", "process_id"),
        Field("processDefinitionVersion", "version", NUMBER),
        Field("tenantId", "tenant"),
        Field("variables", "variables", VARIABLES, fallback={}),
        key("processDefinitionKey", "definition_key"),
        key("processInstanceKey", "instance_key"),
        Field("tags", "tags", ListOf(TEXT)),
        Field("businessId", "business_id", nullable=True),
    ],
)


@resource.post("/process-instances", answers=CREATED, keyed=True, also=(404, 409, 504))
def create_process_instance(call: Call, body: CreateProcessInstance) -> Started:
    """Start a process instance.

    With ``awaitCompletion`` the answer waits for the end, at most ``requestTimeout`` milliseconds, and has the
    variables; after that time it is 504 and the instance goes on. The same request under the same ``Idempotency-Key``
    waits for the same instance.
    """
    check_tenant(call.who, body.tenant_id)
    if body.runtime_instructions:
        raise Invalid("runtimeInstructions are not supported; leave them out.")
    timeout = _timeout(body.request_timeout)
    began_at = call.rt.monotonic()
    try:
        with place() if body.await_completion else nullcontext():
            begun = call.receipt and call.receipt.begun
            return _wait(call, body, timeout, begun) if begun else _start(call, body, timeout)
    except Unavailable as reason:
        if body.await_completion and call.rt.monotonic() - began_at >= timeout.total_seconds():
            raise TookTooLong(str(reason)) from reason
        raise


def _start(call: Call, body: CreateProcessInstance, timeout: timedelta) -> Started:
    return instances.start(
        call.rt,
        call.who,
        definition_key=body.process_definition_key,
        process_id=body.process_definition_id,
        version=_version(call, body),
        variables=body.variables or {},
        business_id=body.business_id,
        start_at=[one.element_id for one in body.start_instructions or ()],
        tags=body.tags or (),
        await_completion=bool(body.await_completion),
        timeout=timeout,
        fetch_variables=body.fetch_variables or (),
        receipt=call.receipt,
    )


def _wait(call: Call, body: CreateProcessInstance, timeout: timedelta, begun: str) -> Started:
    """Wait for the instance that an earlier request under the same key has started, and answer as that would have."""
    told = orjson.loads(begun)
    key = Key(int(told["processInstanceKey"]))
    result = instances.wait(call.rt, call.who, key, timeout=timeout, fetch_variables=body.fetch_variables or ())
    return Started(
        instance_key=key,
        definition_key=Key(int(told["processDefinitionKey"])),
        process_id=told["processDefinitionId"],
        version=told["processDefinitionVersion"],
        tenant=told["tenantId"],
        business_id=told["businessId"],
        tags=told["tags"],
        completed=True,
        variables=result,
    )


def _timeout(milliseconds: int | None) -> timedelta:
    if milliseconds is None or milliseconds <= 0:
        return DEFAULT_WAIT
    return min(timedelta(milliseconds=min(milliseconds, 10**9)), LONGEST_WAIT)


def _version(call: Call, body: CreateProcessInstance) -> int:
    """Return the version that was asked for; a tag stands for the newest version that has it."""
    if body.process_definition_version_tag is None:
        return -1 if body.process_definition_version is None else body.process_definition_version
    tagged = {"process_id": body.process_definition_id, "version_tag": body.process_definition_version_tag}
    page = queries.search(
        call.rt, call.who, "definitions", filter=tagged, sort=[("version", "desc")], page=PageRequest(limit=1)
    )
    if not page.items:
        tag = body.process_definition_version_tag
        raise Invalid(f"The process {body.process_definition_id} has no version with the tag “{tag}”.")
    return int(page.items[0]["version"])


@resource.search("/process-instances/search", INSTANCE)
def search_process_instances(call: Call, search: Search) -> Page:
    """Search process instances, by their variables too."""
    return queries.search(call.rt, call.who, "instances", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/process-instances/{processInstanceKey}", answers=INSTANCE)
def get_process_instance(call: Call, process_instance_key: Key) -> dict[str, Any]:
    """Get a process instance."""
    return queries.get(call.rt, call.who, "instances", process_instance_key)


class OperationReference(Body):
    """A number of the caller's own, which we accept and do not keep, and why they do it, which we do."""

    operation_reference: int | None = None
    reason: str | None = None


@resource.post("/process-instances/{processInstanceKey}/cancellation", also=(409,))
def cancel_process_instance(call: Call, process_instance_key: Key, body: OperationReference) -> None:
    """Cancel a process instance with everything inside it."""
    instances.cancel(call.rt, call.who, process_instance_key, reason=body.reason)


@resource.post("/process-instances/{processInstanceKey}/deletion", reads=OperationReference, also=(409,))
def delete_process_instance(call: Call, process_instance_key: Key) -> None:
    """Remove an ended process instance with its history."""
    instances.delete(call.rt, call.who, process_instance_key)


class MappingInstruction(Body):
    """What an element of now is in the other version."""

    source_element_id: Name
    target_element_id: Name


class CalledPlan(Body):
    """Where the called instances of a process go on."""

    process_definition_id: Name
    target_process_definition_key: WireKey
    mapping_instructions: list[MappingInstruction] | None = None


class MigrationPlan(Body):
    """Where to go on; called processes that are not named stay on their version."""

    target_process_definition_key: WireKey
    mapping_instructions: list[MappingInstruction]
    called_processes: list[CalledPlan] | None = None


class Migration(MigrationPlan):
    """Where to go on, and why."""

    operation_reference: int | None = None
    reason: str | None = None


def plan_of(body: MigrationPlan) -> Migrate:
    """Return the migration that a body describes."""
    called = [
        MigrateCalled(
            process_id=one.process_definition_id,
            definition_key=one.target_process_definition_key,
            mapping=mapping_of(one.mapping_instructions or ()),
        )
        for one in body.called_processes or ()
    ]
    return Migrate(
        definition_key=body.target_process_definition_key,
        mapping=mapping_of(body.mapping_instructions),
        called=called,
        reason=body.reason if isinstance(body, Migration) else None,
    )


def mapping_of(instructions: Sequence[MappingInstruction]) -> Mapping[str, str]:
    """Return the mapping, in which an element stands once."""
    mapping = {one.source_element_id: one.target_element_id for one in instructions}
    if len(mapping) < len(instructions):
        raise Invalid("mappingInstructions name a sourceElementId twice.")
    return mapping


@resource.post("/process-instances/{processInstanceKey}/migration", also=(409,))
def migrate_process_instance(call: Call, process_instance_key: Key, body: Migration) -> None:
    """Go on under another definition, all or nothing."""
    plan = plan_of(body)
    repairs.migrate(
        call.rt,
        call.who,
        process_instance_key,
        definition_key=plan.definition_key,
        mapping=plan.mapping,
        called=plan.called,
        reason=plan.reason,
    )


@resource.get("/process-instances/{processInstanceKey}/statistics/element-instances", answers=STATISTICS)
def get_process_instance_statistics(call: Call, process_instance_key: Key) -> dict[str, Any]:
    """Count the element instances of a process instance, by element."""
    return counted(queries.statistics(call.rt, call.who, instance_key=process_instance_key))


_FLOW = Shape(
    "SequenceFlow",
    [
        Field("sequenceFlowId", "id"),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        key("processDefinitionKey", "definition_key", nullable=True),
        Field("processDefinitionId", "process_id", nullable=True),
        Field("elementId", "flow_id"),
        Field("tenantId", "tenant"),
    ],
)
FLOWS = Shape("SequenceFlows", [Field("items", "items", ListOf(Inner(_FLOW)))])


@resource.get("/process-instances/{processInstanceKey}/sequence-flows", answers=FLOWS)
def get_process_instance_sequence_flows(call: Call, process_instance_key: Key) -> dict[str, Any]:
    """List the sequence flows that were taken."""
    instance = queries.get(call.rt, call.who, "instances", process_instance_key)
    taken = queries.flows_taken(call.rt, call.who, process_instance_key)
    return {"items": [{**instance, "flow_id": flow, "id": f"{process_instance_key}_{flow}"} for flow in sorted(taken)]}


@resource.search("/process-instances/{processInstanceKey}/incidents/search", INCIDENT)
def search_process_instance_incidents(call: Call, process_instance_key: Key, search: Search) -> Page:
    """Search the incidents of a process instance."""
    queries.get(call.rt, call.who, "instances", process_instance_key)
    conditions = {**search.filter, "instance_key": process_instance_key}
    return queries.search(call.rt, call.who, "incidents", filter=conditions, sort=search.sort, page=search.page)
