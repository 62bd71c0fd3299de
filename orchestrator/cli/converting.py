"""``baton convert``: models of Camunda 7, Activiti, Flowable and SpiffWorkflow as they run here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.models import models, paths
from orchestrator.cli.options import json_option
from orchestrator.cli.output import print_findings, print_json
from orchestrator.cli.refusals import REFUSED, Refused
from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedFile:
    """A file, what became of it, and what stands against deploying it now."""

    file: str
    written: tuple[str, ...]
    drawn: bool
    report: tuple[Finding, ...]
    errors: tuple[Finding, ...]


@click.command()
@paths
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default="converted",
    show_default=True,
    help="Folder for the converted models and the forms that were drawn inside them.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@json_option
def convert(places: Sequence[Path], output: Path, *, dry_run: bool, as_json: bool) -> None:
    """Convert models of other engines, draw those that have no drawing, and tell what changed and what is left.

    What could not be converted stays in the file. 0: all can be deployed now; 1: at least one needs more work.
    """
    done = [_converted(file, None if dry_run else output) for file in models(places) if _is_process(file)]
    if not done:
        raise Refused("there is no BPMN file")
    if as_json:
        print_json([asdict(each) for each in done])
    else:
        for each in done:
            _print(each)
    if any(each.errors for each in done):
        raise click.exceptions.Exit(REFUSED)


def _is_process(file: Path) -> bool:
    return not file.name.lower().endswith((".dmn", ".dmn.xml", ".form"))


def _converted(file: Path, output: Path | None) -> ConvertedFile:
    from orchestrator import bootstrap

    try:
        made = bootstrap.take_over(file.read_bytes())
    except OSError as problem:
        raise Refused(f"{file} cannot be read: {problem.strerror}") from None
    except (Invalid, TooLarge) as problem:
        raise Refused(f"{file}: {problem}") from None
    found = bootstrap.check_file(file.name, made.source)
    written = () if output is None else _write(output, [(file.name, made.source), *made.forms])
    return ConvertedFile(
        file=str(file),
        written=written,
        drawn=made.drawn,
        report=tuple(replace(each, resource=str(file)) for each in made.report),
        errors=tuple(replace(each, resource=str(file)) for each in found if each.severity is Severity.ERROR),
    )


def _write(output: Path, files: Sequence[tuple[str, bytes]]) -> tuple[str, ...]:
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in files:
            (output / name).write_bytes(content)
    except OSError as problem:
        raise Refused(f"{output} cannot be written: {problem.strerror}") from None
    return tuple(str(output / name) for name, _ in files)


def _print(each: ConvertedFile) -> None:
    print_findings(each.report)
    print_findings(each.errors)
    left: dict[str, Any] = {"not-converted": 0, "converted": 0}
    for line in each.report:
        left[line.rule] += 1
    drawn = "; it had no drawing, and has one now" if each.drawn else ""
    words = f"{each.file}: {left['converted']} settings converted, {left['not-converted']} left to you{drawn}"
    click.secho(words, fg="yellow" if left["not-converted"] else "green")
    state = f"{len(each.errors)} errors stand against deploying it" if each.errors else "it can be deployed"
    click.echo(f"{', '.join(each.written) or 'nothing written'}: {state}")
