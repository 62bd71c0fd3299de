"""Changing instances by hand: their tokens, their version, whether they may move."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from orchestrator.cli.batching import begin_batch, tell_batch
from orchestrator.cli.door import Door
from orchestrator.cli.options import Pair, acting, reason_option, variables_option
from orchestrator.cli.output import print_json, print_rows
from orchestrator.cli.refusals import CONFLICT, Refused

EFFECTS = {"act": "what", "elementId": "element", "detail": "detail"}


@click.command()
@click.argument("instance_key", type=int)
@click.option("--activate", multiple=True, metavar="ELEMENT", help="Put a token before this element.")
@click.option(
    "--terminate", multiple=True, metavar="ELEMENT|KEY", help="End an element instance, or all of an element."
)
@click.option(
    "--move", multiple=True, type=Pair(), metavar="FROM:TO", help="End what is at one and begin at the other."
)
@click.option("--scope", type=int, help="Key of the element instance to activate in, where there are several.")
@variables_option
@reason_option
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@acting
def modify(
    instance_key: int,
    activate: Sequence[str],
    terminate: Sequence[str],
    move: Sequence[tuple[str, str]],
    scope: int | None,
    variables: Mapping[str, Any],
    reason: str | None,
    *,
    dry_run: bool,
    door: Door,
    as_json: bool,
) -> None:
    """Change a running instance: begin before elements, end element instances, move them. Activations come first."""
    said = [{"variables": variables}] if variables else None
    body = {
        "activateInstructions": [_activation(element, scope, said) for element in activate],
        "terminateInstructions": [_named(each) for each in terminate],
        "moveInstructions": [_move(source, target, said) for source, target in move],
        "reason": reason,
    }
    if dry_run:
        _rehearse(door, f"/ext/v1/process-instances/{instance_key}/modification-rehearsal", body, as_json=as_json)
        return
    door.call("POST", f"/v2/process-instances/{instance_key}/modification", body)
    _tell(f"Modified {instance_key}", {"modified": str(instance_key)}, as_json=as_json)


def _activation(element: str, scope: int | None, said: Any) -> dict[str, Any]:
    ancestor = None if scope is None else str(scope)
    return {"elementId": element, "ancestorElementInstanceKey": ancestor, "variableInstructions": said}


def _named(text: str) -> dict[str, str]:
    return {"elementInstanceKey": text} if text.isdecimal() else {"elementId": text}


def _move(source: str, target: str, said: Any) -> dict[str, Any]:
    kind = "byKey" if source.isdecimal() else "byId"
    name = "sourceElementInstanceKey" if source.isdecimal() else "sourceElementId"
    instruction = {"sourceType": kind, name: source}
    return {"sourceElementInstruction": instruction, "targetElementId": target, "variableInstructions": said}


@click.command()
@click.argument("instance_keys", type=int, nargs=-1)
@click.option("--to", "target", type=int, required=True, help="Key of the definition to go on under.")
@click.option("--map", "mapping", multiple=True, type=Pair(), metavar="OLD:NEW", help="An element that has another id.")
@click.option("--called", multiple=True, type=Pair(), metavar="PROCESS:KEY", help="Where called instances go on.")
@click.option("--process", "process_id", help="All running instances of this process, as a batch.")
@click.option("--version", type=click.IntRange(1), help="Of this version only.")
@reason_option
@click.option("--dry-run", is_flag=True, help="Say for each what would happen or why it is refused; change nothing.")
@acting
def migrate_instances(
    instance_keys: Sequence[int],
    target: int,
    mapping: Sequence[tuple[str, str]],
    called: Sequence[tuple[str, str]],
    process_id: str | None,
    version: int | None,
    reason: str | None,
    *,
    dry_run: bool,
    door: Door,
    as_json: bool,
) -> None:
    """Let instances go on under another version: those named by key at once, those of a process as a batch."""
    if bool(instance_keys) == bool(process_id):
        raise click.UsageError("Name instances by key, or use --process.")
    plan = _plan(target, mapping, called)
    if process_id:
        wanted = {"processDefinitionId": process_id, "processDefinitionVersion": version}
        body: dict[str, Any] = {
            "filter": {name: value for name, value in wanted.items() if value},
            "migrationPlan": plan,
        }
        if dry_run:
            _tell_rehearsals(door.call("POST", "/ext/v1/process-instances/migration-rehearsal", body), as_json=as_json)
        else:
            body["reason"] = reason
            tell_batch(door, begin_batch(door, "/v2/process-instances/migration", body), as_json=as_json)
        return
    for key in instance_keys:
        if dry_run:
            _rehearse(door, f"/ext/v1/process-instances/{key}/migration-rehearsal", plan, as_json=as_json)
        else:
            door.call("POST", f"/v2/process-instances/{key}/migration", {**plan, "reason": reason})
            _tell(f"Migrated {key}", {"migrated": str(key)}, as_json=as_json)


def _plan(target: int, mapping: Sequence[tuple[str, str]], called: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "targetProcessDefinitionKey": str(target),
        "mappingInstructions": [{"sourceElementId": old, "targetElementId": new} for old, new in mapping],
        "calledProcesses": [
            {"processDefinitionId": process, "targetProcessDefinitionKey": key} for process, key in called
        ],
    }


def _rehearse(door: Door, path: str, body: Mapping[str, Any], *, as_json: bool) -> None:
    told = door.call("POST", path, body)
    if as_json:
        print_json(told)
    elif not told["refusals"]:
        click.echo(f"{told['processInstanceKey']}: would be done; nothing was changed")
        print_rows(told["effects"], EFFECTS, as_json=False, empty="It would have no effect.")
    if told["refusals"]:
        raise Refused(" ".join(told["refusals"]), CONFLICT)


def _tell_rehearsals(told: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    rows = [
        {"key": each["processInstanceKey"], "answer": " ".join(each["refusals"]) or "can migrate"}
        for each in told["items"]
    ]
    print_rows(rows, {"key": "key", "answer": "answer"}, as_json=False, empty="No running instances.")
    refused = sum(1 for each in told["items"] if each["refusals"])
    click.echo(
        f"{len(rows) - refused} can migrate, {refused} would be refused; {told['total']} fit. Nothing was changed."
    )


@click.command()
@click.argument("instance_keys", type=int, nargs=-1)
@click.option("--process", "process_id", help="All active instances of this process, as a batch.")
@click.option("--definition", type=int, help="Nothing new begins under this definition.")
@click.option("--with-instances", is_flag=True, help="With --definition: its instances too, as a batch.")
@reason_option
@acting
def suspend(
    instance_keys: Sequence[int],
    process_id: str | None,
    definition: int | None,
    reason: str | None,
    *,
    with_instances: bool,
    door: Door,
    as_json: bool,
) -> None:
    """Let nothing move until it is resumed: instances by key, all of a process, or what would begin anew."""
    wanted = (instance_keys, process_id, definition)
    _turn(door, "suspension", "Suspended", wanted, reason, with_instances=with_instances, as_json=as_json)


@click.command()
@click.argument("instance_keys", type=int, nargs=-1)
@click.option("--process", "process_id", help="All suspended instances of this process, as a batch.")
@click.option("--definition", type=int, help="Instances begin again under this definition.")
@click.option("--with-instances", is_flag=True, help="With --definition: its instances too, as a batch.")
@reason_option
@acting
def resume(
    instance_keys: Sequence[int],
    process_id: str | None,
    definition: int | None,
    reason: str | None,
    *,
    with_instances: bool,
    door: Door,
    as_json: bool,
) -> None:
    """Let what is suspended move again; what has waited comes at once."""
    wanted = (instance_keys, process_id, definition)
    _turn(door, "resumption", "Resumed", wanted, reason, with_instances=with_instances, as_json=as_json)


def _turn(
    door: Door,
    noun: str,
    verb: str,
    wanted: tuple[Sequence[int], str | None, int | None],
    reason: str | None,
    *,
    with_instances: bool,
    as_json: bool,
) -> None:
    keys, process_id, definition = wanted
    if sum(map(bool, wanted)) != 1:
        raise click.UsageError("Name instances by key, or use --process or --definition, one of them.")
    for key in keys:
        door.call("POST", f"/v2/process-instances/{key}/{noun}", {"reason": reason})
        _tell(f"{verb} {key}", {verb.lower(): str(key)}, as_json=as_json)
    if process_id:
        body = {"filter": {"processDefinitionId": process_id}, "reason": reason}
        tell_batch(door, begin_batch(door, f"/v2/process-instances/{noun}", body), as_json=as_json)
    if definition:
        both = {"withInstances": with_instances, "reason": reason}
        made = door.call("POST", f"/ext/v1/process-definitions/{definition}/{noun}", both)
        if made is None:
            _tell(f"{verb} definition {definition}", {verb.lower(): str(definition)}, as_json=as_json)
        else:
            tell_batch(door, made["batchOperationKey"], as_json=as_json)


def _tell(words: str, said: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        print_json(said)
    else:
        click.echo(words)
