"""Column types that mean the same on every database, and the metadata all tables share."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC with microseconds; SQLite and MariaDB would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose microseconds where they are not the default."""
        if dialect.name in {"mysql", "mariadb"}:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand over UTC; without the zone where the database has none."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(length: int = 255) -> String:
    """Return an id, name or status: compared byte by byte."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def long_text() -> Text:
    """Return text without a limit, JSON among it."""
    return Text().with_variant(mysql.LONGTEXT(), "mysql", "mariadb")


def long_bytes() -> LargeBinary:
    """Return bytes without a limit."""
    return LargeBinary().with_variant(mysql.LONGBLOB(), "mysql", "mariadb")


def digest() -> LargeBinary:
    """Return a SHA-256, fit for an index."""
    return LargeBinary(32).with_variant(mysql.BINARY(32), "mysql", "mariadb")


def number() -> BigInteger:
    """Return the type of a key: 64 bits."""
    return BigInteger().with_variant(Integer(), "sqlite")


def key(name: str, *, null: bool = False) -> Column[int]:
    """Return a column with another row's key."""
    return Column(name, number(), nullable=null, autoincrement=False)


def primary(name: str) -> Column[int]:
    """Return the row's own key."""
    return Column(name, number(), primary_key=True, autoincrement=False)


def options(fill: int | None = None) -> dict[str, Any]:
    """Return what the databases are told about a table; ``fill`` leaves room for rows that change in place."""
    told: dict[str, Any] = {
        f"{server}_{option}": value
        for server in ("mysql", "mariadb")
        for option, value in (("engine", "InnoDB"), ("charset", "utf8mb4"), ("collate", "utf8mb4_bin"))
    }
    if fill:
        told["postgresql_with"] = {"fillfactor": str(fill)}
    return told


def table(name: str, *items: SchemaItem, fill: int | None = None) -> Table:
    """Return a table of ours."""
    return Table(name, metadata, *items, **options(fill))
