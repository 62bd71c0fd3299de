"""Requests that wait hold a thread of the server each; so many of them may do that at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, current_app

from orchestrator.web.problems import Busy

_EXTENSION = "baton_waiting"


def register(app: Flask, most: int) -> None:
    """Let at most so many requests of this application wait."""
    app.extensions[_EXTENSION] = (BoundedSemaphore(most), most)


@contextmanager
def place() -> Iterator[None]:
    """Take one of the places, or refuse; a client's own back-off does the rest."""
    places, most = current_app.extensions[_EXTENSION]
    if not places.acquire(blocking=False):
        raise Busy(f"{most} requests are waiting here already; try again, or ask without waiting.")
    try:
        yield
    finally:
        places.release()
