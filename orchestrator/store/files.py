"""One process owns a SQLite file: a second writer that is paused would stall the first."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from orchestrator.domain.errors import Unavailable


def hold_file(path: Path) -> Callable[[], None]:
    """Take the lock file beside a database, made ready with its folder; the answer lets it go.

    The system lets go by itself when the process dies, so that a killed server can start again at once.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as wrong:
        raise Unavailable(f"{path} cannot be opened: {wrong.strerror}. Choose a folder that can be written.") from wrong
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as wrong:
        os.close(descriptor)
        raise Unavailable(
            f"{path} is in use by another process; stop it, or use PostgreSQL or MariaDB for several processes."
        ) from wrong

    def release() -> None:
        os.close(descriptor)

    return release
