"""Options that many commands share: where to act, how to print, how variables are written."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from orchestrator import local_server, settings
from orchestrator.cli.door import Door

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of the embedded database (BATON_DATA_DIR)."
)


def acting(command: F) -> F:
    """Give a command a ``door``: this machine's database, or a server with ``--url``."""

    @click.option("--url", envvar="BATON_URL", help="Act on this server instead (BATON_URL).")
    @click.option("--token", envvar="BATON_TOKEN", help="API token for it, or user:password (BATON_TOKEN).")
    @data_dir_option
    @json_option
    @wraps(command)
    def wrapped(*arguments: Any, url: str | None, token: str | None, data_dir: Path | None, **more: Any) -> Any:
        with opened_door(url, token, data_dir) as door:
            return command(*arguments, door=door, **more)

    return wrapped  # type: ignore[return-value]


@contextmanager
def opened_door(url: str | None, token: str | None, data_dir: Path | None) -> Iterator[Door]:
    """Lend a door as long as the block lasts: to the server named, or to whatever the settings name."""
    if url:
        with _remote(url, token) as door:
            yield door
        return
    found = settings.read(data_dir=data_dir)
    running = local_server.find(found.data_dir) if found.embedded else None
    if running is not None:  # it has the database open, and nobody else may
        with _remote(running.url, running.token) as door:
            yield door
        return
    from orchestrator import bootstrap
    from orchestrator.cli.local import LocalDoor

    bootstrap.configure_logs(found.model_copy(update={"log_level": "warning"}))
    with bootstrap.opened(found) as rt:
        yield LocalDoor(rt)


def _remote(url: str, token: str | None) -> AbstractContextManager[Door]:
    from orchestrator.cli.remote import RemoteDoor

    return RemoteDoor(url, token)


class Variables(click.ParamType[dict[str, Any]]):
    """A JSON object, in the text itself or in a file: ``@file.json``."""

    name = "JSON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Read it, or say where it is wrong."""
        if isinstance(value, dict):
            return value
        import orjson

        try:
            text = Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value
            found = orjson.loads(text)
        except OSError as problem:
            self.fail(f"{value[1:]} cannot be read: {problem.strerror}", param, ctx)
        except orjson.JSONDecodeError as problem:
            self.fail(f"this is not JSON: {problem}", param, ctx)
        if not isinstance(found, dict):
            self.fail("an object is wanted, for instance '{\"amount\": 120}'", param, ctx)
        return found


variables_option = click.option(
    "--variables", "-v", type=Variables(), default={}, help="A JSON object, or @file.json with one."
)


class Pair(click.ParamType[tuple[str, str]]):
    """Two names with a colon between them."""

    name = "A:B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Read both, or say what is missing."""
        if isinstance(value, tuple):
            return value
        first, colon, second = str(value).partition(":")
        if not (colon and first and second):
            self.fail(f"two names with a colon between them are wanted, not {value!r}", param, ctx)
        return first, second


reason_option = click.option("--reason", help="Why; it stands in the journal and the audit log.")
