"""Instances that were moved a moment ago, kept to be moved again without reading them.

A resident is only a guess: it is used when the database's revision is still the one it was kept with.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.store.locating import Root

MOST_JOBS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """The definition that a process instance, called or not, runs under."""

    definition_key: Key
    process_id: str
    version: int


@dataclass(slots=True, kw_only=True)
class Resident:
    """An instance as it was left: its row, its snapshot, and the definitions of all instances inside."""

    root: Root
    snapshot: Any
    members: dict[Key, Member]


class Residents:
    """The newest few; taken out to be used, since the engine uses a snapshot once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Resident] = OrderedDict()
        self._holders: dict[Key, Key] = {}  #: jobs, and whom they belong to
        self._lock = Lock()

    def take(self, key: Key, revision: int) -> Resident | None:
        """Return an instance if it is here in exactly this revision; it is not here afterwards."""
        with self._lock:
            resident = self._kept.pop(key, None)
        return resident if resident is not None and resident.root.revision == revision else None

    def holder(self, job_key: Key) -> Root | None:
        """Return the row of the instance that waits for a job, as it was left here."""
        resident = self._kept.get(self._holders.get(job_key, _NOBODY))
        return None if resident is None else resident.root

    def root_of(self, job_key: Key) -> Key | None:
        """Return the instance that a job belongs to, whether it is kept or not, if that was ever noted here."""
        return self._holders.get(job_key)

    def note(self, roots: Mapping[Key, Key]) -> None:
        """Note which instances jobs belong to that were opened elsewhere."""
        with self._lock:
            self._make_room()
            self._holders.update(roots)

    def put(self, resident: Resident, *, opened: Iterable[Key], ended: Iterable[Key]) -> None:
        """Keep an instance, and whom its jobs belong to; the one not used for longest goes."""
        key = resident.root.key
        with self._lock:
            for job_key in ended:
                self._holders.pop(job_key, None)
            self._make_room()
            for job_key in opened:
                self._holders[job_key] = key
            self._kept[key] = resident
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _make_room(self) -> None:
        if len(self._holders) > MOST_JOBS:
            self._holders.clear()  # it only made things faster

    def forget(self, key: Key) -> None:
        """Drop an instance whose kept state may be wrong."""
        with self._lock:
            self._kept.pop(key, None)


_NOBODY = Key(-1)
