"""Changing a running instance by hand: put tokens before elements, end element instances, move them."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, Self

from pydantic import model_validator

from orchestrator.domain.errors import Invalid, NotFound
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.domain.triggers import ActivateElement, Modify, MoveElement, TerminateElement
from orchestrator.services import queries, repairs
from orchestrator.web.bodies import Body, Name, Variables, WireKey
from orchestrator.web.endpoints import Call, Resource

resource = Resource("modifications", "Process instance")


class VariableInstruction(Body):
    """Variables for a scope: the element id of a container, or nothing for the whole instance."""

    variables: Variables
    scope_id: str | None = None


class ActivateInstruction(Body):
    """Put a token before this element."""

    element_id: Name
    variable_instructions: list[VariableInstruction] | None = None
    ancestor_element_instance_key: WireKey | None = None


class Source(Body):
    """What to move away from: all instances of an element, or one."""

    source_type: Literal["byId", "byKey"] | None = None
    source_element_id: Name | None = None
    source_element_instance_key: WireKey | None = None

    @model_validator(mode="after")
    def name_one(self) -> Self:
        """Refuse both names and none."""
        if (self.source_element_id is None) == (self.source_element_instance_key is None):
            raise ValueError("must have sourceElementId or sourceElementInstanceKey, one of them.")
        return self


class AncestorScope(Body):
    """In which scope to put the token."""

    ancestor_scope_type: Literal["direct", "inferred", "sourceParent"]
    ancestor_element_instance_key: WireKey | None = None


class MoveInstruction(Body):
    """End what is there and put a token elsewhere."""

    source_element_instruction: Source
    target_element_id: Name
    ancestor_scope_instruction: AncestorScope | None = None
    variable_instructions: list[VariableInstruction] | None = None


class TerminateInstruction(Body):
    """End one element instance, or all of one element."""

    element_id: Name | None = None
    element_instance_key: WireKey | None = None

    @model_validator(mode="after")
    def name_one(self) -> Self:
        """Refuse both names and none."""
        if (self.element_id is None) == (self.element_instance_key is None):
            raise ValueError("must have elementId or elementInstanceKey, one of them.")
        return self


class Modification(Body):
    """Activations happen first, so that scopes stay alive."""

    operation_reference: int | None = None
    reason: str | None = None
    activate_instructions: list[ActivateInstruction] | None = None
    move_instructions: list[MoveInstruction] | None = None
    terminate_instructions: list[TerminateInstruction] | None = None


@resource.post("/process-instances/{processInstanceKey}/modification", also=(409,))
def modify_process_instance(call: Call, process_instance_key: Key, body: Modification) -> None:
    """Change a running process instance by hand."""
    repairs.modify(call.rt, call.who, process_instance_key, modification_of(call, process_instance_key, body))


def modification_of(call: Call, process_instance_key: Key, body: Modification) -> Modify:
    """Return the modification that a body describes."""
    moves = [_move(call, process_instance_key, one) for one in body.move_instructions or ()]
    modification = Modify(
        activate=[
            *(_activate(one) for one in body.activate_instructions or ()),
            *(activation for move in moves for activation in move.activate),
        ],
        terminate=[
            *_terminations(call, process_instance_key, body.terminate_instructions or ()),
            *(termination for move in moves for termination in move.terminate),
        ],
        move=[one for move in moves for one in move.move],
        reason=body.reason,
    )
    if not (modification.activate or modification.terminate or modification.move):
        raise Invalid("There is no instruction: activate, move or terminate something.")
    return modification


def _activate(one: ActivateInstruction) -> ActivateElement:
    return ActivateElement(
        element_id=one.element_id,
        scope_key=one.ancestor_element_instance_key,
        variables=_variables(one.variable_instructions or ()),
    )


def _variables(instructions: Sequence[VariableInstruction]) -> dict[str, Variables]:
    """Gather variables by scope id; "" is the instance itself."""
    found: dict[str, Variables] = {}
    for one in instructions:
        found[one.scope_id or ""] = {**found.get(one.scope_id or "", {}), **one.variables}
    return found


def _move(call: Call, instance_key: Key, one: MoveInstruction) -> Modify:
    """Read a move: by id it is the engine's own; with a key, scope or variables it is an end and a beginning."""
    source, scope = one.source_element_instruction, one.ancestor_scope_instruction
    simple = scope is None or scope.ancestor_scope_type == "inferred"
    if source.source_element_id and simple and not one.variable_instructions:
        return Modify(
            move=[MoveElement(source_element_id=source.source_element_id, target_element_id=one.target_element_id)]
        )
    rows = list(_active(call, instance_key, source))
    variables = _variables(one.variable_instructions or ())
    return Modify(
        activate=[
            ActivateElement(element_id=one.target_element_id, scope_key=_scope(row, scope), variables=variables)
            for row in rows
        ],
        terminate=[TerminateElement(element_instance_key=row["element_instance_key"]) for row in rows],
    )


def _scope(row: dict[str, Any], scope: AncestorScope | None) -> Key | None:
    if scope is None or scope.ancestor_scope_type == "inferred":
        return None
    if scope.ancestor_scope_type == "sourceParent":
        parent: Key = row["scope_key"]
        return parent
    if scope.ancestor_element_instance_key is None:
        raise Invalid("ancestorScopeInstruction of the type direct needs ancestorElementInstanceKey.")
    return scope.ancestor_element_instance_key


def _active(call: Call, instance_key: Key, source: Source) -> Iterator[dict[str, Any]]:
    """Find the active element instances that are meant."""
    named = (
        {"element_id": source.source_element_id}
        if source.source_element_id
        else {"element_instance_key": source.source_element_instance_key}
    )
    yield from _search(call, instance_key, named)


def _search(call: Call, instance_key: Key, named: dict[str, Any]) -> list[dict[str, Any]]:
    conditions = {"instance_key": instance_key, "status": "ACTIVE", **named}
    page = queries.search(
        call.rt, call.who, "element_instances", filter=conditions, page=PageRequest(limit=call.rt.limits.multi_instance)
    )
    if not page.items:
        name = next(iter(named.values()))
        raise NotFound(f"The instance {instance_key} has no active element instance {name}.")
    return list(page.items)


def _terminations(
    call: Call, instance_key: Key, instructions: Sequence[TerminateInstruction]
) -> Iterator[TerminateElement]:
    for one in instructions:
        if one.element_instance_key is not None:
            yield TerminateElement(element_instance_key=one.element_instance_key)
        else:
            for row in _search(call, instance_key, {"element_id": one.element_id}):
                yield TerminateElement(element_instance_key=row["element_instance_key"])
