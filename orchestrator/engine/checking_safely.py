"""Check a stranger's file where it can do no harm: in a process of its own that is killed when it takes too long."""

import atexit
import json
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits
from orchestrator.engine import importing
from orchestrator.engine.checking import Checked, check
from orchestrator.engine.checking_child import Act, answer, request
from orchestrator.engine.files import Kind, kind_of, with_demands
from orchestrator.engine.importing import Imported

SECONDS = 5.0
MEGABYTES = 512
START_SECONDS = 30.0
IDLE_CHILDREN = 2
FILES_PER_CHILD = 200
"""Then a child is replaced, so that nothing it may have kept piles up."""

_ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 65_536


class _TooSlow(Exception):
    """The child did not answer in time."""


class _Ended(Exception):
    """The child is gone."""


class _Child:
    """One checking process."""

    def __init__(self, megabytes: int) -> None:
        paths = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "orchestrator.engine.checking_child", str(megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": paths, "PYTHONHASHSEED": "0"},
        )
        self.megabytes = megabytes
        self.files = 0
        self._ready = False

    def ask(self, message: bytes, seconds: float) -> bytes:
        """Return the answer line; the time for starting up is not the file's."""
        if not self._ready:
            self._line(START_SECONDS)
            self._ready = True
        self.files += 1
        writer = threading.Thread(target=self._write, args=(message,), daemon=True)
        writer.start()
        return self._line(seconds)

    def _write(self, message: bytes) -> None:
        stdin = self._process.stdin
        try:
            if stdin is not None:
                stdin.write(message)
                stdin.flush()
        except (BrokenPipeError, ValueError):
            return  # the reader of the answer sees the end

    def _line(self, seconds: float) -> bytes:
        stdout = self._process.stdout
        if stdout is None:  # pragma: no cover - it is a pipe
            raise _Ended
        found = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while not found.endswith(b"\n"):
                if not selector.select(seconds):
                    raise _TooSlow
                piece = os.read(stdout.fileno(), _CHUNK)
                if not piece:
                    raise _Ended
                found += piece
        return bytes(found)

    def end(self) -> None:
        """Kill it and take leave."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        self._process.wait()


class Children:
    """A few started processes, shared by all threads."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._lock = threading.Lock()
        atexit.register(self.end)

    def start(self, megabytes: int = MEGABYTES) -> None:
        """Have one ready, so that the first check is as fast as the others."""
        self._keep(_Child(megabytes))

    def ask(self, message: bytes, seconds: float, megabytes: int) -> bytes:
        """Return a child's answer; one that fails is killed."""
        child = self._take(megabytes)
        try:
            line = child.ask(message, seconds)
        except BaseException:
            child.end()
            raise
        self._keep(child)
        return line

    def _take(self, megabytes: int) -> _Child:
        with self._lock:
            for index, child in enumerate(self._idle):
                if child.megabytes == megabytes:
                    return self._idle.pop(index)
        return _Child(megabytes)

    def _keep(self, child: _Child) -> None:
        with self._lock:
            if len(self._idle) < IDLE_CHILDREN and child.files < FILES_PER_CHILD:
                self._idle.append(child)
                return
        child.end()

    def end(self) -> None:
        """Kill those that wait for work."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()


CHILDREN = Children()


def check_safely(
    source: bytes,
    *,
    filename: str = "",
    limits: Limits | None = None,
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> Checked:
    """Check a BPMN file for deployment, first in a child process; a child that had to be killed is a finding."""
    limits = Limits() if limits is None else limits
    named = filename if kind_of(filename, source) is Kind.BPMN else f"{filename}.bpmn"
    findings = check_file_safely(source, filename=named, limits=limits, seconds=seconds, megabytes=megabytes)
    checked = Checked(processes=(), findings=tuple(replace(each, resource=filename or None) for each in findings))
    return checked if checked.errors else with_demands(check(source, filename=filename, limits=limits), filename)


def check_file_safely(
    source: bytes,
    *,
    filename: str = "",
    limits: Limits | None = None,
    imports: Sequence[bytes] = (),
    seconds: float = SECONDS,
    megabytes: int = MEGABYTES,
) -> tuple[Finding, ...]:
    """Do what ``check_file`` does in a child process that is killed when the file asks too much of it."""
    limits = Limits() if limits is None else limits
    if len(source) > limits.model_bytes:
        message = f"The file has {len(source):,} bytes, {limits.model_bytes:,} are allowed: split the model."
        return _refused("file-too-large", message, filename)
    try:
        return answer(CHILDREN.ask(request(source, filename, limits, imports), seconds, megabytes))
    except _TooSlow:
        message = f"The file took longer than {seconds:g} s to check: make it simpler."
        return _refused("check-too-slow", message, filename)
    except (_Ended, ValueError):
        message = f"The check of the file broke off, probably for lack of memory ({megabytes} MB): make it simpler."
        return _refused("check-broke-off", message, filename)


def take_over_safely(source: bytes, limits: Limits, *, anew: bool = False, seconds: float = SECONDS) -> Imported:
    """Convert and draw a model, or only draw it ``anew``, in a child process; ``Invalid`` where that takes too much."""
    if len(source) > limits.model_bytes:
        message = f"The file has {len(source):,} bytes, {limits.model_bytes:,} are allowed: split the model."
        raise TooLarge(message)
    asked = request(source, "", limits, act=Act.DRAW_ANEW if anew else Act.TAKE_OVER)
    try:
        return importing.from_json(json.loads(CHILDREN.ask(asked, seconds, MEGABYTES)))
    except _TooSlow:
        message = f"The file took longer than {seconds:g} s to import: make it simpler."
        raise Invalid(message) from None
    except (_Ended, ValueError):
        message = f"The import of the file broke off, probably for lack of memory ({MEGABYTES} MB): make it simpler."
        raise Invalid(message) from None


def _refused(rule: str, message: str, filename: str) -> tuple[Finding, ...]:
    return (Finding(rule=rule, message=message, line=1, resource=filename or None),)
