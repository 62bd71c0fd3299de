"""Database, tokens, health, the browser's files."""

from datetime import timedelta
from pathlib import Path

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting, data_dir_option, json_option
from orchestrator.cli.output import print_json, print_rows
from orchestrator.cli.refusals import REFUSED, Refused

TOKENS = {
    "key": "key",
    "name": "name",
    "prefix": "begins with",
    "roles": "roles",
    "created_at": "made",
    "expires_at": "until",
    "last_used_at": "last used",
    "revoked_at": "revoked",
}
AUDIT = {
    "at": "when",
    "actor": "who",
    "action": "did",
    "resource_kind": "to",
    "resource": "which",
    "details": "how",
}


@click.command()
@data_dir_option
def migrate(data_dir: Path | None) -> None:
    """Make the tables of a new database, or bring those of an older release up to date."""
    from orchestrator import bootstrap, settings
    from orchestrator.services import status

    found = settings.read(data_dir=data_dir)
    with bootstrap.opened(found, migrate=True) as rt:
        health = status.health(rt)
    click.echo(f"{health.database}: schema {health.schema_revision}. {health.sentence}")


@click.group()
def token() -> None:
    """Make, list and revoke API tokens."""


@token.command("create")
@click.argument("name")
@click.option(
    "--role", "roles", multiple=True, default=["operator"], show_default=True, help="May be given several times."
)
@click.option("--days", type=click.IntRange(1), help="For how long; without it until it is revoked.")
@acting
def create_token(name: str, roles: tuple[str, ...], days: int | None, *, door: Door, as_json: bool) -> None:
    """Make a token; it is printed this once. Roles: admin, operator, modeller, worker, participant, viewer."""
    made = door.create_token(name, roles, None if days is None else timedelta(days=days))
    if as_json:
        print_json({field: made[field] for field in ("token", "key", "roles", "expires_at")})
    else:
        click.echo(made["token"])


@token.command("list")
@acting
def list_tokens(*, door: Door, as_json: bool) -> None:
    """List tokens; their texts are not kept."""
    print_rows(door.tokens(), TOKENS, as_json=as_json, empty="No tokens.")


@token.command("revoke")
@click.argument("key", type=int)
@acting
def revoke_token(key: int, *, door: Door, as_json: bool) -> None:
    """End a token."""
    door.revoke_token(key)
    if as_json:
        print_json({"revoked": str(key)})
    else:
        click.echo(f"Revoked {key}")


@click.command()
@click.option("--actor", help="Only what this person or program did.")
@click.option("--resource", help="Only what was done to this: a key, or the id of a user.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--verify", is_flag=True, help="Check the chain from its beginning; exit code 1 when it is broken.")
@acting
def audit(actor: str | None, resource: str | None, limit: int, *, verify: bool, door: Door, as_json: bool) -> None:
    """Say who did what, newest first; each entry's hash covers the one before."""
    if verify:
        _verify(door, as_json=as_json)
        return
    wanted = {name: value for name, value in (("actor", actor), ("resource", resource)) if value}
    print_rows(door.audit(wanted, limit), AUDIT, as_json=as_json, empty="Nothing is written down.")


def _verify(door: Door, *, as_json: bool) -> None:
    found = door.verify_audit()
    if as_json:
        print_json(found)
    else:
        click.echo(found["sentence"])
    if found["broken_at"] is not None:
        raise click.exceptions.Exit(REFUSED)


@click.command()
@data_dir_option
@json_option
def doctor(data_dir: Path | None, *, as_json: bool) -> None:
    """Look at settings, database, browser's files, connectors and language models, and say what is missing."""
    from orchestrator.cli.doctoring import examine

    found = examine(data_dir)
    if as_json:
        print_json([{"part": each.part, "well": each.well, "sentence": each.sentence} for each in found])
    else:
        for each in found:
            mark = click.style("✓", fg="green") if each.well else click.style("✗", fg="red")
            click.echo(f"{mark} {each.part}: {each.sentence}")
    if not all(each.well for each in found):
        raise click.exceptions.Exit(REFUSED)


@click.command()
def assets() -> None:
    """Build the browser's files where they are missing or older than their sources."""
    from orchestrator import bootstrap

    try:
        built = bootstrap.build_assets()
    except RuntimeError as problem:
        raise Refused(str(problem)) from problem
    click.echo("The browser's files were built." if built else "The browser's files are up to date.")
