"""What is stuck."""

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting
from orchestrator.cli.output import print_json, print_rows

INCIDENTS = {
    "incident_key": "key",
    "process_id": "process",
    "element_id": "element",
    "code": "kind",
    "message": "message",
    "opened_at": "since",
    "instance_key": "instance",
}


@click.command()
@click.option("--process", "process_id", help="Of this process only.")
@click.option("--instance", "instance_key", type=int, help="Of this instance only.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@acting
def incidents(process_id: str | None, instance_key: int | None, limit: int, *, door: Door, as_json: bool) -> None:
    """List open incidents, newest first."""
    wanted = {"process_id": process_id, "instance_key": instance_key}
    rows = door.incidents({name: value for name, value in wanted.items() if value is not None}, limit)
    print_rows(rows, INCIDENTS, as_json=as_json, empty="Nothing is stuck.")


@click.command()
@click.argument("incident_keys", type=int, nargs=-1)
@click.option("--instance", "instance_key", type=int, help="All open incidents of this instance.")
@click.option("--process", "process_id", help="All open incidents of this process.")
@acting
def retry(
    incident_keys: tuple[int, ...], instance_key: int | None, process_id: str | None, *, door: Door, as_json: bool
) -> None:
    """Try again what is stuck: incidents by key, or all of an instance or process."""
    keys = list(incident_keys)
    wanted = {name: value for name, value in (("instance_key", instance_key), ("process_id", process_id)) if value}
    if wanted:
        keys += [int(each["incident_key"]) for each in door.incidents(wanted, 1000)]
    if not keys and not wanted:
        raise click.UsageError("Name incidents by key, or use --instance or --process.")
    with click.progressbar(keys, label="Retrying", hidden=as_json or len(keys) < 10) as shown:  # noqa: PLR2004
        for key in shown:
            door.retry(key)
    if as_json:
        print_json({"retried": [str(key) for key in keys]})
    else:
        click.echo(f"Retried {len(keys)} incident{'' if len(keys) == 1 else 's'}")
