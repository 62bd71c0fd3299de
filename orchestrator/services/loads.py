"""What one transaction carries: movements are looked up, decided, stepped, and written down together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from orchestrator.domain.errors import OrchestratorError
from orchestrator.domain.keys import Key
from orchestrator.domain.lifecycle import InstanceStatus
from orchestrator.domain.records import TriggerRejected
from orchestrator.domain.triggers import Fork, Start, Trigger
from orchestrator.engine.given import Given
from orchestrator.services import written
from orchestrator.services.collect import collect
from orchestrator.services.collect_waiting import available_types
from orchestrator.services.collected import Collected
from orchestrator.services.definitions import Deployed
from orchestrator.services.movements import Located, Moved, Movement, Outcome
from orchestrator.services.residents import Member, Resident
from orchestrator.services.runtime import Runtime
from orchestrator.store import correlations, holding
from orchestrator.store.batch import Batch
from orchestrator.store.correlations import Opening
from orchestrator.store.databases import Overtaken, is_database_error
from orchestrator.store.encoding import from_text, pack, unpack
from orchestrator.store.locating import Found, Root, Subject, locate, members, snapshots, variables
from orchestrator.store.schema import waiting as w
from orchestrator.store.transaction import Transaction


class Alone(Exception):
    """A movement cannot go on from an earlier one in the same transaction."""


_SUBSCRIPTIONS = (w.message_subscriptions, "subscription_key")


@dataclass(slots=True, kw_only=True)
class _Move:
    """A movement on its way through the engine."""

    position: int
    movement: Movement
    located: Located
    trigger: Trigger
    found: Found | None
    after: "_Move | None" = None  #: an earlier one of the same instance
    snapshot: Any = None
    members: dict[Key, Member] = field(default_factory=dict)
    drawn: list[Key] = field(default_factory=list)
    step: Any = None
    left: Root | None = None  #: the instance's row as the step leaves it
    opened_jobs: Sequence[Key] = ()
    ended_jobs: Sequence[Key] = ()
    status: Any = None


class Load:
    """What one transaction carries."""

    def __init__(
        self, rt: Runtime, tx: Transaction, movements: Sequence[Movement], *, patient: bool, believing: bool
    ) -> None:
        self.rt = rt
        self.believing = believing
        self.tx = tx
        self.movements = movements
        self.patient = patient
        self.outcomes = [Outcome() for _ in movements]
        self.batch = Batch(rt.database.kind)
        self.moves: list[_Move] = []
        self.newest: dict[Key, _Move | None] = {}  #: of each instance; None where it was touched without a step
        self.spoiled: set[Key] = set()  #: instances of which memory knows nothing good any more
        self.openings: list[Opening] = []
        self.topics: set[str] = set()

    @cached_property
    def at(self) -> Any:
        """The transaction's time, as the driver takes it."""
        return self.batch.moment(self.tx.now)

    def carry(self) -> "Load":
        """Do everything up to the commit."""
        found = self._find()
        for position, movement in enumerate(self.movements):
            self._decide(position, movement, found.get((movement.subject, movement.key)))
        self._load_snapshots()
        for move_ in self.moves:
            self._step(move_)
        self.batch.flush(self.tx, last=not self.openings)
        if self.openings:
            self.topics |= correlations.meet(self.tx, self.rt.new_key, self.openings)
        self.tx.wake(self.topics)
        return self

    def after_commit(self) -> None:
        """Keep the moved instances at hand, and let those who watch see the records."""
        residents = self.rt.residents
        for move_ in self.moves:
            if move_.step is None:
                continue
            if move_.left is not None:
                kept = Resident(root=move_.left, snapshot=move_.step.snapshot, members=move_.members)
                residents.put(kept, opened=move_.opened_jobs, ended=move_.ended_jobs)
            elif move_.after is not None:
                self.spoiled.add(move_.located.changeable.key)
            self.rt.observe(move_.step.records)
        for key in self.spoiled:
            residents.forget(key)

    def _find(self) -> dict[tuple[Subject | None, Key], Found]:
        wanted: dict[Subject, list[Key]] = {}
        found: dict[tuple[Subject | None, Key], Found] = {}
        for movement in self.movements:
            if movement.subject is None:
                continue
            if (believed := self._believed(movement)) is not None:
                found[movement.subject, movement.key] = believed
            else:
                wanted.setdefault(movement.subject, []).append(movement.key)
        for subject, keys in wanted.items():
            for key, row in locate(self.tx, subject, keys, patient=self.patient).items():
                found[subject, key] = row
        return found

    def _believed(self, movement: Movement) -> Found | None:
        """Return what memory says of a leased job; the write finds out whether lease and revision still hold."""
        if not self.believing or movement.lease is None:
            return None
        root = self.rt.residents.holder(movement.key)
        if root is None:
            return None
        return Found({"status": "ACTIVATED", "lease_token": movement.lease, "worker": None}, root, believed=True)

    def _decide(self, position: int, movement: Movement, found: Found | None) -> None:
        outcome = self.outcomes[position]
        if movement.subject is not None and found is None and not self.patient and self.rt.database.kind != "sqlite":
            outcome.skipped = True
            return
        root = found.root if found else None
        earlier = None
        if root is not None and root.key in self.newest:
            earlier = self.newest[root.key]
            if earlier is None or movement.lease is None or earlier.movement.lease is None:
                outcome.skipped = True  # only results of jobs go on where others have just been
                return
        try:
            if movement.subject is not None and found is None:
                outcome.value = movement.missing(movement)
                return
            batch = Batch(self.rt.database.kind, None if earlier is None else self.batch)
            located = Located(tx=self.tx, batch=batch, row=found.row if found else {}, root=root)
            trigger = movement.decide(located)
        except OrchestratorError as refusal:
            self._doubt(found)
            outcome.refusal = refusal
            return
        move_: _Move | None = None
        if trigger is None:
            self.batch.absorb(batch)
            outcome.value = movement.unmoved
        else:
            move_ = _Move(
                position=position, movement=movement, located=located, trigger=trigger, found=found, after=earlier
            )
            self.moves.append(move_)
        if root is not None:
            self.newest[root.key] = move_
            outcome.root_key = root.key

    def _load_snapshots(self) -> None:
        unread: list[_Move] = []
        for move_ in self.moves:
            root = move_.located.root
            if root is None or move_.after is not None:
                continue
            resident = self.rt.residents.take(root.key, root.revision)
            if resident is not None:
                move_.snapshot, move_.members = resident.snapshot, resident.members
            else:
                unread.append(move_)
        if unread:
            self._read_snapshots(unread)

    def _read_snapshots(self, moves: Sequence[_Move]) -> None:
        keys = [move_.located.changeable.key for move_ in moves]
        packed = snapshots(self.tx, keys)
        cores: dict[Key, bytes] = {}
        scopes: dict[Key, Sequence[Key]] = {}
        for move_, key in zip(moves, keys, strict=True):
            try:
                cores[key] = unpack(packed[key] or b"")
                scopes[key] = list(self.rt.engine.Snapshot.scopes(cores[key]))
            except Exception as error:  # noqa: BLE001  (whatever is wrong with it is this instance's trouble alone)
                self._fail(move_, error)
        values: dict[Key, dict[str, Any]] = {}
        for scope, name, text in variables(self.tx, [scope for live in scopes.values() for scope in live]):
            values.setdefault(scope, {})[name] = from_text(text)
        for move_, key in zip(moves, keys, strict=True):
            if key not in scopes:
                continue
            try:
                own = {scope: values.get(scope, {}) for scope in scopes[key]}
                move_.snapshot = self.rt.engine.Snapshot.load(cores[key], own)
            except Exception as error:  # noqa: BLE001  (the same)
                self._fail(move_, error)

    def _fail(self, move_: _Move, error: BaseException) -> None:
        if is_database_error(error):
            raise error  # no fault of the instance: the whole transaction is tried again
        outcome = self.outcomes[move_.position]
        outcome.refusal, outcome.failed = error, True
        self.rt.on_failure(move_.movement.key, error)

    def _step(self, move_: _Move) -> None:
        outcome = self.outcomes[move_.position]
        if outcome.failed:
            return
        try:
            if move_.after is not None:
                _follow(move_, move_.after)
            step = self._apply(move_)
            if step.records and isinstance(step.records[0], TriggerRejected):
                self._reject(move_, step.records[0].reason)
                return
            moved = self._collect(move_, step)
            outcome.value = move_.movement.answer(moved)
        except Exception as error:  # noqa: BLE001  (what the engine trips over must not stop the others)
            self._refuse(move_, error)
            return
        move_.step = step

    def _reject(self, move_: _Move, reason: str) -> None:
        """Say that a trigger came too late."""
        if move_.after is not None:
            raise Alone
        self._doubt(move_.found)
        self.outcomes[move_.position].value = move_.movement.rejected(move_.located, reason)
        self.batch.absorb(move_.located.batch)

    def _refuse(self, move_: _Move, error: Exception) -> None:
        """Say why there was no step: a refusal, or a failure of the engine."""
        outcome = self.outcomes[move_.position]
        if move_.after is not None and not is_database_error(error):
            # what it went on from is not committed yet: alone, it is told the truth
            outcome.skipped = True
            self.spoiled.add(move_.located.changeable.key)
            return
        self._doubt(move_.found)
        if isinstance(error, OrchestratorError) and move_.movement.subject not in _UNASKED:
            outcome.refusal = error
        else:
            self._fail(move_, error)

    def _doubt(self, found: Found | None) -> None:
        """Look again before saying no: what was believed may be old."""
        if found is not None and found.believed:
            raise Overtaken("What was kept in memory does not fit.")

    def _apply(self, move_: _Move) -> Any:
        rt, tenant = self.rt, move_.movement.tenant

        def draw() -> Key:
            key = rt.new_key()
            move_.drawn.append(key)
            return key

        lookup = Deployed(self.tx, rt.engine, rt.definitions, tenant, self.tx.now)
        given = Given(now=self.tx.now, new_key=draw, lookup=lookup, limits=rt.limits)
        return rt.engine.step(move_.snapshot, move_.trigger, given)

    def _collect(self, move_: _Move, step: Any) -> Moved:
        located, movement = move_.located, move_.movement
        is_start = isinstance(move_.trigger, _BEGINNINGS)
        root_key = step.snapshot.instance_key
        root = located.root
        collector = Collected(
            batch=located.batch,
            new_key=self.rt.new_key,
            now=self.tx.now,
            actor=movement.actor,
            tenant=movement.tenant,
            root_key=root_key,
            members=move_.members,
            load_members=self._member_loader(root_key),
            at=self.at,
            is_start=is_start,
            start_lock=movement.start_lock if is_start else None,
            lease=(movement.key, movement.lease) if move_.found and move_.found.believed else None,
        )
        if root is not None and root_key not in move_.members:
            own = Member(definition_key=root.definition_key, process_id=root.process_id, version=root.version)
            move_.members[root_key] = own
        collect(collector, step.records)
        if not collector.is_fenced:
            self._doubt(move_.found)
        move_.status = step.status
        if move_.status == "more":
            collector.leave(root_key, "Continue", {})
        sequence = 0 if is_start or root is None else root.sequence
        self._write_root(move_, step, collector, sequence)
        start_lock = movement.start_lock if root is None else root.start_lock
        if collector.ended_root is not None and start_lock is not None:
            collector.leave(None, "FreeStart", {"digest": bytes(start_lock).hex(), "instance_key": root_key})
        written.follow_ups(collector)
        self._stop_or_go(move_, collector)
        moved = Moved(
            instance_key=root_key,
            records=step.records,
            completed=collector.ended_root is not None,
            variables=step.snapshot.variables,
        )
        if movement.after is not None:
            movement.after(located, moved)
        move_.opened_jobs, move_.ended_jobs = collector.opened_jobs, collector.ended_jobs
        self.batch.absorb(located.batch)
        closed = located.batch.deletes.get(_SUBSCRIPTIONS)
        if closed and move_.after is not None:
            self.openings = [opening for opening in self.openings if opening.subscription_key not in closed]
        self.openings += collector.openings
        self.topics |= collector.topics
        self.topics |= available_types(located.batch)
        self.topics.add(f"instance:{root_key}")
        return moved

    def _write_root(self, move_: _Move, step: Any, collector: Collected, sequence: int) -> None:
        root, count = move_.located.root, len(step.records)
        core = None if collector.ended_root is not None else pack(step.snapshot.core)
        written.instance(collector, root, sequence=sequence + count, core=core)
        if move_.status in _RUNNING:
            move_.left = written.left(collector, root, sequence + count)
        if count:
            written.step(collector, move_.trigger, move_.drawn, step.records, first=sequence + 1)

    def _stop_or_go(self, move_: _Move, collector: Collected) -> None:
        """Stop what has begun in a suspended instance, and let go what is resumed."""
        root, batch = move_.located.root, move_.located.batch
        if root is None or collector.ended_root is not None:
            return
        if (collector.status or root.status) == InstanceStatus.SUSPENDED:
            batch.then(lambda tx: holding.suspend(tx, root.key))
        elif collector.status is not None:
            batch.then(lambda tx: holding.resume(tx, root.key))

    def _member_loader(self, root_key: Key) -> Callable[[], dict[Key, Member]]:
        def load() -> dict[Key, Member]:
            return {
                key: Member(definition_key=definition_key, process_id=process_id, version=version)
                for key, definition_key, process_id, version in members(self.tx, root_key)
            }

        return load


def _follow(move_: _Move, earlier: _Move) -> None:
    """Go on from where an earlier step of this transaction has left the instance; the row is written once for both."""
    if earlier.step is None or earlier.left is None or earlier.status == "more":
        raise Alone
    revision = earlier.located.changeable.revision
    move_.located.root = replace(earlier.left, revision=revision)
    move_.snapshot, move_.members = earlier.step.snapshot, earlier.members


_RUNNING = frozenset({"running", "more"})
_BEGINNINGS = (Start, Fork)
_UNASKED = frozenset({Subject.TIMER, Subject.START_TIMER, Subject.INBOX, Subject.ARRIVAL})
"""Nobody waits for these: a refusal counts as a failure, or they would come round for ever."""
