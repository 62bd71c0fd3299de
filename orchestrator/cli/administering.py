"""Database, tokens, health, the browser's files."""

from datetime import timedelta
from pathlib import Path

import click

from orchestrator.cli.options import data_dir_option, json_option
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
@data_dir_option
@json_option
def create_token(name: str, roles: tuple[str, ...], days: int | None, data_dir: Path | None, *, as_json: bool) -> None:
    """Make a token; it is printed this once. Roles: admin, operator, modeller, worker, participant, viewer."""
    from orchestrator import bootstrap, settings
    from orchestrator.domain.access import SYSTEM
    from orchestrator.services import tokens

    until = None if days is None else bootstrap.now() + timedelta(days=days)
    with bootstrap.opened(settings.read(data_dir=data_dir)) as rt:
        text, made = tokens.create(rt, SYSTEM, name=name, roles=roles, expires_at=until)
    if as_json:
        print_json({"token": text, "key": made.key, "roles": sorted(made.roles), "expires_at": made.expires_at})
    else:
        click.echo(text)


@token.command("list")
@data_dir_option
@json_option
def list_tokens(data_dir: Path | None, *, as_json: bool) -> None:
    """List tokens; their texts are not kept."""
    from dataclasses import asdict

    from orchestrator import bootstrap, settings
    from orchestrator.domain.access import SYSTEM
    from orchestrator.services import tokens

    with bootstrap.opened(settings.read(data_dir=data_dir)) as rt:
        rows = [asdict(each) | {"roles": sorted(each.roles)} for each in tokens.list_tokens(rt, SYSTEM)]
    print_rows(rows, TOKENS, as_json=as_json, empty="No tokens.")


@token.command("revoke")
@click.argument("key", type=int)
@data_dir_option
def revoke_token(key: int, data_dir: Path | None) -> None:
    """End a token."""
    from orchestrator import bootstrap, settings
    from orchestrator.domain.access import SYSTEM
    from orchestrator.domain.keys import Key
    from orchestrator.services import tokens

    with bootstrap.opened(settings.read(data_dir=data_dir)) as rt:
        tokens.revoke(rt, SYSTEM, Key(key))
    click.echo(f"Revoked {key}")


@click.command()
@click.option("--actor", help="Only what this person or program did.")
@click.option("--resource", help="Only what was done to this: a key, or the id of a user.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--verify", is_flag=True, help="Check the chain from its beginning; exit code 1 when it is broken.")
@data_dir_option
@json_option
def audit(
    actor: str | None, resource: str | None, limit: int, data_dir: Path | None, *, verify: bool, as_json: bool
) -> None:
    """Say who did what, newest first; each entry's hash covers the one before."""
    from orchestrator import bootstrap, settings
    from orchestrator.domain.access import SYSTEM
    from orchestrator.domain.search import PageRequest
    from orchestrator.services import auditing, queries

    with bootstrap.opened(settings.read(data_dir=data_dir)) as rt:
        if verify:
            found = auditing.verify(rt, SYSTEM)
        else:
            wanted = {name: value for name, value in (("actor", actor), ("resource", resource)) if value}
            page = PageRequest(limit=limit)
            rows = queries.search(rt, SYSTEM, "audit", filter=wanted, sort=[("at", "desc")], page=page).items
    if not verify:
        print_rows(rows, AUDIT, as_json=as_json, empty="Nothing is written down.")
        return
    if as_json:
        print_json({"entries": found.entries, "broken_at": found.broken_at})
    else:
        click.echo(found.sentence)
    if found.broken_at is not None:
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
