"""Starting, listing, showing and ending instances; publishing messages."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting, variables_option
from orchestrator.cli.output import cell, one_line, print_json, print_rows, table

INSTANCES = {
    "instance_key": "key",
    "process_id": "process",
    "version": "version",
    "status": "status",
    "started_at": "started",
    "ended_at": "ended",
    "business_id": "business id",
    "has_incident": "incident",
}
ELEMENTS = {"element_id": "element", "element_type": "type", "status": "status", "started_at": "from", "ended_at": "to"}


@click.command()
@click.argument("process_id")
@variables_option
@click.option("--version", type=click.IntRange(1), help="A version other than the newest.")
@click.option("--business-id", help="A name of your own, to find the instance by.")
@click.option("--wait", type=click.FloatRange(0), metavar="SECONDS", help="Wait for the end and print the variables.")
@acting
def start(
    process_id: str,
    variables: Mapping[str, Any],
    version: int | None,
    business_id: str | None,
    wait: float | None,
    *,
    door: Door,
    as_json: bool,
) -> None:
    """Start an instance of a process."""
    timeout = None if wait is None else timedelta(seconds=wait)
    started = door.start(process_id, variables, version=version, business_id=business_id, wait=timeout)
    if as_json:
        print_json(started)
        return
    click.echo(f"Started {started['process_id']} version {started['version']}: instance {started['instance_key']}")
    if started["completed"]:
        print_json(started["variables"])


@click.command()
@click.option("--process", "process_id", help="Of this process only.")
@click.option("--active", "status", flag_value="ACTIVE", help="Only those that are running.")
@click.option("--completed", "status", flag_value="COMPLETED", help="Only those that are done.")
@click.option("--cancelled", "status", flag_value="CANCELLED", help="Only those that were ended.")
@click.option("--stuck", is_flag=True, help="Only those with an open incident.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@acting
def instances(
    process_id: str | None, status: str | None, limit: int, *, stuck: bool, door: Door, as_json: bool
) -> None:
    """List process instances, newest first."""
    wanted = {"process_id": process_id, "status": status, "has_incident": True if stuck else None}
    rows = door.instances({name: value for name, value in wanted.items() if value is not None}, limit)
    print_rows(rows, INSTANCES, as_json=as_json, empty="No process instances.")


@click.command()
@click.argument("instance_key", type=int)
@acting
def show(instance_key: int, *, door: Door, as_json: bool) -> None:
    """Show where an instance is, what it knows, and what is stuck."""
    found = door.show(instance_key)
    if as_json:
        print_json(found)
        return
    instance = found["instance"]
    click.secho(
        f"{instance['process_id']} version {instance['version']}, instance {instance['instance_key']}", bold=True
    )
    click.echo(f"{instance['status']} since {cell(instance['ended_at'] or instance['started_at'])}")
    if found["elements"]:
        click.echo()
        table([[cell(each.get(name)) for name in ELEMENTS] for each in found["elements"]], list(ELEMENTS.values()))
    if found["variables"]:
        click.echo()
        table(
            [[cell(name), cell(one_line(value))] for name, value in sorted(found["variables"].items())],
            ["variable", "value"],
        )
    for each in found["incidents"]:
        click.echo()
        click.secho(f"Incident {each['incident_key']} at {each['element_id']}: {each['message']}", fg="red")


@click.command()
@click.argument("instance_keys", type=int, nargs=-1, required=True)
@acting
def cancel(instance_keys: tuple[int, ...], *, door: Door, as_json: bool) -> None:
    """End instances with everything inside."""
    for key in instance_keys:
        door.cancel(key)
        if not as_json:
            click.echo(f"Cancelled {key}")
    if as_json:
        print_json({"cancelled": [str(key) for key in instance_keys]})


@click.command()
@click.argument("name")
@click.option("--key", "correlation_key", default="", help="The correlation key; none for a message that starts.")
@variables_option
@click.option("--keep", type=click.FloatRange(0), default=3600, show_default=True, metavar="SECONDS", help="How long.")
@click.option("--id", "message_id", default="", help="A message with the same id is published only once.")
@acting
def publish(
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    keep: float,
    message_id: str,
    *,
    door: Door,
    as_json: bool,
) -> None:
    """Publish a message to whoever waits for it, now or within its time."""
    published = door.publish(name, correlation_key, variables, keep=timedelta(seconds=keep), message_id=message_id)
    if as_json:
        print_json(published)
    else:
        click.echo(f"Published {name}: message {published['message_key']}")
