"""What the database can do by itself: update one row of 2 KB and insert one row, per commit.

It is measured in short slices between those of a workload, so that whatever else the machine does meets both alike.
"""

import multiprocessing
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

FILLER = os.urandom(1024).hex()  # 2 KB that does not compress away


class Raw(Protocol):
    """A database to be asked how fast it is at this moment."""

    def commits(self, seconds: float) -> float:
        """Commit for so long; return commits a second."""


@contextmanager
def opened(database: str, clients: int, folder: Path) -> Iterator[Raw]:
    """Open the bare database: a file in the folder, or tables of our own on the server."""
    raw = SQLite(folder / "raw.sqlite") if database == "sqlite" else PostgreSQL(database, clients)
    try:
        yield raw
    finally:
        raw.close()


class SQLite:
    """One connection, journal and safety as the product has them (WAL, FULL)."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for statement in (
            "pragma journal_mode = wal",
            "pragma synchronous = full",
            "create table raw_state (id integer primary key, version int, body text)",
            "create table raw_log (id integer primary key, client int, body text)",
        ):
            self._connection.execute(statement)
        self._connection.execute("insert into raw_state values (0, 0, ?)", (FILLER,))

    def commits(self, seconds: float) -> float:
        """Commit for so long; return commits a second."""
        run, done = self._connection.execute, 0
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            run("begin immediate")
            run("update raw_state set body = ?, version = version + 1 where id = 0", (FILLER,))
            run("insert into raw_log (client, body) values (0, ?)", (FILLER[:200],))
            run("commit")
            done += 1
        return done / (time.perf_counter() - began)

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


class PostgreSQL:
    """So many connections, each in a process of its own."""

    def __init__(self, url: str, clients: int) -> None:
        import psycopg

        self._url = url.replace("+psycopg", "")
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("drop table if exists raw_state, raw_log")
            connection.execute("create table raw_state (id int primary key, version int, body text)")
            connection.execute("create table raw_log (id bigserial primary key, client int, body text)")
            for client in range(clients):
                connection.execute("insert into raw_state values (%s, 0, %s)", (client, FILLER))
        self._clients: list[tuple[multiprocessing.Process, Connection]] = []
        for client in range(clients):
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.Process(target=_commit_when_asked, args=(self._url, client, theirs), daemon=True)
            process.start()
            self._clients.append((process, ours))

    def commits(self, seconds: float) -> float:
        """Let all commit for so long; return their commits a second."""
        for _, line in self._clients:
            line.send(seconds)
        return sum(line.recv() for _, line in self._clients)

    def close(self) -> None:
        """End the processes and drop the tables."""
        import psycopg

        for process, line in self._clients:
            line.send(None)
            process.join()
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("drop table raw_state, raw_log")


def _commit_when_asked(url: str, client: int, line: Connection) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.prepare_threshold = 0
        while (seconds := line.recv()) is not None:
            began, done = time.perf_counter(), 0
            while time.perf_counter() - began < seconds:
                connection.execute(
                    "update raw_state set body = %s, version = version + 1 where id = %s", (FILLER, client)
                )
                connection.execute("insert into raw_log (client, body) values (%s, %s)", (client, FILLER[:200]))
                connection.commit()
                done += 1
            line.send(done / (time.perf_counter() - began))
