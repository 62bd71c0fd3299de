"""Connections that stay open between transactions.

SQLAlchemy's own begin, end and checks at every loan cost as much as a step of an instance. So a connection is lent from
a pile, and its transaction is the driver's; what rarer statements open in SQLAlchemy above it ends with it.
"""

from contextlib import suppress
from threading import Condition
from typing import Any

from sqlalchemy import Connection, Engine

from orchestrator.store import databases
from orchestrator.store.databases import Trouble
from orchestrator.store.hot import Hot

_OTHER_WAYS = "SELECT " + ", ".join(
    f"set_config('enable_{way}', %(may)s, false)" for way in ("seqscan", "hashjoin", "mergejoin", "material")
)


class Held:
    """An open connection: SQLAlchemy's, the driver's below it, and the hot path's statements on that."""

    __slots__ = ("_by_index", "_kind", "connection", "driver", "hot")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.driver: Any = connection.connection.driver_connection
        self.hot = Hot(connection.dialect, self.driver)
        self._kind = connection.dialect.name
        self._by_index = False

    def begin(self, *, writes: bool, by_statement: bool) -> None:
        """Begin a transaction; ``by_statement`` lets PostgreSQL end one with every statement."""
        if self._kind == "sqlite":
            self.driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        elif self._kind == "postgresql":
            if writes is not self._by_index:
                self._go_by_index(wanted=writes)
            if self.driver.autocommit is not by_statement:
                self.driver.autocommit = by_statement

    def _go_by_index(self, *, wanted: bool) -> None:
        """Have what writes look up each of its rows by key, always.

        The plan of a statement is made once and kept. Made while a table is small it would read all of it, and go on
        so while it grows, until the server looks at the table by itself.
        """
        self.driver.autocommit = True
        self.driver.execute(_OTHER_WAYS, {"may": "off" if wanted else "on"})
        self._by_index = wanted

    def commit(self) -> None:
        """Make it last."""
        (self.connection if self.connection.in_transaction() else self.driver).commit()

    def rollback(self) -> None:
        """Undo it."""
        (self.connection if self.connection.in_transaction() else self.driver).rollback()

    def close(self) -> None:
        """Let it go; a connection in an unknown state is of no use to anybody."""
        with suppress(Exception):
            self.connection.invalidate()
        self.connection.close()


class Connections:
    """The pile: the connection that was used last, with warm caches, is lent first."""

    def __init__(self, engine: Engine, most: int = databases.MOST_CONNECTIONS) -> None:
        self._engine = engine
        self._idle: list[Held] = []
        self._left = most
        self._changed = Condition()
        self._waiting = 0

    def take(self) -> Held:
        """Lend a connection; to be given back or given up."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _open(self) -> Held:
        """Open another one, or wait for one where there are enough."""
        with self._changed:
            self._waiting += 1
            try:
                while not self._left:
                    if self._idle:
                        return self._idle.pop()
                    self._changed.wait(1)
                self._left -= 1
            finally:
                self._waiting -= 1
        try:
            return Held(self._engine.connect())
        except BaseException:
            self._close_one(None)
            raise

    def give_back(self, held: Held) -> None:
        """Take a connection back whose transaction has ended."""
        self._idle.append(held)
        if self._waiting:
            with self._changed:
                self._changed.notify()

    def give_up(self, held: Held, error: BaseException) -> None:
        """Undo what was begun on a connection, and take it back if it is still good."""
        lost = isinstance(error, Exception) and databases.trouble(error) is Trouble.LOST
        try:
            if not lost:
                held.rollback()
        except Exception:  # noqa: BLE001  (it cannot even roll back: the server will, when it is gone)
            lost = True
        if lost:
            self._close_one(held)
            self.close()  # the others were open as long as this one
        else:
            self.give_back(held)

    def close(self) -> None:
        """Close all that nobody uses."""
        while self._idle:
            self._close_one(self._idle.pop())

    def _close_one(self, held: Held | None) -> None:
        if held is not None:
            held.close()
        with self._changed:
            self._left += 1
            self._changed.notify()
