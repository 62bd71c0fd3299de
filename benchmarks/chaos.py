"""Kill servers and workers under load, and see that nothing is lost, doubled or stuck.

    python -m benchmarks.chaos --seconds 60
    python -m benchmarks.chaos --seconds 60 --database postgresql://postgres@127.0.0.1:5432/postgres
    python -m benchmarks.chaos --seconds 20 --without fence

Processes are killed with SIGKILL every 0.1 to 0.4 s, and on servers one is stopped for longer than its lease now and
then. Every instance has four parallel branches: work only, work around a timer, work around two messages, and a timer
that beats until the instance tells itself that it is enough. A job's effect is a line in a file, written before its
completion. With --without a rule of the protocol is taken out, and the report should say BROKEN.
"""

import argparse
import os
import random
import secrets
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy

from benchmarks import promises
from benchmarks.promises import PROMISES, Broken, Effect, Expected
from benchmarks.rules import RULES
from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import OrchestratorError, Unavailable
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.search import PageRequest
from orchestrator.engine import api  # noqa: F401  (loaded once, so that children are ready at once)
from orchestrator.services import deployments, inbox, instances, jobs, messages, queries, runtime, timers
from orchestrator.services.runtime import Runtime
from orchestrator.store.databases import url_of

LEASE = timedelta(seconds=1.5)
PER_SECOND = 4  #: instances, and eight to begin with
MESSAGES = ("first", "second")
EXPECTED = Expected(jobs=9, told=frozenset(MESSAGES))
MODEL = Path(__file__).with_name("chaos.bpmn")

REFUSED_REPEAT = "lease answered differently"
DIED = "process died by itself"


@dataclass
class Report:
    """What the dead have left behind."""

    kills: int = 0
    pauses: int = 0
    late: int = 0  #: reports made after the lease was over
    faults: int = 0  #: workers that were struck: a process may hold several
    instances: int = 0
    jobs: int = 0
    effects: int = 0
    broken: list[Broken] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept, by instances that did run."""
        return not self.broken and self.jobs > 0

    def __str__(self) -> str:
        counts = Counter(each.promise for each in self.broken)
        kept = " · ".join(f"{promise} {counts[promise]}" for promise in (*PROMISES, REFUSED_REPEAT, DIED))
        verdict = "holds" if self.holds else "BROKEN"
        return (
            f"kills {self.kills} · pauses {self.pauses} · late reports {self.late} · workers struck {self.faults} · "
            f"instances {self.instances} · jobs {self.jobs} · duplicate effects {self.effects - self.jobs} · "
            f"{kept} → {verdict}"
        )


def open_runtime(url: str) -> Runtime:
    """Open a runtime as a server does."""
    return runtime.assemble(
        database_url=url,
        clock=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        new_token=lambda: secrets.token_urlsafe(16),
        chance=random.random,
    )


# -- the children ------------------------------------------------------------------------------------------------------


def _for_ever(turn: Callable[[], object], folder: Path, parent: int) -> None:
    """Take turns until the parent is gone; whatever is no refusal ends the process, and is told of."""
    while os.getppid() == parent:  # nobody is left behind when the killer itself is killed
        try:
            turn()
        except OrchestratorError:
            time.sleep(0.02)
        except Exception:  # noqa: BLE001  (whatever it is, it should not have come here)
            with (folder / "deaths").open("a") as deaths:
                deaths.write(f"{traceback.format_exc()}\n\f")
            os._exit(1)


class Worker:
    """Leases, does, reports; now and then it fails, prolongs, is late, or reports twice as if a reply had been lost."""

    def __init__(self, rt: Runtime, folder: Path, name: str) -> None:
        self.rt, self.name = rt, name
        self.effects = (folder / "effects").open("ab", buffering=0)
        self.refused = (folder / "refused").open("ab", buffering=0)
        self.late = (folder / "late").open("ab", buffering=0)

    def turn(self) -> None:
        until = self.rt.monotonic() + LEASE.total_seconds()
        found = jobs.activate(self.rt, SYSTEM, type="chaos", worker=self.name, timeout=LEASE, max_jobs=4)
        if not found:
            jobs.wait_for_work(self.rt, ["chaos"], timedelta(milliseconds=50))
        if random.random() < 0.5:
            self.one_by_one(found, until)
        else:
            self.together(found, until)

    def one_by_one(self, found: Sequence[ActivatedJob], until: float) -> None:
        for job in found:
            if (
                job.attempt > 1 and random.random() < 0.3
            ):  # slowly, so that a late report of an earlier attempt may find the job in these hands
                time.sleep(random.uniform(0.2, 0.6) * LEASE.total_seconds())
            if self.rt.monotonic() > until:
                return  # somebody else has the rest by now
            with suppress(OrchestratorError):
                self.do(job)

    def do(self, job: ActivatedJob) -> None:
        dice = random.random()
        if dice < 0.03:
            again = timedelta(0)
            jobs.fail(self.rt, SYSTEM, job.key, lease_token=job.lease_token, retries=job.retries, back_off=again)
            return
        if dice < 0.1 and not jobs.heartbeat(self.rt, SYSTEM, job.key, job.lease_token, LEASE):
            return
        self.effects.write(f"{job.key} {job.idempotency_key}\n".encode())
        if dice > 0.95:
            self.late.write(b".")
            time.sleep(LEASE.total_seconds() * random.uniform(1.05, 1.6))
        self.report(job)
        if random.random() < 0.1:
            try:
                self.report(job)
            except Unavailable:
                return
            except OrchestratorError as refusal:
                self.refused.write(f"{job.key}: {refusal}\n".encode())

    def report(self, job: ActivatedJob) -> None:
        jobs.complete(self.rt, SYSTEM, job.key, lease_token=job.lease_token, variables=_given(job))

    def together(self, found: Sequence[ActivatedJob], until: float) -> None:
        """Do all, then report all at once; those that were taken are told again now and then."""
        done = []
        for job in found:
            if self.rt.monotonic() > until:
                break
            self.effects.write(f"{job.key} {job.idempotency_key}\n".encode())
            done.append(job)
        if done and random.random() < 0.05:
            self.late.write(b"." * len(done))
            time.sleep(LEASE.total_seconds() * random.uniform(1.05, 1.6))
        taken = [job for job, answer in zip(done, self.report_together(done), strict=True) if answer is None]
        if random.random() < 0.1:
            for job, answer in zip(taken, self.report_together(taken), strict=True):
                if isinstance(answer, OrchestratorError) and not isinstance(answer, Unavailable):
                    self.refused.write(f"{job.key}: {answer}\n".encode())

    def report_together(self, done: Sequence[ActivatedJob]) -> Sequence[object]:
        results = [jobs.Completion(job_key=job.key, lease_token=job.lease_token, variables=_given(job)) for job in done]
        return jobs.complete_together(self.rt, SYSTEM, results)


def _given(job: ActivatedJob) -> dict[str, object]:
    return {f"by{job.key}": job.lease_token}


def tick(rt: Runtime) -> None:
    """Fire timers and empty the inbox, in turns: neither may starve the other."""
    if timers.fire_due(rt) + inbox.drain(rt) == 0:
        time.sleep(0.02)


def load(rt: Runtime, folder: Path) -> None:
    """Start what is missing of the wanted instances, and tell some of the others again what they wait for."""
    rows = list(_all(rt, "instances"))
    known = {int(row["business_id"]) for row in rows}
    wanted = int((folder / "wanted").read_text())
    missing = [number for number in range(wanted) if number not in known][:8]
    for number in missing:
        variables = {"order": str(number), "beats": 0}
        instances.start(rt, SYSTEM, process_id="chaos", business_id=str(number), variables=variables)
    active = [int(row["business_id"]) for row in rows if row["status"] == "ACTIVE"]
    for number in random.sample(active, min(8, len(active))):
        tell(rt, number)
    (folder / "open").write_text(str(wanted - len(rows) + len(active)))
    time.sleep(0.05)


def tell(rt: Runtime, number: int) -> None:
    """Publish the first or both, in their order; which were published before is for the message ids to say."""
    for name in MESSAGES[: random.randint(1, len(MESSAGES))]:
        messages.publish(
            rt,
            SYSTEM,
            name="chaos",
            correlation_key=str(number),
            variables={name: number},
            message_id=f"{name}-{number}",
            time_to_live=timedelta(hours=1),
        )


def _all(rt: Runtime, noun: Any) -> Iterator[dict[str, Any]]:
    first = 0
    while items := queries.search(rt, SYSTEM, noun, page=PageRequest(limit=1000, from_=first)).items:
        yield from items
        first += len(items)


def _child(url: str, folder: Path, roles: list[str]) -> None:
    """Run some roles as threads until the end; the end is a signal."""
    random.seed(os.urandom(8))
    rt = None
    while rt is None:
        with suppress(OrchestratorError):
            rt = open_runtime(url)
    turns = [_turn(role, rt, folder) for role in roles]
    parent = os.getppid()
    for turn in turns[1:]:
        threading.Thread(target=_for_ever, args=(turn, folder, parent), daemon=True).start()
    _for_ever(turns[0], folder, parent)


def _turn(role: str, rt: Runtime, folder: Path) -> Callable[[], object]:
    if role == "ticker":
        return lambda: tick(rt)
    if role == "loader":
        return lambda: load(rt, folder)
    return Worker(rt, folder, role).turn


# -- the killer --------------------------------------------------------------------------------------------------------


class Herd:
    """Child processes that are born again when they die."""

    def __init__(self, url: str, folder: Path, roles: list[list[str]]) -> None:
        self.url = url
        self.folder = folder
        self.roles = roles
        self.pids = [self._bear(number) for number in range(len(roles))]

    def _bear(self, number: int) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            _child(self.url, self.folder, self.roles[number])
        finally:
            os._exit(1)

    def workers(self, number: int) -> int:
        """How many workers a fault of this process strikes."""
        return sum(1 for role in self.roles[number] if role.startswith("worker"))

    def kill(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pids[number], signal.SIGKILL)
        os.waitpid(self.pids[number], 0)

    def replace(self, number: int) -> None:
        self.kill(number)
        self.pids[number] = self._bear(number)

    def stop(self, number: int) -> None:
        os.kill(self.pids[number], signal.SIGSTOP)

    def go_on(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pids[number], signal.SIGCONT)

    def close(self) -> None:
        for number in range(len(self.pids)):
            self.kill(number)


ONE_PROCESS = [["loader", "ticker", "worker-1", "worker-2", "worker-3"]]
PROCESSES = [["loader", "ticker"], ["ticker", "worker-1"], ["worker-2"], ["worker-3"], ["worker-4"]]


def run(url: str, folder: Path, seconds: float, dice: random.Random) -> Report:
    """Load, kill, drain, look."""
    sqlite = url.startswith("sqlite")  # whose file belongs to one process
    rt = open_runtime(url)
    deployments.deploy(rt, SYSTEM, [deployments.Resource(name=MODEL.name, content=MODEL.read_bytes())])
    runtime.close(rt)
    (folder / "wanted").write_text("8")
    report = Report()
    herd = Herd(url, folder, ONE_PROCESS if sqlite else PROCESSES)
    try:
        _kill_for(seconds, herd, report, folder, dice, pauses=not sqlite)
        _drain(folder, patience=20, longest=60 + 6 * seconds)
    finally:
        herd.close()
    _look(url, folder, report)
    return report


def _kill_for(seconds: float, herd: Herd, report: Report, folder: Path, dice: random.Random, *, pauses: bool) -> None:
    started = time.monotonic()
    asleep: dict[int, float] = {}
    next_pause = started + dice.uniform(0.7, 1.5)
    while (now := time.monotonic()) < started + seconds:
        (folder / "wanted.new").write_text(str(int(8 + (now - started) * PER_SECOND)))
        (folder / "wanted.new").replace(folder / "wanted")
        for number in [number for number, until in asleep.items() if until <= now]:
            herd.go_on(number)
            del asleep[number]
        if pauses and now >= next_pause:
            number = dice.randrange(len(herd.pids))
            herd.stop(number)
            asleep[number] = now + LEASE.total_seconds() * 1.4
            report.pauses += 1
            report.faults += herd.workers(number)
            next_pause = now + dice.uniform(0.7, 1.5)
        time.sleep(dice.uniform(0.1, 0.4))
        number = dice.randrange(len(herd.pids))
        if number not in asleep:
            herd.replace(number)
            report.kills += 1
            report.faults += herd.workers(number)
    for number in asleep:
        herd.go_on(number)


def _drain(folder: Path, patience: float, longest: float) -> None:
    """Let the living finish: until no instance is left, or nothing was done for so long, or it has no end."""
    (folder / "open").unlink(missing_ok=True)  # what it says is from before
    effects = folder / "effects"
    size, changed = -1, time.monotonic()
    end = changed + longest
    while time.monotonic() < min(changed + patience, end) and not _says_none(folder / "open"):
        time.sleep(0.2)
        now = effects.stat().st_size if effects.exists() else 0
        if now != size:
            size, changed = now, time.monotonic()


def _says_none(file: Path) -> bool:
    return file.exists() and file.read_text() == "0"


def _look(url: str, folder: Path, report: Report) -> None:
    rt = open_runtime(url)
    try:
        effects = [Effect(int(key), name) for key, name in _whole_lines(folder / "effects")]
        report.late = (folder / "late").stat().st_size
        report.faults += report.late
        report.broken = list(promises.broken(rt.database, effects, EXPECTED, faults=report.faults))
        report.instances = sum(1 for _ in _all(rt, "instances"))
    finally:
        runtime.close(rt)
    report.effects, report.jobs = len(effects), len({effect.job_key for effect in effects})
    report.broken += [Broken(REFUSED_REPEAT, line) for line in (folder / "refused").read_text().splitlines()]
    if (folder / "deaths").exists():
        deaths = (folder / "deaths").read_text().split("\f")
        report.broken += [Broken(DIED, death.strip()) for death in deaths if death.strip()]


def _whole_lines(file: Path) -> Iterator[list[str]]:
    """Read lines of two words; a killed writer may have left half of one."""
    for line in file.read_text().splitlines():
        words = line.split()
        if len(words) == 2 and len(words[1]) >= 32:
            yield words


@contextmanager
def fresh(database: str) -> Iterator[tuple[str, Path]]:
    """Lend an empty database and a folder."""
    with TemporaryDirectory(prefix="baton-chaos-") as name:
        folder = Path(name)
        if database == "sqlite":
            yield f"sqlite:///{folder / 'baton.db'}", folder
            return
        server = sqlalchemy.create_engine(url_of(database), isolation_level="AUTOCOMMIT")
        schema = f"baton_chaos_{secrets.token_hex(4)}"
        force = " WITH (FORCE)" if server.dialect.name == "postgresql" else ""
        with server.connect() as connection:
            connection.execute(sqlalchemy.text(f"CREATE DATABASE {schema}"))
        try:
            yield server.url.set(database=schema).render_as_string(hide_password=False), folder
        finally:
            with server.connect() as connection:
                connection.execute(sqlalchemy.text(f"DROP DATABASE IF EXISTS {schema}{force}"))
            server.dispose()


def _options() -> argparse.Namespace:
    rules = "\n".join(f"  {rule.name:<17} {rule.says}" for rule in RULES.values())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.chaos",
        description=__doc__,
        epilog=f"rules of the protocol:\n{rules}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", default="sqlite", help="sqlite, or the URL of a server to make databases in")
    parser.add_argument("--seed", type=int, help="of the killer's dice")
    parser.add_argument("--without", choices=RULES, metavar="RULE", help="do without this rule: promises should break")
    return parser.parse_args()


def main() -> None:
    """Print the report; the exit code says whether the promises held."""
    options = _options()
    rule = RULES[options.without].without() if options.without else nullcontext()
    with fresh(options.database) as (url, folder), rule:
        report = run(url, folder, options.seconds, random.Random(options.seed))
    named = f" without «{options.without}»" if options.without else ""
    print(f"{options.database.partition(':')[0]}{named}: {report}")
    for each in report.broken[:10]:
        print(f"  {each}")
    sys.exit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
