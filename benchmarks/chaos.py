"""Kill servers and workers under load, and see that nothing is lost, doubled or stuck.

    python -m benchmarks.chaos --seconds 60 --database sqlite
    python -m benchmarks.chaos --seconds 60 --database postgresql+psycopg://postgres@127.0.0.1:5432/postgres

Processes are killed with SIGKILL every 0.1 to 0.4 s, and on servers one is stopped for longer than its lease now and
then. Every instance has three parallel branches. A job's effect is a line in a file, written before its completion.
"""

import argparse
import os
import random
import secrets
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import OrchestratorError
from orchestrator.engine import api  # noqa: F401  (loaded once, so that children are ready at once)
from orchestrator.services import deployments, inbox, instances, jobs, messages, queries, runtime, timers
from orchestrator.services.runtime import Runtime
from orchestrator.store import inspection

LEASE = timedelta(seconds=1.5)
BRANCH_LENGTH = 3
JOBS_EACH = 3 * BRANCH_LENGTH


def model() -> bytes:
    """Three branches: work only, work around a timer, work around a message."""
    head = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="https://baton.example/chaos">'
        '<message id="m" name="chaos"><extensionElements><zeebe:subscription correlationKey="=order"/>'
        '</extensionElements></message><process id="chaos" isExecutable="true">'
    )
    nodes = ['<startEvent id="start"/><parallelGateway id="split"/><parallelGateway id="join"/><endEvent id="end"/>']
    flows = [("start", "split"), ("join", "end")]
    waits = {
        1: "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>",
        2: '<messageEventDefinition messageRef="m"/>',
    }
    for branch in range(3):
        names = [f"b{branch}t{number}" for number in range(BRANCH_LENGTH)]
        nodes += [
            f'<serviceTask id="{name}"><extensionElements><zeebe:taskDefinition type="chaos"/></extensionElements>'
            "</serviceTask>"
            for name in names
        ]
        if branch in waits:
            nodes.append(f'<intermediateCatchEvent id="b{branch}w">{waits[branch]}</intermediateCatchEvent>')
            names.insert(1, f"b{branch}w")
        chain = ["split", *names, "join"]
        flows += pairwise(chain)
    lines = [f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(flows)]
    return (head + "".join(nodes + lines) + "</process></definitions>").encode()


@dataclass
class Report:
    """What the dead have left behind."""

    kills: int = 0
    pauses: int = 0
    instances: int = 0
    jobs: int = 0
    effects: int = 0
    duplicates: int = 0
    lost: list[str] = field(default_factory=list)
    advanced_twice: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    repeated_keys: int = 0  #: jobs whose attempts did not all carry the same idempotency key

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        # a killed process may have had eight jobs in hand, each of which is then done once more
        few = self.duplicates <= 8 * (self.kills + self.pauses)
        return not (self.lost or self.advanced_twice or self.stuck or self.repeated_keys) and few and self.jobs > 0

    def __str__(self) -> str:
        return (
            f"kills {self.kills} · pauses {self.pauses} · instances {self.instances} · jobs {self.jobs} · "
            f"effects {self.effects} (duplicates {self.duplicates}) · lost {len(self.lost)} · "
            f"advanced twice {len(self.advanced_twice)} · stuck {len(self.stuck)} · "
            f"changed keys {self.repeated_keys} → {'holds' if self.holds else 'BROKEN'}"
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


def _patiently(act: Callable[[], Any]) -> None:
    try:
        act()
    except OrchestratorError:
        time.sleep(0.02)


def work(rt: Runtime, effects: Path, name: str, stop: Callable[[], bool]) -> None:
    """Lease, do, report; twice now and then, as a client does whose reply was lost."""
    with effects.open("ab", buffering=0) as lines:

        def turn() -> None:
            found = jobs.activate(rt, SYSTEM, type="chaos", worker=name, timeout=LEASE, max_jobs=4)
            if not found:
                jobs.wait_for_work(rt, ["chaos"], timedelta(milliseconds=50))
            for job in found:
                lines.write(f"{job.key} {job.idempotency_key} {job.attempt}\n".encode())
                for _ in range(2 if random.random() < 0.05 else 1):
                    with suppress(OrchestratorError):
                        jobs.complete(
                            rt, SYSTEM, job.key, lease_token=job.lease_token, variables={"last": job.element_id}
                        )

        while not stop():
            _patiently(turn)


def tick(rt: Runtime, stop: Callable[[], bool]) -> None:
    """Fire timers and empty the inbox."""
    while not stop():
        _patiently(lambda: timers.fire_due(rt) or inbox.drain(rt) or time.sleep(0.02))


def load(rt: Runtime, wanted: Path, stop: Callable[[], bool]) -> None:
    """Start instances and send each its message, until the file says how many; a restarted loader goes on."""
    while not stop():

        def turn() -> None:
            known = {int(row["business_id"]) for row in _all(rt, "instances")}
            limit = int(wanted.read_text())
            missing = [number for number in range(limit) if number not in known][:8]
            for number in missing:
                messages.publish(
                    rt,
                    SYSTEM,
                    name="chaos",
                    correlation_key=str(number),
                    message_id=str(number),
                    time_to_live=timedelta(hours=1),
                )
                instances.start(
                    rt, SYSTEM, process_id="chaos", business_id=str(number), variables={"order": str(number)}
                )
            time.sleep(0.02 if missing else 0.1)

        _patiently(turn)


def _all(rt: Runtime, noun: Any) -> Iterator[dict[str, Any]]:
    first = 0
    from orchestrator.domain.search import PageRequest

    while items := queries.search(rt, SYSTEM, noun, page=PageRequest(limit=1000, from_=first)).items:
        yield from items
        first += len(items)


def _child(url: str, folder: Path, roles: list[str], number: int) -> None:
    """Run some roles as threads until the end; the end is a signal."""
    import threading

    random.seed(os.urandom(8))
    rt = None
    while rt is None:
        with suppress(OrchestratorError):
            rt = open_runtime(url)
    never = lambda: False  # noqa: E731
    bodies: dict[str, Callable[[], None]] = {
        "worker": lambda: work(rt, folder / "effects", f"worker-{number}", never),
        "ticker": lambda: tick(rt, never),
        "loader": lambda: load(rt, folder / "wanted", never),
    }
    for role in roles[1:]:
        threading.Thread(target=bodies[role], daemon=True).start()
    bodies[roles[0]]()


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
            _child(self.url, self.folder, self.roles[number], number)
        finally:
            os._exit(1)

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


def run(url: str, folder: Path, seconds: float, *, drain: float = 60.0, chance: random.Random | None = None) -> Report:
    """Load, kill, drain, look."""
    dice = chance or random.Random()
    sqlite = url.startswith("sqlite")
    rt = open_runtime(url)
    deployments.deploy(rt, SYSTEM, [deployments.Resource(name="chaos.bpmn", content=model())])
    runtime.close(rt)
    (folder / "wanted").write_text("8")
    everything = ["loader", "ticker", "worker", "worker", "worker"]
    roles = [everything] if sqlite else [["loader", "ticker"], ["ticker", "worker"], ["worker"], ["worker"], ["worker"]]
    report = Report()
    herd = Herd(url, folder, roles)
    try:
        _kill_for(seconds, herd, report, folder, dice, pauses=not sqlite)
        _drain(folder, drain)
    finally:
        herd.close()
    _look(url, folder, report)
    return report


def _kill_for(seconds: float, herd: Herd, report: Report, folder: Path, dice: random.Random, *, pauses: bool) -> None:
    started = time.monotonic()
    asleep: dict[int, float] = {}
    next_pause = started + dice.uniform(0.7, 1.5)
    while (now := time.monotonic()) < started + seconds:
        wanted = int(8 + (now - started) * 6)
        (folder / "wanted.new").write_text(str(wanted))
        (folder / "wanted.new").replace(folder / "wanted")
        for number, until in list(asleep.items()):
            if until <= now:
                herd.go_on(number)
                del asleep[number]
        if pauses and now >= next_pause:
            number = dice.randrange(len(herd.pids))
            herd.stop(number)
            asleep[number] = now + LEASE.total_seconds() * 1.4
            report.pauses += 1
            next_pause = now + dice.uniform(0.7, 1.5)
        time.sleep(dice.uniform(0.1, 0.4))
        number = dice.randrange(len(herd.pids))
        if number not in asleep:
            herd.replace(number)
            report.kills += 1
    for number in asleep:
        herd.go_on(number)


def _drain(folder: Path, seconds: float) -> None:
    """Let the living finish: until no effect was added for longer than a lease."""
    end = time.monotonic() + seconds
    effects = folder / "effects"
    quiet = 0
    size = -1
    while time.monotonic() < end:
        time.sleep(0.5)
        now = effects.stat().st_size if effects.exists() else 0
        quiet = quiet + 1 if now == size else 0
        size = now
        if quiet >= (LEASE.total_seconds() + 4) / 0.5:
            return


def _look(url: str, folder: Path, report: Report) -> None:
    rt = open_runtime(url)
    try:
        while timers.fire_due(rt) or inbox.drain(rt):
            pass
        found = list(_all(rt, "instances"))
        work_ = list(_all(rt, "jobs"))
        elements = Counter((row["instance_key"], row["element_id"]) for row in _all(rt, "element_instances"))
        gaps = inspection.journal_gaps(rt.database)
    finally:
        runtime.close(rt)
    report.instances, report.jobs = len(found), len(work_)
    report.stuck = [str(row["instance_key"]) for row in found if row["status"] != "COMPLETED"]
    report.advanced_twice = [str(name) for name, count in elements.items() if count > 1] + gaps
    done = Counter(row["instance_key"] for row in work_ if row["status"] == "COMPLETED")
    report.lost = [str(row["instance_key"]) for row in found if done[row["instance_key"]] != JOBS_EACH]
    lines = [line.split() for line in (folder / "effects").read_text().splitlines()]
    times = Counter(int(line[0]) for line in lines if len(line) == 3)
    names = {(int(line[0]), line[1]) for line in lines if len(line) == 3}
    report.effects = sum(times.values())
    report.duplicates = report.effects - len(times)
    report.repeated_keys = len(names) - len(times)
    report.lost += [f"effect of job {row['job_key']}" for row in work_ if not times[row["job_key"]]]


@contextmanager
def fresh(database: str) -> Iterator[tuple[str, Path]]:
    """Lend an empty database and a folder."""
    with TemporaryDirectory(prefix="baton-chaos-") as name:
        folder = Path(name)
        if database == "sqlite":
            yield f"sqlite:///{folder / 'baton.db'}", folder
            return
        import psycopg

        schema = f"baton_chaos_{secrets.token_hex(4)}"
        server = database.replace("+psycopg", "")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{schema}"')
        try:
            yield f"{database.rsplit('/', 1)[0]}/{schema}", folder
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{schema}" WITH (FORCE)')


def main() -> None:
    """Print the report; the exit code says whether the promises held."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", default="sqlite", help="sqlite, or the URL of a PostgreSQL to make databases in")
    parser.add_argument("--seed", type=int, help="of the killer's dice")
    options = parser.parse_args()
    with fresh(options.database) as (url, folder):
        report = run(url, folder, options.seconds, chance=random.Random(options.seed))
    print(f"{options.database.partition(':')[0]}: {report}")
    sys.exit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
