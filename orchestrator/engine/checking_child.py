"""The process that reads strangers' files for ``checking_safely``: limits itself, then answers request after request.

A request is a line of JSON (what to do, file name, limits, numbers of bytes) and the bytes of
the file and of those that it imports; an answer is a line of JSON.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Any, BinaryIO

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.limits import Limits
from orchestrator.engine import importing
from orchestrator.engine import specs as _loaded_before_the_first_request  # noqa: F401
from orchestrator.engine.files import check_file


class Act(StrEnum):
    """What is asked for."""

    CHECK = "check"
    TAKE_OVER = "take over"
    DRAW_ANEW = "draw anew"


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
        answers.write(json.dumps(_answer(source, imports, asked)).encode() + b"\n")
        answers.flush()


def _answer(source: bytes, imports: Sequence[bytes], asked: Mapping[str, Any]) -> Any:
    limits = Limits(**asked["limits"])
    match Act(asked["act"]):
        case Act.CHECK:
            return [asdict(finding) for finding in _checked(source, asked["filename"], limits, imports)]
        case Act.TAKE_OVER:
            return importing.to_json(importing.take_over(source, limits))
        case Act.DRAW_ANEW:
            return importing.to_json(importing.draw_anew(source, limits))


def _checked(source: bytes, filename: str, limits: Limits, imports: Sequence[bytes]) -> tuple[Finding, ...]:
    """Check, and answer even where our own check breaks: the next file shall find a healthy process."""
    try:
        return check_file(source, filename=filename, limits=limits, imports=imports)
    except MemoryError:
        raise  # whoever ran out of memory is not to be trusted with the next file
    except Exception as problem:  # noqa: BLE001 - a bug of ours is a finding for whoever owns the file
        message = f"The check broke off ({type(problem).__name__}: {str(problem)[:200]}): make the file simpler."
        return (Finding(rule="check-broke-off", message=message, line=1, resource=filename or None),)


def request(source: bytes, filename: str, limits: Limits, imports: Sequence[bytes] = (), act: Act = Act.CHECK) -> bytes:
    """Write a request."""
    head = {"act": act, "filename": filename, "limits": asdict(limits), "bytes": [len(source), *map(len, imports)]}
    return json.dumps(head).encode() + b"\n" + b"".join((source, *imports))


def answer(line: bytes) -> tuple[Finding, ...]:
    """Read an answer."""
    found: list[dict[str, Any]] = json.loads(line)
    return tuple(Finding(**(entry | {"severity": Severity(entry["severity"])})) for entry in found)


if __name__ == "__main__":
    limit_memory(int(sys.argv[1]))
    serve(sys.stdin.buffer, sys.stdout.buffer)
