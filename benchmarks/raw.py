"""What the database can do by itself: update one row of 2 KB and insert one row, per commit."""

import multiprocessing
import os
import sqlite3
import time
from pathlib import Path

FILLER = os.urandom(1024).hex()  # 2 KB that does not compress away


def _postgresql_client(url: str, client: int, seconds: float, counts: "multiprocessing.Queue[int]") -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.prepare_threshold = 0
        end = time.perf_counter() + seconds
        commits = 0
        while time.perf_counter() < end:
            connection.execute("update raw_state set body = %s, version = version + 1 where id = %s", (FILLER, client))
            connection.execute("insert into raw_log (client, body) values (%s, %s)", (client, FILLER[:200]))
            connection.commit()
            commits += 1
    counts.put(commits)


def postgresql(url: str, clients: int, seconds: float) -> float:
    """Commits a second with so many connections, each in a process of its own."""
    import psycopg

    url = url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop table if exists raw_state, raw_log")
        connection.execute("create table raw_state (id int primary key, version int, body text)")
        connection.execute("create table raw_log (id bigserial primary key, client int, body text)")
        for client in range(clients):
            connection.execute("insert into raw_state values (%s, 0, %s)", (client, FILLER))
    counts: multiprocessing.Queue[int] = multiprocessing.Queue()
    workers = [
        multiprocessing.Process(target=_postgresql_client, args=(url, client, seconds, counts))
        for client in range(clients)
    ]
    for worker in workers:
        worker.start()
    total = sum(counts.get() for _ in workers)
    for worker in workers:
        worker.join()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop table raw_state, raw_log")
    return total / seconds


def sqlite(folder: Path, seconds: float) -> float:
    """Commits a second of one connection, journal and safety as the product has them (WAL, FULL)."""
    path = folder / "raw.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("create table if not exists raw_state (id integer primary key, version int, body text)")
    connection.execute("create table if not exists raw_log (id integer primary key, client int, body text)")
    connection.execute("insert or replace into raw_state values (0, 0, ?)", (FILLER,))
    end = time.perf_counter() + seconds
    commits = 0
    while time.perf_counter() < end:
        connection.execute("begin immediate")
        connection.execute("update raw_state set body = ?, version = version + 1 where id = 0", (FILLER,))
        connection.execute("insert into raw_log (client, body) values (0, ?)", (FILLER[:200],))
        connection.execute("commit")
        commits += 1
    connection.close()
    return commits / seconds
