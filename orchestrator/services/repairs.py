"""Change a running instance by hand: its tokens, its version, and whether it may move."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from orchestrator.domain.access import Permission, Principal, require
from orchestrator.domain.errors import Conflict
from orchestrator.domain.json_values import sanitize_variables
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import InstanceStatus
from orchestrator.domain.triggers import ActivateElement, Migrate, MigrateCalled, Modify, Resume, Suspend, Trigger
from orchestrator.services import auditing
from orchestrator.services.advance import move
from orchestrator.services.instances import because, definition_of, movement, reason_of, require_alive, require_own
from orchestrator.services.movements import Located, Movement
from orchestrator.services.runtime import Runtime
from orchestrator.store.locating import Subject


def modify(rt: Runtime, who: Principal, instance_key: Key, modification: Modify) -> None:
    """Activate, terminate and move element instances by hand."""
    move(rt, modifying(rt, who, instance_key, modification))


def modifying(rt: Runtime, who: Principal, instance_key: Key, modification: Modify) -> Movement:
    """Return the movement that modifies an instance, also a called one."""
    wanted = clean_modification(rt, who, modification)
    details = {
        "activate": [instruction.element_id for instruction in wanted.activate],
        "terminate": [str(instruction.element_instance_key) for instruction in wanted.terminate],
        "move": [[step.source_element_id, step.target_element_id] for step in wanted.move],
    }

    def decide(located: Located) -> Trigger:
        _admit(located, who, instance_key)
        because_ = because(wanted.reason, details)
        auditing.later(rt, located, who, "modify", "process instance", instance_key, because_)
        return replace(wanted, instance_key=inner_key(located.row, instance_key))

    return movement(who, Subject.INSTANCE, instance_key, decide)


def clean_modification(rt: Runtime, who: Principal, modification: Modify) -> Modify:
    """Check who asks and what for."""
    require(who, Permission.OPERATE)
    activate = [_clean(rt, instruction) for instruction in modification.activate]
    return replace(modification, activate=activate, reason=reason_of(modification.reason))


def _clean(rt: Runtime, instruction: ActivateElement) -> ActivateElement:
    variables = {scope: sanitize_variables(values, rt.limits) for scope, values in instruction.variables.items()}
    return replace(instruction, variables=variables)


def migrate(
    rt: Runtime,
    who: Principal,
    instance_key: Key,
    *,
    definition_key: Key,
    mapping: Mapping[str, str] | None = None,
    called: Sequence[MigrateCalled] = (),
    reason: str | None = None,
) -> None:
    """Go on under another version; elements that are not in the mapping keep their ids."""
    plan = Migrate(definition_key=definition_key, mapping=mapping or {}, called=called, reason=reason)
    move(rt, migrating(rt, who, instance_key, plan))


def migrating(rt: Runtime, who: Principal, instance_key: Key, migration: Migrate) -> Movement:
    """Return the movement that migrates an instance, also a called one, and the called ones that have a target."""
    plan = clean_migration(rt, who, migration)
    details = {
        "definition_key": str(plan.definition_key),
        "mapping": plan.mapping,
        "called": {each.process_id: str(each.definition_key) for each in plan.called},
    }

    def decide(located: Located) -> Trigger:
        _admit(located, who, instance_key)
        because_ = because(plan.reason, details)
        auditing.later(rt, located, who, "migrate", "process instance", instance_key, because_)
        return replace(plan, instance_key=inner_key(located.row, instance_key))

    return movement(who, Subject.INSTANCE, instance_key, decide)


def clean_migration(rt: Runtime, who: Principal, plan: Migrate) -> Migrate:
    """Check who asks and that the targets are there."""
    require(who, Permission.OPERATE)
    targets = [plan.definition_key, *(each.definition_key for each in plan.called)]
    rt.database.read(lambda tx: [definition_of(tx, who, key) for key in targets])
    return replace(plan, reason=reason_of(plan.reason))


def suspend(rt: Runtime, who: Principal, instance_key: Key, *, reason: str | None = None) -> None:
    """Let nothing of an instance move: no job is handed out, no timer fires, messages and results wait."""
    move(rt, suspending(rt, who, instance_key, reason=reason))


def suspending(rt: Runtime, who: Principal, instance_key: Key, *, reason: str | None = None) -> Movement:
    """Return the movement that suspends an instance."""
    why = reason_of(reason)

    def refuse(status: str) -> None:
        if status == InstanceStatus.SUSPENDED:
            raise Conflict(f"Process instance {instance_key} is suspended already.")

    return _stopping(rt, who, instance_key, "suspend", Suspend(reason=why), refuse)


def resume(rt: Runtime, who: Principal, instance_key: Key, *, reason: str | None = None) -> None:
    """Let a suspended instance move again; what has waited comes at once."""
    move(rt, resuming(rt, who, instance_key, reason=reason))


def resuming(rt: Runtime, who: Principal, instance_key: Key, *, reason: str | None = None) -> Movement:
    """Return the movement that resumes an instance."""
    why = reason_of(reason)

    def refuse(status: str) -> None:
        if status != InstanceStatus.SUSPENDED:
            raise Conflict(f"Process instance {instance_key} is not suspended.")

    return _stopping(rt, who, instance_key, "resume", Resume(reason=why), refuse)


def _stopping(
    rt: Runtime,
    who: Principal,
    instance_key: Key,
    action: str,
    trigger: Suspend | Resume,
    refuse: Callable[[str], None],
) -> Movement:
    require(who, Permission.OPERATE)

    def decide(located: Located) -> Trigger:
        _admit(located, who, instance_key)
        if located.row["parent_instance_key"] is not None:
            parent = located.row["parent_instance_key"]
            raise Conflict(f"Process instance {instance_key} was called by {parent}; {action} the caller instead.")
        refuse(located.row["status"])
        auditing.later(rt, located, who, action, "process instance", instance_key, because(trigger.reason))
        return trigger

    return movement(who, Subject.INSTANCE, instance_key, decide)


def _admit(located: Located, who: Principal, instance_key: Key) -> None:
    """Let operators change what is theirs and not over, also while it is suspended."""
    require_own(located, who, instance_key)
    require_alive(located, instance_key)
    located.changeable  # noqa: B018  (refuses what is over or held)


def inner_key(row: Mapping[str, Any], instance_key: Key) -> Key | None:
    """Return how the engine names an instance: the root is meant where nothing is said."""
    return None if row["parent_instance_key"] is None else instance_key
