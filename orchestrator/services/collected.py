"""What the records of one step ask for, gathered: rows in a batch, and what must be done besides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestrator.domain import records as r
from orchestrator.domain.json_values import NAME_LENGTH
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import InstanceStatus
from orchestrator.services.residents import Member
from orchestrator.store import inbox
from orchestrator.store.batch import Batch
from orchestrator.store.correlations import Opening
from orchestrator.store.schema import waiting as w


@dataclass(slots=True, kw_only=True)
class Collected:
    """The rows of one step, and whose they are."""

    batch: Batch
    new_key: Callable[[], Key]
    now: datetime
    at: Any  #: now, as the driver takes it
    actor: str
    tenant: str
    root_key: Key
    members: dict[Key, Member]
    load_members: Callable[[], Mapping[Key, Member]]
    is_start: bool
    start_lock: bytes | None = None
    lease: tuple[Key, str | None] | None = None  #: of a job that was not looked at: its end must find just this lease
    opened_jobs: list[Key] = field(default_factory=list)
    ended_jobs: list[Key] = field(default_factory=list)
    is_fenced: bool = False  #: the end of that job is among the writes
    topics: set[str] = field(default_factory=set)
    openings: list[Opening] = field(default_factory=list)
    incident_changes: dict[Key, int] = field(default_factory=dict)
    replaced: list[r.ModelReplaced] = field(default_factory=list)
    moved: list[r.ElementMoved] = field(default_factory=list)
    ended_root: InstanceStatus | None = None
    status: InstanceStatus | None = None  #: where somebody suspended or resumed it

    def leave(self, root_key: Key | None, kind: str, body: Mapping[str, Any], *, later: datetime | None = None) -> None:
        """Leave something in the inbox, of an instance or of the services."""
        key = self.new_key()
        m = self.batch.moment
        row = inbox.row(key, root_key, kind, body, self.actor, self.at, m(later or self.now), self.tenant)
        self.batch.insert(w.inbox, key, row)
        self.topics.add("inbox")

    def member(self, instance_key: Key) -> Member:
        """Return what instances of this tree are of."""
        member = self.members.get(instance_key)
        if member is None:
            self.members.update(self.load_members())
            member = self.members[instance_key]
        return member


def word(text: str | None, what: str) -> str | None:
    """Return a name that fits its column, or say that it does not."""
    if text is not None and len(text) > NAME_LENGTH:
        raise ValueError(f"{what} has {len(text)} letters; at most {NAME_LENGTH} are allowed")
    return text
