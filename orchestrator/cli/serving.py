"""``baton serve`` and ``baton worker``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import data_dir_option

if TYPE_CHECKING:
    from orchestrator.serving import Told


@click.command()
@click.option("--host", help="Address to listen on (BATON_HOST; 127.0.0.1).")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on (BATON_PORT; 8080).")
@data_dir_option
def serve(host: str | None, port: int | None, data_dir: Path | None) -> None:
    """Serve pages, API, timers and an embedded worker, until Ctrl-C or SIGTERM."""
    from orchestrator import bootstrap, serving, settings

    found = settings.read(host=host, port=port, data_dir=data_dir)
    bootstrap.configure_logs(found)
    serving.serve(found, announce)


def announce(told: "Told") -> None:
    """Print what whoever started the server wants to know first."""
    click.echo()
    click.secho(f"  Baton is ready on {told.url}", bold=True)
    if told.password:
        click.echo(f"  Sign in as admin with the password {click.style(told.password, bold=True)}")
        click.echo("  It is shown this once; BATON_ADMIN_PASSWORD sets another before the first start.")
    click.echo(f"  Data: {told.database}")
    if told.samples:
        click.echo(f"  Samples deployed: {', '.join(told.samples)}")
    if told.provider == "demo":
        click.secho("  Language model: demo-rules-1, plain rules. No language model is used;", fg="yellow")
        click.secho("  set BATON_LLM_PROVIDER=openai or anthropic for a real one.", fg="yellow")
    elif told.provider:
        click.echo(f"  Language model provider: {told.provider}")
    click.echo()


@click.command()
def worker() -> None:
    """Do jobs in a process of its own, beside a server on PostgreSQL or MariaDB."""
    from orchestrator import bootstrap, serving, settings

    found = settings.read()
    bootstrap.configure_logs(found)
    serving.work(found, lambda name: click.echo(f"Worker {name} is ready."))
