"""What differs between the databases; nothing else asks which one it is."""

import logging
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import PendingRollbackError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from orchestrator.domain.errors import Invalid

BUSY_MILLISECONDS = 15_000
LOCK_SECONDS = 5
STATEMENT_SECONDS = 30
MOST_CONNECTIONS = 40
IDLE_SECONDS = 15  #: a paused process must not hold an instance for ever

_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql"}
_DRIVERS["mariadb"] = "mysql+pymysql"


class Overtaken(Exception):
    """A row was not as it was read, although it was locked: undone, and tried again."""


class Trouble(Enum):
    """What a database error asks the caller to do."""

    AGAIN = "again"  #: rolled back by the database in favour of another: try again at once
    LOST = "lost"  #: the connection is gone; whatever was not committed is undone
    FULL = "full"
    SCHEMA = "schema"  #: tables or columns are missing
    VALUE = "value"  #: a value does not fit its column
    OTHER = "other"


def url_of(text_: str) -> URL:
    """Read a database address and name the driver we bring."""
    try:
        url = make_url(text_)
    except Exception as wrong:
        raise Invalid(f"{text_!r} is no database address; write for instance sqlite:///var/baton.db.") from wrong
    if url.get_backend_name() not in {"sqlite", "postgresql", "postgres", "mysql", "mariadb"}:
        raise Invalid(f"{url.get_backend_name()!r} is no database Baton knows; use sqlite, postgresql or mariadb.")
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def is_memory(url: URL) -> bool:
    """Whether the database lives in this process only."""
    return url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}


def open_engine(url: URL) -> Engine:
    """Make SQLAlchemy's engine with the settings the protocol needs."""
    match url.get_backend_name():
        case "sqlite":
            return _sqlite(url)
        case "postgresql":
            # it warns of every pipeline that is undone, which is how a step finds out that it was overtaken
            logging.getLogger("psycopg").setLevel(logging.ERROR)
            return create_engine(
                url,
                pool_size=MOST_CONNECTIONS,
                pool_pre_ping=False,  # a lost connection is tried again by the transaction
                isolation_level="READ COMMITTED",
                connect_args=_postgresql_arguments(url),
            )
        case _:
            engine = create_engine(
                url.update_query_dict({"charset": "utf8mb4"}),
                pool_size=MOST_CONNECTIONS,
                isolation_level="READ COMMITTED",
                insertmanyvalues_page_size=50,  # packets are 16 MB
                connect_args={"connect_timeout": 5, "read_timeout": 60, "write_timeout": 60},
            )
            event.listen(engine, "connect", _prepare_mariadb)
            return engine


def _postgresql_arguments(url: URL) -> dict[str, Any]:
    settings = {
        "timezone": "UTC",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "jit": "off",  # what is asked here is over before it would be compiled
    }
    asked = url.query.get("options", "")
    options = " ".join(
        [asked if isinstance(asked, str) else " ".join(asked)] + [f"-c {k}={v}" for k, v in settings.items()]
    )
    return {
        "options": options.strip(),
        "application_name": "baton",
        "connect_timeout": 5,
        "keepalives_idle": 2,
        "keepalives_interval": 1,
        "keepalives_count": 2,
        "tcp_user_timeout": 10_000,
        "prepare_threshold": 2,
    }


def _prepare_mariadb(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION time_zone = '+00:00'")
        cursor.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'")
        cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {LOCK_SECONDS}")


def _sqlite(url: URL) -> Engine:
    memory = is_memory(url)
    engine = create_engine(
        url,
        poolclass=StaticPool if memory else QueuePool,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
        **({} if memory else {"pool_size": MOST_CONNECTIONS}),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    for setting in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "cache_size=-65536",
    ):
        connection.execute(f"PRAGMA {setting}")


def database_time(connection: Connection) -> Any:
    """Ask the server for the time (SQLite has none of its own and is not asked)."""
    if connection.dialect.name == "postgresql":
        return connection.scalar(_POSTGRESQL_TIME)
    return connection.scalar(_MARIADB_TIME)


_POSTGRESQL_TIME = text("SELECT clock_timestamp()")
_MARIADB_TIME = text("SELECT UTC_TIMESTAMP(6)")

_POSTGRESQL: Mapping[str, Trouble] = {
    "40001": Trouble.AGAIN,
    "40P01": Trouble.AGAIN,
    "55P03": Trouble.AGAIN,
    "57014": Trouble.AGAIN,  # statement timeout
    "22012": Trouble.AGAIN,  # a movement's own check, see ``hot``: the row was not as it was read
    "53100": Trouble.FULL,
    "53200": Trouble.FULL,
    "42P01": Trouble.SCHEMA,
    "42703": Trouble.SCHEMA,
    "3F000": Trouble.SCHEMA,
    "25P03": Trouble.LOST,
}
_MYSQL: Mapping[int, Trouble] = {
    1205: Trouble.AGAIN,
    1213: Trouble.AGAIN,
    1020: Trouble.AGAIN,
    1021: Trouble.FULL,
    1114: Trouble.FULL,
    1146: Trouble.SCHEMA,
    1054: Trouble.SCHEMA,
    1264: Trouble.VALUE,
    1366: Trouble.VALUE,
    1406: Trouble.VALUE,
    1153: Trouble.VALUE,
    1040: Trouble.LOST,
    1049: Trouble.LOST,
    2003: Trouble.LOST,
    2006: Trouble.LOST,
    2013: Trouble.LOST,
    2014: Trouble.LOST,
}
_SQLITE = (
    (re.compile("database is locked|database table is locked|busy"), Trouble.AGAIN),
    (re.compile("full|disk I/O error"), Trouble.FULL),
    (re.compile("no such table|no such column|has no column"), Trouble.SCHEMA),
    (re.compile("unable to open|not a database|malformed|readonly|closed database"), Trouble.LOST),
    (re.compile("too big|too large|out of range"), Trouble.VALUE),
)


def trouble(error: BaseException) -> Trouble:
    """Say what kind of trouble a driver's error is; SQLAlchemy's wrapping is looked through."""
    cause: Any = getattr(error, "orig", None) or error
    if isinstance(cause, PendingRollbackError):
        return Trouble.LOST  # an earlier statement has lost the connection
    if isinstance(cause, Overtaken):
        return Trouble.AGAIN
    module = type(cause).__module__.partition(".")[0]
    if module == "psycopg":
        if isinstance(state := cause.sqlstate, str):
            return _POSTGRESQL.get(state) or _postgresql_class(state)
        return Trouble.LOST if type(cause).__name__ == "OperationalError" else Trouble.OTHER
    if module == "pymysql":
        code = cause.args[0] if cause.args and isinstance(cause.args[0], int) else 0
        lost = code == 0 and type(cause).__name__ in {"InterfaceError", "OperationalError"}
        return Trouble.LOST if lost else _MYSQL.get(code, Trouble.OTHER)
    if module == "sqlite3" or type(cause).__module__ == "sqlite3":
        words = str(cause)
        return next((kind for pattern, kind in _SQLITE if pattern.search(words)), Trouble.OTHER)
    if isinstance(cause, OverflowError):
        return Trouble.VALUE
    return Trouble.LOST if isinstance(cause, (ConnectionError, TimeoutError)) else Trouble.OTHER


def is_database_error(error: BaseException) -> bool:
    """Whether the database or its driver has raised this, however deep inside foreign code."""
    return isinstance(error, (SQLAlchemyError, Overtaken)) or _module(error) in _DRIVER_MODULES


def _module(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


_DRIVER_MODULES = frozenset({"psycopg", "pymysql", "sqlite3"})


def _postgresql_class(state: str) -> Trouble:
    if state.startswith(("08", "57P", "53")) or state in {"3D000", "28P01", "28000"}:
        return Trouble.LOST
    return Trouble.VALUE if state.startswith("22") else Trouble.OTHER
