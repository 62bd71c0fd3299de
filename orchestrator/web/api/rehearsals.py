"""Dry runs: what a modification or migration would do and why it would be refused, and which element is which."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.services import rehearsals
from orchestrator.services.rehearsals import Rehearsal, Suggestion
from orchestrator.web.api.batches import MigrateMany
from orchestrator.web.api.instances import INSTANCE, Migration, plan_of
from orchestrator.web.api.modifications import Modification, modification_of
from orchestrator.web.bodies import Body, WireKey
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import read_filter
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import NUMBER, TEXT, ListOf

resource = Resource("rehearsals", "Process instance", prefix="/ext/v1")

_EFFECT = Shape(
    "RehearsedEffect",
    [
        Field("act", "act"),
        Field("elementId", "element_id", nullable=True),
        Field("detail", "detail", nullable=True),
    ],
)
REHEARSAL = Shape(
    "Rehearsal",
    [
        key("processInstanceKey", "instance_key"),
        Field("refusals", "refusals", ListOf(TEXT)),
        Field("effects", "effects", ListOf(Inner(_EFFECT))),
    ],
)
REHEARSALS = Shape("Rehearsals", [Field("items", "items", ListOf(Inner(REHEARSAL))), Field("total", "total", NUMBER)])


@resource.post("/process-instances/{processInstanceKey}/modification-rehearsal", answers=REHEARSAL, also=(404,))
def rehearse_process_instance_modification(call: Call, process_instance_key: Key, body: Modification) -> Rehearsal:
    """Say what a modification would do, and change nothing."""
    wanted = modification_of(call, process_instance_key, body)
    return rehearsals.rehearse(call.rt, call.who, process_instance_key, wanted)


@resource.post("/process-instances/{processInstanceKey}/migration-rehearsal", answers=REHEARSAL, also=(404,))
def rehearse_process_instance_migration(call: Call, process_instance_key: Key, body: Migration) -> Rehearsal:
    """Say what a migration would do, or why it would be refused, and change nothing."""
    return rehearsals.rehearse(call.rt, call.who, process_instance_key, plan_of(body))


@resource.post("/process-instances/migration-rehearsal", answers=REHEARSALS, also=(404,))
def rehearse_process_instances_migration(call: Call, body: MigrateMany) -> dict[str, Any]:
    """Say for each process instance that a filter finds, the first 500, what a migration would do to it."""
    wanted = read_filter(INSTANCE, body.filter)
    found, total = rehearsals.rehearse_many(call.rt, call.who, wanted, plan_of(body.migration_plan))
    return {"items": found, "total": total}


class Target(Body):
    """The other version."""

    target_process_definition_key: WireKey


_PAIRING = Shape(
    "ElementPairing",
    [
        Field("sourceElementId", "source_id"),
        Field("elementName", "name", nullable=True),
        Field("elementType", "type"),
        Field("targetElementId", "target_id", nullable=True),
        Field("pairedBy", "by", nullable=True),
    ],
)
_ELEMENT = Shape(
    "TargetElement",
    [Field("elementId", "id"), Field("elementName", "name", nullable=True), Field("elementType", "type")],
)
SUGGESTION = Shape(
    "MigrationSuggestion",
    [Field("pairings", "pairings", ListOf(Inner(_PAIRING))), Field("targets", "targets", ListOf(Inner(_ELEMENT)))],
)


@resource.post("/process-definitions/{processDefinitionKey}/migration-suggestion", answers=SUGGESTION, also=(404,))
def suggest_migration(call: Call, process_definition_key: Key, body: Target) -> Suggestion:
    """Pair the elements of two versions: by equal ids, else by a name that only one of the same type has."""
    return rehearsals.suggest(call.rt, call.who, process_definition_key, body.target_process_definition_key)
