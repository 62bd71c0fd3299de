"""Instances that were moved a moment ago, kept to be moved again without reading them.

A resident is only a guess: it is used when the database's revision is still the one it was kept with.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any

from orchestrator.domain.keys import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The definition that a process instance, called or not, runs under."""

    definition_key: Key
    process_id: str
    version: int


@dataclass(slots=True, kw_only=True)
class Resident:
    """An instance's snapshot with the definitions of all instances inside."""

    revision: int
    snapshot: Any
    members: dict[Key, Member]


class Residents:
    """The newest few; taken out to be used, since the engine uses a snapshot once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Resident] = OrderedDict()
        self._lock = Lock()

    def take(self, key: Key, revision: int) -> Resident | None:
        """Return an instance if it is here in exactly this revision; it is not here afterwards."""
        with self._lock:
            resident = self._kept.pop(key, None)
        return resident if resident is not None and resident.revision == revision else None

    def put(self, key: Key, resident: Resident) -> None:
        """Keep an instance; the one not used for longest goes."""
        with self._lock:
            self._kept[key] = resident
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Drop an instance whose kept state may be wrong."""
        with self._lock:
            self._kept.pop(key, None)
