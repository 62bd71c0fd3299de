"""The process that checks files for ``check_safely``: limits itself first, then answers one request after another.

A request is a line of JSON (file name, limits, numbers of bytes) and the bytes of
the file and of those that it imports; an answer is a line of JSON.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.limits import Limits
from orchestrator.engine import specs as _loaded_before_the_first_request  # noqa: F401
from orchestrator.engine.files import check_file


def limit_memory(megabytes: int) -> None:
    """Let the operating system refuse memory beyond this, where it can."""
    try:
        import resource
    except ImportError:  # pragma: no cover - there is none on Windows
        return
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until there are no more requests."""
    answers.write(b'"ready"\n')
    answers.flush()
    while line := requests.readline():
        asked = json.loads(line)
        source, *imports = (requests.read(size) for size in asked["bytes"])
        found = _checked(source, asked["filename"], Limits(**asked["limits"]), imports)
        answers.write(json.dumps([asdict(finding) for finding in found]).encode() + b"\n")
        answers.flush()


def _checked(source: bytes, filename: str, limits: Limits, imports: Sequence[bytes]) -> tuple[Finding, ...]:
    """Check, and answer even where our own check breaks: the next file shall find a healthy process."""
    try:
        return check_file(source, filename=filename, limits=limits, imports=imports)
    except MemoryError:
        raise  # whoever ran out of memory is not to be trusted with the next file
    except Exception as problem:  # noqa: BLE001 - a bug of ours is a finding for whoever owns the file
        message = f"The check broke off ({type(problem).__name__}: {str(problem)[:200]}): make the file simpler."
        return (Finding(rule="check-broke-off", message=message, line=1, resource=filename or None),)


def request(source: bytes, filename: str, limits: Limits, imports: Sequence[bytes] = ()) -> bytes:
    """Write a request."""
    head = {"filename": filename, "limits": asdict(limits), "bytes": [len(source), *map(len, imports)]}
    return json.dumps(head).encode() + b"\n" + b"".join((source, *imports))


def answer(line: bytes) -> tuple[Finding, ...]:
    """Read an answer."""
    found: list[dict[str, Any]] = json.loads(line)
    return tuple(Finding(**(entry | {"severity": Severity(entry["severity"])})) for entry in found)


if __name__ == "__main__":
    limit_memory(int(sys.argv[1]))
    serve(sys.stdin.buffer, sys.stdout.buffer)
