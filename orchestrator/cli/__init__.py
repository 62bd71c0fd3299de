"""``baton``: everything from a terminal. Commands are imported when they are called, so that each starts at once."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

COMMANDS: Mapping[str, tuple[str, str]] = {  # name to module and short help
    "serve": ("serving", "Serve pages, API, timers and an embedded worker."),
    "worker": ("serving", "Do jobs in a process of its own."),
    "deploy": ("modelling", "Make versions of models: all of the files or none."),
    "check": ("checking", "Say what is wrong with models, and change nothing."),
    "convert": ("converting", "Convert models of other engines."),
    "test": ("testing", "Run the cases of process models."),
    "tck": ("modelling", "Run DMN compatibility cases."),
    "start": ("running", "Start a process instance."),
    "instances": ("running", "List process instances."),
    "show": ("running", "Show a process instance: where it is and what it knows."),
    "cancel": ("running", "End process instances."),
    "publish": ("running", "Publish a message."),
    "tasks": ("people", "List the tasks of people."),
    "complete": ("people", "Complete a task."),
    "incidents": ("repairing", "List what is stuck, and why."),
    "retry": ("repairing", "Try again what is stuck."),
    "modify": ("mending", "Change a running instance by hand."),
    "migrate-instances": ("mending", "Let instances go on under another version."),
    "suspend": ("mending", "Let nothing move: instances, or what would begin."),
    "resume": ("mending", "Let what is suspended move again."),
    "moments": ("travelling", "List the moments of an instance to go back to."),
    "fork": ("travelling", "Begin a new instance where another one stood."),
    "restart": ("travelling", "Go on from a past moment instead."),
    "batch": ("batching", "Do something to many instances."),
    "batches": ("batching", "List batches, show one, let it rest or end it."),
    "migrate": ("administering", "Bring the database up to date."),
    "token": ("administering", "Make, list and revoke API tokens."),
    "audit": ("administering", "Say who did what, and whether the audit log holds."),
    "doctor": ("administering", "Look whether everything is there."),
    "assets": ("administering", "Build the browser's files where they are missing."),
}


class Lazy(click.Group):
    """A group that knows its commands by name and imports a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"orchestrator.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def _version(ctx: click.Context, _param: click.Parameter, wanted: Any) -> None:
    """Print the version of the installed package."""
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"baton {version('baton-orchestrator')}")
    except PackageNotFoundError:
        click.echo("baton, from a source tree that is not installed")
    ctx.exit()


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def baton() -> None:
    """Run BPMN processes with people, programs and language models.

    Commands act on the database named by the settings (BATON_DATA_DIR, BATON_DATABASE_URL), or on a server with --url
    or BATON_URL and a token.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command; a refusal is a sentence and an exit code, never a traceback."""
    from orchestrator.cli.refusals import told

    try:
        result: Any = baton.main(args=arguments, prog_name="baton", standalone_mode=False)
    except Exception as problem:  # noqa: BLE001 - every refusal ends here; what is none keeps its traceback
        sys.exit(told(problem))
    sys.exit(result if isinstance(result, int) else 0)
