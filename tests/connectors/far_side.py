"""Servers on loopback, and the policy that lets a guarded client reach them."""

import threading
from typing import Any

from werkzeug.serving import make_server

from connectors.http import Policy, networks

LOOPBACK = Policy(allowed_networks=networks(["127.0.0.0/8"]))


class Serving:
    """A WSGI app on a free port of loopback, for as long as the block lasts."""

    def __init__(self, app: Any) -> None:
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
