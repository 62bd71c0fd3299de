"""Opening, migrating, repeating, refusing: what holds on every database."""

import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import insert, select, text

from orchestrator.domain.errors import Invalid, Unavailable
from orchestrator.services import runtime, status
from orchestrator.store import upgrades
from orchestrator.store.connections import Connections
from orchestrator.store.databases import Trouble, trouble, url_of
from orchestrator.store.encoding import from_text, pack, to_text, unpack
from orchestrator.store.inspection import journal_gaps
from orchestrator.store.keys import Keys
from orchestrator.store.schema.operations import models
from orchestrator.store.server_time import ServerTime
from orchestrator.store.transaction import Database, Transaction, open_database
from tests.support.counting_engine import CountingEngine
from tests.support.houses import MORNING, Clock, open_house


def opened(url: str, clock: Any = None) -> Database:
    return open_database(
        url,
        clock=clock or Clock(),
        monotonic=time.monotonic,
        chance=lambda: 0.5,
        pause=lambda seconds: None,
        wake=lambda topics: None,
    )


@pytest.fixture
def database(database_url: str) -> Any:
    made = opened(database_url)
    yield made
    made.close()


def test_the_migrations_make_exactly_the_schema(database: Database) -> None:
    assert upgrades.current_revision(database) is None
    upgrades.upgrade(database)
    upgrades.upgrade(database)
    upgrades.require_current(database)
    assert upgrades.drift(database) == []


def test_a_foreign_table_in_the_same_schema_is_left_alone(database: Database) -> None:
    database.run(lambda tx: tx.connection.execute(text("CREATE TABLE theirs (n INTEGER)")))
    upgrades.upgrade(database)
    assert upgrades.drift(database) == []
    assert database.read(lambda tx: tx.rows(text("SELECT * FROM theirs"))) == []


def test_missing_and_future_tables_are_refused_with_the_cure(database: Database) -> None:
    with pytest.raises(Unavailable, match="baton migrate"):
        upgrades.require_current(database)
    with pytest.raises(Unavailable, match="baton migrate"):
        database.read(lambda tx: tx.rows(select(models)))
    upgrades.upgrade(database)
    database.run(lambda tx: tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(Unavailable, match="newer release"):
        upgrades.upgrade(database)


def test_moments_and_long_texts_come_back_as_they_went(database: Database) -> None:
    upgrades.upgrade(database)
    tokyo = datetime(2026, 1, 1, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=9)))
    name = "ß€😀\\'\"%s" + "x" * 100_000
    row = {"model_key": 2**62, "name": name, "kind": "bpmn", "revision": 1, "tenant": "t"}
    who = {"created_by": "a", "changed_by": "a", "created_at": tokyo, "changed_at": tokyo}
    database.run(lambda tx: tx.write(insert(models), {**row, **who}))

    found = database.read(lambda tx: tx.row(select(models)))

    assert (found.model_key, found.name) == (2**62, name)
    assert found.created_at == tokyo
    assert found.created_at.tzinfo is UTC


def test_names_are_compared_letter_by_letter(database: Database) -> None:
    upgrades.upgrade(database)
    clock = Clock()()
    shared = {"revision": 1, "tenant": "t", "name": "n", "created_by": "a", "changed_by": "a"}
    for key, kind in enumerate(["Abc", "abc", "abc "]):
        values = {"model_key": key, "kind": kind, "created_at": clock, "changed_at": clock}
        database.run(lambda tx, values=values: tx.write(insert(models), {**shared, **values}))
    found = database.read(lambda tx: tx.rows(select(models.c.model_key).where(models.c.kind == "abc")))
    assert [row.model_key for row in found] in ([1], [1, 2])  # MariaDB takes no notice of spaces at the end


def test_nothing_is_left_of_a_transaction_that_fails(database: Database) -> None:
    upgrades.upgrade(database)

    def work(tx: Transaction) -> None:
        tx.connection.execute(text("DELETE FROM key_blocks"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.run(work)
    assert database.read(lambda tx: tx.value(text("SELECT count(*) FROM key_blocks"))) == 1


def test_a_deadlock_is_tried_again_and_counted(database: Database) -> None:
    upgrades.upgrade(database)
    tries: list[int] = []

    def work(tx: Transaction) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise _victim(database.kind)
        return "done"

    assert database.run(work) == "done"
    assert (len(tries), database.repeated) == (3, 2)


def test_after_five_tries_the_caller_is_told(database: Database) -> None:
    upgrades.upgrade(database)
    tries: list[int] = []

    def work(_tx: Transaction) -> None:
        tries.append(1)
        raise _victim(database.kind)

    with pytest.raises(Unavailable, match="too busy"):
        database.run(work)
    assert len(tries) == 5


def _victim(kind: str) -> Exception:
    """What the driver raises for the loser of a deadlock."""
    if kind == "sqlite":
        return sqlite3.OperationalError("database is locked")
    if kind == "postgresql":
        import psycopg

        return psycopg.errors.DeadlockDetected()
    import pymysql

    return pymysql.err.OperationalError(1213, "Deadlock found")


def test_two_transactions_that_wait_for_each_other_both_come_through(database: Database) -> None:
    if database.kind == "sqlite":
        pytest.skip("one writer cannot wait for another")
    upgrades.upgrade(database)
    both = threading.Barrier(2, timeout=20)
    first_try = threading.local()

    def work(first: int, second: int) -> None:
        def steps(tx: Transaction) -> None:
            for number, slot in enumerate((first, second)):
                tx.value(text(f"SELECT slot FROM lock_slots WHERE slot = {slot} FOR UPDATE"))
                if number == 0 and not getattr(first_try, "done", False):
                    first_try.done = True
                    both.wait()

        database.run(steps)

    threads = [threading.Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    assert database.repeated >= 1


def test_a_cut_connection_is_replaced(database: Database) -> None:
    if database.kind == "sqlite":
        pytest.skip("there is no connection to cut")
    upgrades.upgrade(database)
    cut: list[int] = []

    def work(tx: Transaction) -> int:
        if not cut:
            cut.append(1)
            me = "pg_backend_pid()" if database.kind == "postgresql" else "connection_id()"
            number = tx.value(text(f"SELECT {me}"))
            other = sqlalchemy.create_engine(database.engine.url, isolation_level="AUTOCOMMIT")
            end = f"SELECT pg_terminate_backend({number})" if database.kind == "postgresql" else f"KILL {number}"
            with other.connect() as connection:
                connection.execute(text(end))
            other.dispose()
        return int(tx.value(text("SELECT 42")))

    assert database.run(work) == 42


def test_the_servers_time_is_read_once_a_transaction(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has no time of its own")
    far = Clock(datetime(1999, 1, 1, tzinfo=UTC))
    database = opened(database_url, far)
    first, second = database.run(lambda tx: (tx.now, tx.now))
    database.close()
    assert first == second
    assert first.year > 2000


def test_keys_of_two_processes_never_meet(database: Database) -> None:
    upgrades.upgrade(database)
    mine, theirs = Keys(database), Keys(database)
    mine.refill()
    theirs.refill()
    drawn = {source() for source in (mine, theirs) for _ in range(1000)}
    assert len(drawn) == 2000
    assert max(drawn) < 2**53


def test_a_sqlite_file_has_one_owner_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/baton.db"
    program = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.store.test_databases import opened\n"
        f"opened({url!r}); print('here', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert other.stdout is not None
    assert other.stdout.readline() == b"here\n"
    with pytest.raises(Unavailable, match="in use by another process"):
        opened(url)
    other.kill()
    other.communicate()
    opened(url).close()


def test_sqlite_is_durable(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/baton.db")
    settings = {
        name: database.read(lambda tx, n=name: tx.value(text(f"PRAGMA {n}")))
        for name in ("journal_mode", "synchronous")
    }
    database.close()
    assert settings == {"journal_mode": "wal", "synchronous": 2}


def test_a_full_disk_is_a_sentence_and_work_goes_on_when_there_is_room(tmp_path: Path) -> None:
    house = open_house(f"sqlite:///{tmp_path}/baton.db", CountingEngine())
    database = house.rt.database

    def fill(tx: Transaction) -> None:
        tx.connection.execute(text("CREATE TABLE IF NOT EXISTS filler (x BLOB)"))
        tx.connection.execute(text("INSERT INTO filler VALUES (zeroblob(50000000))"))

    pages = database.read(lambda tx: tx.value(text("PRAGMA page_count")))
    database.read(lambda tx: tx.value(text(f"PRAGMA max_page_count = {pages + 5}")))
    with pytest.raises(Unavailable, match="no room left"):
        database.run(fill)
    database.read(lambda tx: tx.value(text("PRAGMA max_page_count = 1073741823")))
    assert database.read(lambda tx: tx.value(text("PRAGMA integrity_check"))) == "ok"
    database.run(fill)
    runtime.close(house.rt)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "mysql://nobody@127.0.0.1:1/none",
        "sqlite:////proc/nowhere/baton.db",
    ],
)
def test_a_database_that_is_not_there_is_a_sentence(url: str) -> None:
    with pytest.raises(Unavailable, match=r"reached|opened"):
        open_house(url, CountingEngine())


@pytest.mark.parametrize("address", ["", "nonsense", "oracle://x/y"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        url_of(address)


def test_health_says_what_is_wrong(tmp_path: Path) -> None:
    house = open_house(f"sqlite:///{tmp_path}/baton.db", CountingEngine())
    assert status.health(house.rt).healthy
    house.rt.database.run(lambda tx: tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    found = status.health(house.rt)
    runtime.close(house.rt)
    assert (found.healthy, found.schema_revision) == (False, "9999")
    assert "newer release" in found.sentence


def test_an_unknown_driver_error_is_not_tried_again() -> None:
    assert trouble(sqlite3.OperationalError("near x: syntax error")) is Trouble.OTHER
    assert trouble(ValueError("no")) is Trouble.OTHER


def test_whoever_finds_all_connections_taken_waits_for_one(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/baton.db")
    connections = Connections(database.engine, most=1)
    only = connections.take()
    got: list[Any] = []
    waiting = threading.Thread(target=lambda: got.append(connections.take()))
    waiting.start()
    connections.give_back(only)
    waiting.join(timeout=10)
    database.close()
    assert got == [only]


def test_a_lost_connection_takes_the_idle_ones_along(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/baton.db")
    connections = Connections(database.engine, most=2)
    first, second = connections.take(), connections.take()
    connections.give_back(second)
    connections.give_up(first, ConnectionError("gone"))

    assert connections.take() not in {first, second}
    assert connections.take() not in {first, second}
    database.close()


def test_the_servers_time_is_carried_on_for_a_second() -> None:
    ours = [100.0]
    server = ServerTime(lambda: ours[0])
    assert server.now() is None
    server.note(MORNING)
    ours[0] += 0.5
    assert server.now() == MORNING + timedelta(seconds=0.5)
    server.note(MORNING - timedelta(seconds=1))
    assert server.now() == MORNING + timedelta(seconds=0.5)
    ours[0] += 0.5
    assert server.now() is None


def test_packing_keeps_bytes() -> None:
    for content in (b"", b"short", b"\x28\xb5\x2f\xfd" * 100, b"long " * 1000):
        assert unpack(pack(content)) == content
    assert len(pack(b"long " * 1000)) < 100


def test_json_text_keeps_what_feel_can_make() -> None:
    value = {"big": 2**80, "ü": [1.5, None, True]}
    assert from_text(to_text(value)) == value


def test_a_journal_without_steps_has_no_gaps(database: Database) -> None:
    upgrades.upgrade(database)
    assert journal_gaps(database) == []
