"""Going back: the moments of an instance, and beginning anew from one of them."""

from collections.abc import Mapping
from typing import Any

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting, reason_option, variables_option
from orchestrator.cli.output import print_json, print_rows

MOMENTS = {
    "sequence": "at",
    "moment": "when",
    "trigger": "by",
    "actorId": "who",
    "activatedElementIds": "began",
    "endedElementIds": "ended",
    "reason": "why",
}
at_option = click.option(
    "--at",
    "sequence",
    type=click.IntRange(1),
    help="The moment: a record's number, as `baton moments` lists them; else now.",
)


@click.command()
@click.argument("instance_key", type=int)
@acting
def moments(instance_key: int, *, door: Door, as_json: bool) -> None:
    """List the moments of an instance that one can go back to, oldest first."""
    rows = door.call("GET", f"/ext/v1/process-instances/{instance_key}/moments")["items"]
    print_rows(rows, MOMENTS, as_json=as_json, empty="Nothing has happened yet.")


@click.command()
@click.argument("instance_key", type=int)
@at_option
@variables_option
@click.option("--business-id", help="A name for the new instance.")
@reason_option
@acting
def fork(
    instance_key: int,
    sequence: int | None,
    variables: Mapping[str, Any],
    business_id: str | None,
    reason: str | None,
    *,
    door: Door,
    as_json: bool,
) -> None:
    """Begin a new instance where this one stood, with variables changed; this one goes on."""
    body = {"sequence": sequence, "variables": variables, "businessId": business_id, "reason": reason}
    _tell(door.call("POST", f"/ext/v1/process-instances/{instance_key}/fork", body), "Forked", as_json=as_json)


@click.command()
@click.argument("instance_key", type=int)
@at_option
@variables_option
@reason_option
@acting
def restart(
    instance_key: int,
    sequence: int | None,
    variables: Mapping[str, Any],
    reason: str | None,
    *,
    door: Door,
    as_json: bool,
) -> None:
    """End this instance, if it is not over, and let a new one go on from a past moment of it."""
    body = {"sequence": sequence, "variables": variables, "reason": reason}
    _tell(door.call("POST", f"/ext/v1/process-instances/{instance_key}/restart", body), "Restarted", as_json=as_json)


def _tell(made: Mapping[str, Any], verb: str, *, as_json: bool) -> None:
    if as_json:
        print_json(made)
    else:
        old, new = made["sourceProcessInstanceKey"], made["processInstanceKey"]
        click.echo(f"{verb} {old} at record {made['sequence']}: instance {new}")
