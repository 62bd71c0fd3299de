"""An application behind the web server that ships with Baton, for as long as a test lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import waitress
from waitress import wasyncore

from orchestrator.web.front_door import Channel


@contextmanager
def served(app: Any, threads: int = 16) -> Iterator[str]:
    """Listen on a free port of this machine; afterwards no thread, connection or file of the server is left."""
    open_ones: dict[int, Any] = {}
    server = waitress.create_server(app, map=open_ones, host="127.0.0.1", port=0, threads=threads, ident=None)
    server.channel_class = Channel
    stopping = Event()
    thread = Thread(target=_listen, args=(open_ones, stopping), name="web-server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        stopping.set()
        server.pull_trigger()
        thread.join(10)
        _hang_up(server)


def _listen(open_ones: dict[int, Any], stopping: Event) -> None:
    """Do what the server's own loop does, which has no end but that of the program."""
    while not stopping.is_set():
        wasyncore.loop(timeout=1, map=open_ones, count=1)


def _hang_up(server: Any) -> None:
    """Close what is open; a connection also closes the files that wait to be sent."""
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
