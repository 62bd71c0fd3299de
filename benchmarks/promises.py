"""What must be true of a database after any faults: looked up in its tables and in what was done outside.

The simulation and the chaos harness ask the same questions, so that neither believes what the other would doubt.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Table, select

from orchestrator.store.encoding import from_text, unpack
from orchestrator.store.inspection import journal_gaps
from orchestrator.store.schema.instances import element_instances, journal, process_instances, variables
from orchestrator.store.schema.waiting import jobs
from orchestrator.store.transaction import Database


@dataclass(frozen=True)
class Effect:
    """Something done outside for a job, under the name that the far side was given."""

    job_key: int
    idempotency_key: str


@dataclass(frozen=True)
class Expected:
    """What every instance comes to when all goes well."""

    jobs: int
    told: frozenset[str] = frozenset()  #: variables, each of which a message of its own brings
    repeats: str = "again"  #: elements whose ids begin so may be entered more than once


@dataclass(frozen=True)
class Broken:
    """A promise that was not kept."""

    promise: str
    about: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.about}"


STUCK, LOST, TWICE, EARLY, KEYS, LATE_LEASE, DOUBLED = (
    "stuck",
    "lost",
    "advanced twice",
    "fired early",
    "changed idempotency key",
    "result of a lost lease",
    "effects doubled without a fault",
)
PROMISES = (LOST, TWICE, STUCK, EARLY, KEYS, LATE_LEASE, DOUBLED)


def broken(database: Database, effects: Sequence[Effect], expected: Expected, *, faults: int) -> Iterator[Broken]:
    """Name everything that is not as promised; a fault may double one effect."""
    left = _Left(database)
    yield from left.instances(expected)
    yield from left.effects(effects, faults)
    yield from left.steps()
    for gap in journal_gaps(database):
        yield Broken(TWICE, f"the {gap} has a gap, an overlap or another end")


class _Left:
    """The tables as they were found."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.found = self.rows(process_instances)
        self.work = self.rows(jobs)

    def rows(self, table: Table) -> list[Mapping[str, Any]]:
        return self.database.read(lambda tx: [dict(row) for row in tx.connection.execute(select(table)).mappings()])

    def instances(self, expected: Expected) -> Iterator[Broken]:
        done = Counter(row["instance_key"] for row in self.work if row["status"] == "COMPLETED")
        named: dict[int, set[str]] = defaultdict(set)
        for row in self.rows(variables):
            named[row["scope_key"]].add(row["name"])
        for row in self.found:
            key = row["instance_key"]
            if row["status"] != "COMPLETED":
                yield Broken(STUCK, f"instance {key} is {row['status']}")
            if done[key] != expected.jobs:
                yield Broken(LOST, f"instance {key} has {done[key]} of {expected.jobs} jobs done")
            if missing := expected.told - named[key]:
                yield Broken(LOST, f"instance {key} was never told {', '.join(sorted(missing))}")
        entered = Counter((row["instance_key"], row["element_id"]) for row in self.rows(element_instances))
        for (key, element), times in entered.items():
            if times > 1 and not element.startswith(expected.repeats):
                yield Broken(TWICE, f"instance {key} entered {element} {times} times")

    def effects(self, effects: Sequence[Effect], faults: int) -> Iterator[Broken]:
        times = Counter(effect.job_key for effect in effects)
        for row in self.work:
            if row["status"] == "COMPLETED" and not times[row["job_key"]]:
                yield Broken(LOST, f"job {row['job_key']} is done without its effect")
        named = {(effect.job_key, effect.idempotency_key) for effect in effects}
        if len(named) != len(times):
            yield Broken(KEYS, f"{len(times)} jobs have had {len(named)} keys")
        if len({key for _, key in named}) != len(named):
            yield Broken(KEYS, "two jobs share one")
        doubled = sum(times.values()) - len(times)
        if doubled > faults:
            yield Broken(DOUBLED, f"{doubled} doubled effects for {faults} faults")

    @cached_property
    def leases(self) -> Mapping[int, str]:
        return {row["job_key"]: row["lease_token"] for row in self.work}

    def steps(self) -> Iterator[Broken]:
        """A result is of the lease that its job had at the end; a timer's beat comes once, and not before its time."""
        beats: Counter[tuple[int, int]] = Counter()
        for step in self.rows(journal):
            if step["trigger"] == "CompleteJob":
                given = from_text(unpack(step["body"]))["trigger"]
                lease = given["variables"].get(f"by{given['job_key']}")
                if lease is not None and lease != self.leases[given["job_key"]]:
                    yield Broken(LATE_LEASE, f"job {given['job_key']} took the result of {lease}")
            elif step["trigger"] == "FireTimer":
                given = from_text(unpack(step["body"]))["trigger"]
                beats[given["timer_key"], given["fire_number"]] += 1
                if datetime.fromisoformat(given["due_at"]) > step["at"]:
                    yield Broken(EARLY, f"timer {given['timer_key']} fired at {step['at']}, due {given['due_at']}")
        for (timer, number), times in beats.items():
            if times > 1:
                yield Broken(TWICE, f"timer {timer} fired {times} times for its beat {number}")
