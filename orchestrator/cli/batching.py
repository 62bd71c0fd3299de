"""One act on many instances: beginning it, watching it, letting it rest."""

from collections.abc import Mapping
from typing import Any

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting, reason_option
from orchestrator.cli.output import print_json, print_rows

BATCHES = {
    "batchOperationKey": "key",
    "batchOperationType": "what",
    "state": "state",
    "operationsTotalCount": "all",
    "operationsCompletedCount": "done",
    "operationsFailedCount": "refused",
    "actorId": "who",
    "startDate": "from",
    "endDate": "to",
}
ITEMS = {"itemKey": "key", "processInstanceKey": "instance", "state": "state", "errorMessage": "why"}
PATHS = {
    "cancel": "cancellation",
    "retry": "incident-resolution",
    "suspend": "suspension",
    "resume": "resumption",
    "delete": "deletion",
}
OVER = frozenset({"COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "CANCELED"})


@click.command()
@click.argument("act", type=click.Choice(sorted(PATHS)))
@click.option("--process", "process_id", help="Of this process only.")
@click.option("--version", type=click.IntRange(1), help="Of this version only.")
@click.option("--stuck", is_flag=True, help="Only those with an open incident.")
@click.option("--all", "everything", is_flag=True, help="Every instance, where nothing narrows it down.")
@reason_option
@acting
def batch(
    act: str,
    process_id: str | None,
    version: int | None,
    reason: str | None,
    *,
    stuck: bool,
    everything: bool,
    door: Door,
    as_json: bool,
) -> None:
    """Do something to many instances: cancel, suspend, resume, delete, or retry what is stuck in them."""
    fields = {"processDefinitionId": process_id, "processDefinitionVersion": version, "hasIncident": stuck or None}
    wanted = {name: value for name, value in fields.items() if value is not None}
    if not wanted and not everything:
        raise click.UsageError("Narrow it down with --process, --version or --stuck, or say --all.")
    key = begin_batch(door, f"/v2/process-instances/{PATHS[act]}", {"filter": wanted, "reason": reason})
    tell_batch(door, key, as_json=as_json)


@click.command()
@click.argument("batch_key", type=int, required=False)
@click.option("--suspend", "turn", flag_value="suspension", help="Let it rest.")
@click.option("--resume", "turn", flag_value="resumption", help="Go on with it.")
@click.option("--cancel", "turn", flag_value="cancellation", help="Leave the rest of it undone.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@acting
def batches(batch_key: int | None, turn: str | None, limit: int, *, door: Door, as_json: bool) -> None:
    """List batches, newest first; with a key show how one goes and what was refused, or turn it."""
    if batch_key is None:
        if turn:
            raise click.UsageError("Name the batch by its key.")
        body = {"sort": [{"field": "startDate", "order": "DESC"}], "page": {"limit": limit}}
        rows = door.call("POST", "/v2/batch-operations/search", body)["items"]
        print_rows(rows, BATCHES, as_json=as_json, empty="No batches.")
        return
    if turn:
        door.call("POST", f"/v2/batch-operations/{batch_key}/{turn}")
    found = door.call("GET", f"/v2/batch-operations/{batch_key}")
    wanted = {"batchOperationKey": str(batch_key), "state": "FAILED"}
    items = door.call("POST", "/v2/batch-operation-items/search", {"filter": wanted, "page": {"limit": limit}})["items"]
    if as_json:
        print_json({**found, "refused": items})
        return
    print_rows([found], BATCHES, as_json=False, empty="")
    if items:
        click.echo()
        print_rows(items, ITEMS, as_json=False, empty="")


def begin_batch(door: Door, path: str, body: Mapping[str, Any]) -> str:
    """Begin a batch and return its key."""
    key: str = door.call("POST", path, body)["batchOperationKey"]
    return key


def tell_batch(door: Door, key: str, *, as_json: bool) -> None:
    """Watch a batch to its end where the work is ours to do, else say that a server does it."""
    found = door.call("GET", f"/v2/batch-operations/{key}")
    with click.progressbar(length=found["operationsTotalCount"], label="Working", hidden=as_json) as shown:
        while found["state"] not in OVER and door.work_off():
            before, found = found, door.call("GET", f"/v2/batch-operations/{key}")
            shown.update(_dealt_with(found) - _dealt_with(before))
    if as_json:
        print_json(found)
        return
    print_rows([found], BATCHES, as_json=False, empty="")
    if found["state"] not in OVER:
        click.echo(f"The server works it off; see `baton batches {key}`.")


def _dealt_with(found: Mapping[str, Any]) -> int:
    return int(found["operationsCompletedCount"] + found["operationsFailedCount"])
