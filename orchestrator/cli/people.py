"""The tasks of people."""

from collections.abc import Mapping
from typing import Any

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting, variables_option
from orchestrator.cli.output import print_json, print_rows

TASKS = {
    "user_task_key": "key",
    "name": "task",
    "process_id": "process",
    "assignee": "assignee",
    "candidate_groups": "groups",
    "due_at": "due",
    "priority": "priority",
    "instance_key": "instance",
}


@click.command()
@click.option("--assignee", help="Only tasks of this person.")
@click.option("--instance", "instance_key", type=int, help="Only tasks of this instance.")
@click.option("--all", "everything", is_flag=True, help="Also those that are done.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@acting
def tasks(
    assignee: str | None, instance_key: int | None, limit: int, *, everything: bool, door: Door, as_json: bool
) -> None:
    """List open tasks, newest first."""
    wanted = {"assignee": assignee, "instance_key": instance_key, "status": None if everything else "CREATED"}
    rows = door.tasks({name: value for name, value in wanted.items() if value is not None}, limit)
    print_rows(rows, TASKS, as_json=as_json, empty="No tasks.")


@click.command()
@click.argument("task_key", type=int)
@variables_option
@acting
def complete(task_key: int, variables: Mapping[str, Any], *, door: Door, as_json: bool) -> None:
    """Complete a task with its result."""
    door.complete(task_key, variables)
    if as_json:
        print_json({"completed": str(task_key)})
    else:
        click.echo(f"Completed task {task_key}")
