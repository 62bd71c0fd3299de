"""An application behind the web server that ships with Baton, for as long as a test lasts."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import waitress

from orchestrator.web.front_door import Channel


@contextmanager
def served(app: Any, threads: int = 16) -> Iterator[str]:
    """Listen on a free port of this machine; afterwards no thread, connection or file of the server is left."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=threads, ident=None)
    server.channel_class = Channel
    thread = Thread(target=server.run, name="web-server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(lambda: _hang_up(server))  # by the thread that reads from the connections
        thread.join(10)


def _hang_up(server: Any) -> None:
    """Close what is open; the server's loop ends when nothing is left to listen to."""
    for channel in list(server.active_channels.values()):
        channel.handle_close()
    server.close()
