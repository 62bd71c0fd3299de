"""``baton check``: what stands against deploying models, for people, programs and code hosts."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import click

from orchestrator.cli.models import models, paths
from orchestrator.cli.output import print_findings, print_json, progress, table
from orchestrator.cli.refusals import REFUSED, USAGE, Refused
from orchestrator.cli.sarif import sarif
from orchestrator.domain.finding import Finding, Severity

FORMATS = ["text", "json", "sarif"]
MOST_CHILDREN = 4
SLOW_PERCENT = 99
FEW = 2  #: files whose summary needs no table


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file and what was found in it."""

    name: str
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def deployable(self) -> bool:
        """Whether nothing stands against deploying it."""
        return not any(each.severity is Severity.ERROR for each in self.findings)


@click.command()
@paths
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="For whom.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file instead.")
def check(places: Sequence[Path], form: str, output: Path | None) -> None:
    """Say what is wrong with models and where. 0: all can be deployed; 1: at least one cannot; 2: wrong usage.

    Folders stand for the models inside. Each file is checked in a process that is ended when it takes more than 5 s
    or 512 MB.
    """
    from orchestrator import bootstrap

    files = models(places)
    began = time.monotonic()
    needs = bootstrap.gather_imports({_name(file): _content(file) for file in files if _holds_decisions(file)})

    def check_file(name: str, content: bytes) -> tuple[Finding, ...]:
        if name not in needs:
            return bootstrap.check_file(name, content)
        return (*needs[name].findings, *bootstrap.check_file(name, content, needs[name].files))

    checked = [*progress(_all_checked(files, check_file), len(files), "Checking")]
    seconds = time.monotonic() - began
    with _written(output) as into:
        _print(form, checked, seconds, into)
    if output is not None:
        _print_summary(checked, seconds, None)
    if not all(each.deployable for each in checked):
        raise click.exceptions.Exit(REFUSED)


def _name(file: Path) -> str:
    return os.fsencode(file).decode(errors="replace")


def _holds_decisions(file: Path) -> bool:
    return file.name.lower().endswith((".dmn", ".dmn.xml"))


def _content(file: Path) -> bytes:
    """Return what others may import from a file; one that cannot be read has its own finding."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _all_checked(
    files: Sequence[Path], check_file: Callable[[str, bytes], tuple[Finding, ...]]
) -> Iterator[CheckedFile]:
    """Check several files at once and hand them back in their order."""
    workers = max(1, min(MOST_CHILDREN, os.cpu_count() or 1, len(files)))
    with ThreadPoolExecutor(workers, initializer=lambda: check_file("", b"")) as pool:  # the first file waits for none
        try:
            yield from pool.map(lambda file: _checked(file, check_file), files)
        finally:
            pool.shutdown(cancel_futures=True)


def _checked(file: Path, check_file: Callable[[str, bytes], tuple[Finding, ...]]) -> CheckedFile:
    name = _name(file)
    began = time.monotonic()
    try:
        findings = check_file(name, file.read_bytes())
    except OSError as problem:
        message = f"The file cannot be read: {problem.strerror or problem}."
        findings = (Finding(rule="file-unreadable", message=message, line=1, resource=name),)
    return CheckedFile(name=name, findings=findings, seconds=time.monotonic() - began)


@contextmanager
def _written(output: Path | None) -> Iterator[IO[str] | None]:
    """Open the file to write to; None is the terminal."""
    if output is None:
        yield None
        return
    try:
        file = output.open("w", encoding="utf-8")
    except OSError as problem:
        raise Refused(f"{output} cannot be written: {problem.strerror}", USAGE) from None
    with file:
        yield file


def _print(form: str, checked: Sequence[CheckedFile], seconds: float, into: IO[str] | None) -> None:
    findings = [finding for each in checked for finding in each.findings]
    match form:
        case "json":
            print_json(_as_json(checked, seconds), into=into)
        case "sarif":
            print_json(sarif(findings, [each.name for each in checked]), into=into)
        case _:
            print_findings(findings, into=into)
            _print_summary(checked, seconds, into)


def _as_json(checked: Sequence[CheckedFile], seconds: float) -> dict[str, Any]:
    return {
        "files": [
            {"file": each.name, "deployable": each.deployable, "seconds": round(each.seconds, 4)} for each in checked
        ],
        "findings": [asdict(finding) for each in checked for finding in each.findings],
        "summary": {
            "files": len(checked),
            "deployable": sum(each.deployable for each in checked),
            "refused": sum(not each.deployable for each in checked),
            "rules": [{"rule": rule, "severity": severity, **counts} for rule, severity, counts in _by_rule(checked)],
            "seconds": round(seconds, 3),
            "p99_seconds": round(_slow(checked), 4),
        },
    }


def _by_rule(checked: Sequence[CheckedFile]) -> list[tuple[str, Severity, dict[str, int]]]:
    """Count findings and the files that have them, most refusals first."""
    findings = Counter((found.rule, found.severity) for each in checked for found in each.findings)
    files = Counter(pair for each in checked for pair in {(found.rule, found.severity) for found in each.findings})
    ranks = list(Severity)
    order = sorted(findings, key=lambda pair: (ranks.index(pair[1]), -files[pair], pair[0]))
    return [(*pair, {"files": files[pair], "findings": findings[pair]}) for pair in order]


def _slow(checked: Sequence[CheckedFile]) -> float:
    """Return the time within which 99 of 100 files were done."""
    times = sorted(each.seconds for each in checked)
    return times[min(len(times) - 1, len(times) * SLOW_PERCENT // 100)] if times else 0.0


def _print_summary(checked: Sequence[CheckedFile], seconds: float, into: IO[str] | None) -> None:
    if len(checked) > FEW:
        rows = [
            [rule, str(severity), str(counts["files"]), str(counts["findings"])]
            for rule, severity, counts in _by_rule(checked)
        ]
        if rows:
            click.echo(file=into)
            table(rows, ["rule", "severity", "files", "findings"], into=into)
            click.echo(file=into)
    findings = [finding for each in checked for finding in each.findings]
    errors = sum(each.severity is Severity.ERROR for each in findings)
    good = sum(each.deployable for each in checked)
    text = (
        f"{_counted(len(checked), 'file')}: {good:,} deployable, {len(checked) - good:,} refused; "
        f"{_counted(errors, 'error')}, {_counted(len(findings) - errors, 'remark')}"
    )
    click.secho(text, fg="green" if good == len(checked) else "red", file=into)
    if len(checked) > FEW:
        click.echo(f"{seconds:.1f} s; {SLOW_PERCENT} of 100 files within {_slow(checked) * 1000:.0f} ms", file=into)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
