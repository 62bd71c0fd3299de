"""Bring the tables to this release's form, and say how far they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select, text

from orchestrator.domain.errors import Unavailable
from orchestrator.store.schema import metadata
from orchestrator.store.schema.operations import key_blocks
from orchestrator.store.schema.waiting import lock_slots
from orchestrator.store.transaction import Database

SLOTS = 4096
FIRST_KEY = 1 << 51
"""Keys look like Camunda's, and stay below 2^53 for a very long time."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def expected_revision() -> str:
    """Return the newest revision this release knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise AssertionError("there are migrations")
    return head


def current_revision(database: Database) -> str | None:
    """Return the revision of the tables; None where there are none yet."""
    return database.read(lambda tx: MigrationContext.configure(tx.connection).get_current_revision())


def upgrade(database: Database) -> None:
    """Run what is missing, one process at a time."""
    if current_revision(database) == expected_revision():
        return
    refuse_newer(database)
    refuse_nameless(database)

    def work(tx: Any) -> None:
        _alone(tx.connection)
        command.upgrade(_config(tx.connection), "head")
        _fill(tx.connection)

    database.run(work)


def refuse_newer(database: Database) -> None:
    """Refuse tables that a later release has made."""
    revision = current_revision(database)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise Unavailable(
            f"The database is at revision {revision}, which this release does not know; start the newer release."
        )


def refuse_nameless(database: Database) -> None:
    """Refuse tables without their revision: half of a copy, or what a migration left that was cut off."""
    if current_revision(database) is not None:
        return
    found = database.read(lambda tx: set(inspect(tx.connection).get_table_names()))
    if ours := sorted(found & metadata.tables.keys()):
        raise Unavailable(
            f"The database holds {len(ours)} of Baton's tables, but not the revision they are at; "
            "restore a whole copy, or begin with an empty database."
        )


def require_current(database: Database) -> None:
    """Refuse to work on tables of another release."""
    refuse_newer(database)
    revision = current_revision(database)
    if revision != expected_revision():
        found = f"revision {revision}" if revision else "no tables"
        raise Unavailable(f"The database has {found}, this release needs {expected_revision()}; run `baton migrate`.")


def drift(database: Database) -> Sequence[Any]:
    """Return the differences between the tables and the schema of this release; empty is well."""

    def ours(_thing: object, name: str | None, kind: str, _reflected: object, _other: object) -> bool:
        return kind != "table" or name in metadata.tables

    def compare(tx: Any) -> Sequence[Any]:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True, "include_object": ours})
        return list(compare_metadata(context, metadata))

    return database.read(compare)


def new_migration(database: Database, message: str, revision: str) -> None:
    """Write the script of a change in the schema, for a developer to read and mend."""

    def work(tx: Any) -> None:
        command.revision(_config(tx.connection), message, autogenerate=True, rev_id=revision)

    database.read(work)


def _alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(51200001)"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))


def _fill(connection: Connection) -> None:
    if not connection.scalar(select(lock_slots.c.slot).limit(1).order_by(lock_slots.c.slot)) and not connection.scalar(
        select(key_blocks.c.next_key)
    ):
        connection.execute(insert(lock_slots), [{"slot": number} for number in range(SLOTS)])
        connection.execute(insert(key_blocks), {"name": "keys", "next_key": FIRST_KEY})
