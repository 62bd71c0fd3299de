"""How commands on one machine reach the server that owns the embedded database: by a note beside the file.

The note holds the server's address and a token for this run. Whoever may read the folder could read the database
itself, so it gives nothing away.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

TOKEN_NAME = "commands on this machine"  # noqa: S105 - a name, not a token
NOTE = "server.json"
LOCK = "baton.db.lock"  #: taken by whoever has the database open


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalServer:
    """Where it listens, and what opens its door."""

    url: str
    token: str


def find(folder: Path) -> LocalServer | None:
    """Return the running server of a folder; a note that a killed server left behind is nobody's."""
    if not is_in_use(folder):
        return None
    try:
        note = orjson.loads((folder / NOTE).read_bytes())
        return LocalServer(url=note["url"], token=note["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_in_use(folder: Path) -> bool:
    """Say whether some process has the folder's database open."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def noted(folder: Path, server: LocalServer) -> Iterator[None]:
    """Leave the note for as long as the block lasts; nobody else may read it."""
    note = folder / NOTE
    with suppress(FileNotFoundError):
        note.unlink()
    descriptor = os.open(note, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(orjson.dumps({"url": server.url, "token": server.token}))
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            note.unlink()
