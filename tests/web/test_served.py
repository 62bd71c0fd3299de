"""What the web server leaves behind: nothing, whatever a reader does."""

import socket
import struct
import threading
from collections.abc import Iterator
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from tests.support.served import served

PIECE = b"x" * 20_000
ASK = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Answer:
    """An application whose answer ends only when its reader is gone; it notices when the answer is closed."""

    def __init__(self) -> None:
        self.sent = Event()
        self.reader_gone = Event()
        self.closed = Event()

    def __call__(self, _environ: dict[str, Any], start_response: Any) -> "Answer":
        start_response("200 OK", [("Content-Length", str(len(PIECE)))])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield PIECE
        self.sent.set()
        self.reader_gone.wait(5)

    def close(self) -> None:
        self.closed.set()


def connect(url: str) -> socket.socket:
    where = urlsplit(url)
    return socket.create_connection((where.hostname or "", where.port or 0), timeout=5)


def hang_up(reader: socket.socket) -> None:
    """Reset the connection, as a browser does that leaves the page."""
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    reader.close()


def test_the_answer_to_a_reader_who_hangs_up_is_closed() -> None:
    answer = Answer()

    with served(answer) as url:
        reader = connect(url)
        reader.sendall(ASK)
        assert reader.recv(100).startswith(b"HTTP/1.1 200 OK")
        assert answer.sent.wait(5)
        hang_up(reader)
        answer.reader_gone.set()

        assert answer.closed.wait(5)


def test_a_server_that_stops_leaves_no_thread_and_no_connection() -> None:
    def hello(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "5")])
        return [b"hello"]

    before = set(threading.enumerate())
    with served(hello) as url:
        reader = connect(url)
        reader.sendall(ASK)
        while not reader.recv(1_000).endswith(b"hello"):
            pass

    with reader:
        assert reader.recv(1) == b""
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(1)
    assert not any(thread.is_alive() for thread in left)
