"""The parts list: reads nothing but settings, opens the store, plugs everything in, and takes it apart again."""

import gc
import logging
import os
import random
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orchestrator
from orchestrator.domain.access import SYSTEM
from orchestrator.domain.errors import OrchestratorError
from orchestrator.services import runtime
from orchestrator.services.runtime import Runtime
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from orchestrator.cases import Case, Result
    from orchestrator.domain.finding import Finding
    from orchestrator.engine.importing import Imported
    from orchestrator.services.decision_files import Needs

log = logging.getLogger(__name__)

MODEL_FILES = (".bpmn", ".dmn", ".form")
SECRET_BYTES = 32
YOUNG_OBJECTS = 20_000  #: made and kept, before the garbage collector looks at the young ones


def now() -> datetime:
    """Return the time; the only clock of the program besides the database's."""
    return datetime.now(UTC)


def new_token() -> str:
    """Return something nobody can guess."""
    return secrets.token_urlsafe(24)


def open_runtime(settings: Settings, *, migrate: bool = True) -> Runtime:
    """Open the database and put the services' runtime together."""
    from orchestrator.telemetry import metrics

    return runtime.assemble(
        database_url=settings.database,
        clock=now,
        monotonic=time.monotonic,
        new_token=new_token,
        chance=random.random,
        pause=time.sleep,
        on_failure=_log_failure,
        limits=settings.limits,
        observe=metrics.observe,
        migrate=migrate,
        shared_wakeups=True,
    )


def settle() -> None:
    """Tell the garbage collector that what is loaded by now stays.

    Looking through all of it again, whenever some hundred rows were made, would take a tenth of the time of a step.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def _log_failure(instance_key: int, problem: BaseException) -> None:
    log.error("the engine failed on an instance", exc_info=problem, extra={"instance_key": instance_key})


@contextmanager
def opened(settings: Settings, *, migrate: bool = True) -> Iterator[Runtime]:
    """Lend a runtime for as long as the block lasts."""
    rt = open_runtime(settings, migrate=migrate)
    try:
        yield rt
    finally:
        runtime.close(rt)


def configure_logs(settings: Settings) -> None:
    """Send all logging through one pipe, without secrets."""
    from orchestrator.telemetry import logs

    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    known = known_secrets(settings)
    logs.configure(level=settings.log_level, as_json=as_json, known=lambda: known)


def known_secrets(settings: Settings) -> dict[str, str]:
    """Return every secret that must not appear in a log; read once, at the start."""
    from orchestrator.worker.secrets import Secrets

    known = Secrets(os.environ, settings.secrets_file).known()
    own = {"admin password": settings.admin_password, "secret": settings.secret}
    return known | {name: each.get_secret_value() for name, each in own.items() if each.get_secret_value()}


def make_worker(rt: Runtime, settings: Settings) -> Any:
    """Put a worker together with every installed connector."""
    from connectors.http import GuardedClient, Policy, networks
    from connectors.registry import installed
    from orchestrator.domain.breaker import BreakerPolicy
    from orchestrator.worker.breakers import Breakers
    from orchestrator.worker.calls import Equipment
    from orchestrator.worker.loop import Worker, WorkerPolicy
    from orchestrator.worker.secrets import Secrets

    policy = Policy(
        allowed_networks=networks(settings.http_allowed_networks),
        ports=frozenset(settings.http_ports),
        timeout=timedelta(seconds=settings.http_timeout_seconds),
        max_bytes=settings.http_max_bytes,
    )
    pauses = BreakerPolicy(failures=settings.breaker_failures, pause=timedelta(seconds=settings.breaker_pause_seconds))
    equipment = Equipment(
        registry=installed(),
        secrets=Secrets(os.environ, settings.secrets_file),
        http=GuardedClient(policy, clock=time.monotonic),
        endpoint=Breakers(rt, pauses).endpoint,
        now=now,
        options=connector_options(settings),
    )
    habits = WorkerPolicy(
        name=settings.worker_name or f"{socket.gethostname()}-{os.getpid()}",
        threads=settings.worker_threads,
        lease=settings.lease,
        poll=timedelta(seconds=settings.worker_poll_seconds),
    )
    return Worker(rt, equipment, habits)


def connector_options(settings: Settings) -> dict[str, Mapping[str, Any]]:
    """Return the connectors' options, with the installation's language model provider put in."""
    options: dict[str, Mapping[str, Any]] = dict(settings.connectors)
    options["llm-chat"] = {"default": settings.provider} | dict(options.get("llm-chat", {}))
    return options


def make_ticks(rt: Runtime, settings: Settings) -> Any:
    """Put the pulses together."""
    from orchestrator.worker.ticks import TickPolicy, Ticks

    pulse = timedelta(seconds=settings.tick_seconds)
    return Ticks(rt, TickPolicy(timers=pulse, inbox=pulse, batches=pulse))


def make_app(rt: Runtime, settings: Settings) -> Any:
    """Put the web application together: API, pages, designer."""
    from connectors.registry import installed
    from connectors.templates import all_templates
    from orchestrator.web.app import create_app

    app = create_app(
        rt,
        designer_blueprint=designer_blueprint(),
        templates=all_templates(installed()),
        secret=web_secret(settings),
        trusted_proxies=settings.trusted_proxies,
        most_waiting=settings.web_threads // 3,
    )
    app.debug = settings.debug
    app.config["BATON_DEMO_PROVIDER"] = settings.provider == "demo"  # the pages say so, on every page
    app.config["BATON_LIVE_STREAMS"] = max(1, settings.web_threads // 3)  # each open live page holds a thread
    return app


def designer_blueprint() -> Any:
    """Return the designer's pages, answered by the services."""
    from designer import blueprint
    from orchestrator.web.pages.designer_backend import Backend

    return blueprint(Backend())


def web_secret(settings: Settings) -> str:
    """Return what signs cookies; with the embedded database it is made once and kept beside it."""
    given = settings.secret.get_secret_value()
    if given or not settings.embedded:
        return given or new_token()
    file = settings.data_dir / "secret"
    with suppress(FileExistsError):
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as opened_file:
            opened_file.write(secrets.token_urlsafe(SECRET_BYTES))
    return file.read_text()


def samples_folder() -> Path | None:
    """Return where the sample processes lie: inside an installed package, beside it in the repository."""
    package = Path(orchestrator.__file__).parent
    places = (package / "process_models", package.parent / "process_models")
    return next((each for each in places if each.is_dir()), None)


def deploy_samples(rt: Runtime) -> tuple[str, ...]:
    """Deploy the sample processes where nothing was ever deployed, and lay their drawings out in the designer."""
    from orchestrator.services import deployments, queries

    folder = samples_folder()
    if folder is None or queries.search(rt, SYSTEM, "deployments").total:
        return ()
    names, drawings = [], []
    for place in sorted(each for each in folder.iterdir() if each.is_dir()):
        files = [file for file in sorted(place.iterdir()) if file.suffix in MODEL_FILES]
        resources = [deployments.Resource(name=file.name, content=file.read_bytes()) for file in files]
        try:
            deployments.deploy(rt, SYSTEM, resources)
        except OrchestratorError as problem:  # a sample is no reason not to start
            log.warning("the sample %s was not deployed: %s", place.name, problem)
        else:
            names.append(place.name)
            drawings += files
    _lay_out(rt, drawings)
    return tuple(names)


def _lay_out(rt: Runtime, files: Sequence[Path]) -> None:
    """Make drafts, the processes that the samples are about last, since the newest stand first in the list."""
    from orchestrator.services import models

    newest_last = list(files)
    newest_last.reverse()
    newest_last.sort(key=lambda each: (each.stem == each.parent.name, each.suffix == ".bpmn"))
    for file in newest_last:
        title = file.stem.replace("-", " ").capitalize()
        models.create(rt, SYSTEM, name=title, kind=file.suffix[1:], content=file.read_text(encoding="utf-8"))


def cases(folder: Path) -> Iterator["Case"]:
    """Find the cases of the process models in a folder."""
    from orchestrator.cases import find

    return find(folder)


def run_case(case: "Case") -> "Result":
    """Run a case with every installed connector, on a database of its own that is gone afterwards."""
    from connectors.registry import installed
    from orchestrator.cases import run

    return run(case, installed(), _case_runtime)


def uncovered(results: "Sequence[Result]") -> dict[str, list[str]]:
    """Return for each model the elements that no case visited."""
    from orchestrator.cases import uncovered as left

    return left(results)


@contextmanager
def _case_runtime(clock: Callable[[], datetime]) -> Iterator[Runtime]:
    """Open a runtime whose clock stands and whose chance is none."""
    with tempfile.TemporaryDirectory(prefix="baton-case-") as folder:
        rt = runtime.assemble(
            database_url=f"sqlite:///{folder}/case.db",
            clock=clock,
            monotonic=time.monotonic,
            new_token=new_token,
            chance=lambda: 0.5,
            pause=time.sleep,
            standing_clock=True,
        )
        try:
            yield rt
        finally:
            runtime.close(rt)


def check_file(name: str, content: bytes, imports: "Sequence[bytes]" = ()) -> "tuple[Finding, ...]":
    """Check one model without any database, in a process that does not outlive its limits."""
    from orchestrator.engine import api as engine

    return engine.check_file_safely(content, filename=name, imports=imports)


def gather_imports(sources: "Mapping[str, bytes]") -> "Mapping[str, Needs]":
    """Find out which of these DMN files import which others."""
    from orchestrator.engine import api as engine
    from orchestrator.services import decision_files

    return decision_files.gather(engine.read_decision_head, sources)


def take_over(content: bytes) -> "Imported":
    """Convert a model of another engine, and draw it where it has no drawing."""
    from orchestrator.domain.limits import Limits
    from orchestrator.engine import api as engine

    return engine.take_over_safely(content, Limits())


def build_assets() -> bool:
    """Build the browser's files of a source tree where they are out of date; say whether anything was done."""
    build: Callable[[], bool] = import_module("designer.build_hook").ensure_bundle
    return build()
