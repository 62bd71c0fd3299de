"""Serve and work for as long as the process lives, and end politely when told to."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn

from orchestrator import bootstrap
from orchestrator.domain.access import SYSTEM
from orchestrator.services.runtime import Runtime
from orchestrator.settings import Settings

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """The program cannot start; the text says why and what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What whoever started the server should read."""

    url: str
    password: str | None  #: of ``admin``, where one was made up
    database: str
    provider: str
    samples: tuple[str, ...] = ()  #: deployed just now


def serve(settings: Settings, tell: Callable[[Told], None]) -> None:
    """Serve pages, API, timers and, unless it is switched off, an embedded worker, until told to stop."""
    from orchestrator.services import accounts

    with bootstrap.opened(settings) as rt:
        app = bootstrap.make_app(rt, settings)
        server = _listen(app, settings)
        password = accounts.ensure_admin(rt, settings.admin_password.get_secret_value() or None)
        samples = bootstrap.deploy_samples(rt) if settings.deploys_samples else ()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        told = Told(
            url=f"http://{host}:{server.effective_port}",
            password=password,
            database=str(settings.data_dir / "baton.db")
            if settings.embedded
            else settings.database.partition(":")[0].partition("+")[0],
            provider=settings.provider,
            samples=samples,
        )
        _stop_politely(app)
        with _reachable(rt, settings, told.url), _working(rt, settings):
            bootstrap.settle()
            tell(told)
            try:
                server.run()
            finally:
                log.info("stopping")
                server.close()


@contextmanager
def _working(rt: Runtime, settings: Settings) -> Iterator[None]:
    """Tick and work for as long as the block lasts, then let running jobs end."""
    ticks = bootstrap.make_ticks(rt, settings)
    worker = bootstrap.make_worker(rt, settings) if settings.worker_enabled else None
    ticks.start()
    if worker is not None:
        worker.start()
    try:
        yield
    finally:
        ticks.stop()
        if worker is not None:
            _drain(worker, settings)


@contextmanager
def _reachable(rt: Runtime, settings: Settings, url: str) -> Iterator[None]:
    """Let commands on this machine in while the server holds the embedded database."""
    if not settings.embedded:
        yield
        return
    from orchestrator.local_server import TOKEN_NAME, LocalServer, noted
    from orchestrator.services import tokens

    def revoke() -> None:
        for each in tokens.list_tokens(rt, SYSTEM):
            if each.name == TOKEN_NAME and each.revoked_at is None:
                tokens.revoke(rt, SYSTEM, each.key)

    revoke()  # a killed server could not
    text, _ = tokens.create(rt, SYSTEM, name=TOKEN_NAME, roles=["admin"])
    try:
        with noted(settings.data_dir, LocalServer(url=_from_here(url), token=text)):
            yield
    finally:
        revoke()


def _from_here(url: str) -> str:
    """Return the address that this machine itself calls; «everywhere» is none."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def work(settings: Settings, tell: Callable[[str], None]) -> None:
    """Do jobs until told to stop; timers are watched here as well."""
    if settings.embedded:
        raise CannotStart(
            "The embedded database belongs to one server, which brings its own worker. "
            "Set BATON_DATABASE_URL to PostgreSQL or MariaDB for workers of their own."
        )
    with bootstrap.opened(settings, migrate=False) as rt:
        worker, ticks, stop = bootstrap.make_worker(rt, settings), bootstrap.make_ticks(rt, settings), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        ticks.start()
        worker.start()
        bootstrap.settle()
        tell(settings.worker_name or f"{socket.gethostname()}-{os.getpid()}")
        stop.wait()
        log.info("stopping")
        ticks.stop()
        _drain(worker, settings)


def _listen(app: Any, settings: Settings) -> Any:
    """Bind the port before anything else starts, so that a taken one is a clean refusal."""
    import waitress

    from orchestrator.web.front_door import Channel

    try:
        server = waitress.create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.web_threads,
            ident=None,
            max_request_body_size=settings.limits.body_bytes,
            channel_timeout=900,  # a worker that waits for jobs may wait long
        )
    except OSError as problem:
        raise CannotStart(f"{settings.host}:{settings.port} cannot be listened on: {problem.strerror}") from problem
    server.channel_class = Channel
    return server


def _stop_politely(app: Any) -> None:
    """End live pages and then the server at the first request to stop; a second one is not polite any more."""
    from orchestrator.web import live

    def stop(number: int, _frame: object) -> NoReturn:
        signal.signal(number, signal.SIG_DFL)
        live.close(app, patience=0)
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _drain(worker: Any, settings: Settings) -> None:
    if worker.running:
        log.info("waiting for %s running jobs", worker.running)
    if not worker.stop(timedelta(seconds=settings.drain_seconds)):
        log.warning("some jobs did not end in time; they were given back and will be attempted again")
