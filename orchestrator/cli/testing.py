"""``baton test``: cases of process models, what failed and why, and what no case visits."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.options import json_option
from orchestrator.cli.output import print_json, table
from orchestrator.cli.refusals import REFUSED, Refused

if TYPE_CHECKING:
    from orchestrator.cases import Case, Coverage, Result

MOST_SHOWN = 14  #: elements of a path that are printed; of a longer one the end


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path), default="process_models")
@click.option("--only", metavar="WORDS", help="Only cases whose model or file has these words.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write results for a build server.")
@click.option(
    "--coverage", type=click.Path(path_type=Path, file_okay=False), help="Draw what the cases visit into this folder."
)
@click.option("--least", type=click.IntRange(0, 100), default=0, help="Fail when less per cent of a model is visited.")
@json_option
def test(
    folder: Path, *, only: str | None, junit: Path | None, coverage: Path | None, least: int, as_json: bool
) -> None:
    """Run the cases (cases/*.json) of the process models in a folder; each case has a fresh database."""
    from orchestrator import cases

    found = [each for each in cases.find(folder) if _wanted(each, only)]
    if not found:
        raise Refused(f"there are no such cases in {folder}: a case is a file cases/<name>.json beside a model")
    results = [_run(each, aloud=not as_json) for each in found]
    covered = cases.cover(results)
    if junit is not None:
        junit.write_text(cases.junit(results), encoding="utf-8")
    page = None if coverage is None else cases.write(covered, coverage)
    if as_json:
        print_json(_as_json(results, covered))
    else:
        _print_end(results, covered, page)
    if any(not each.passed for each in results) or any(each.percent < least for each in covered):
        raise click.exceptions.Exit(REFUSED)


def _wanted(case: "Case", words: str | None) -> bool:
    return words is None or all(
        word in f"{case.model}/{case.file.stem}".casefold() for word in words.casefold().split()
    )


def _run(case: "Case", *, aloud: bool) -> "Result":
    from orchestrator import bootstrap

    began = time.monotonic()
    result = replace(bootstrap.run_case(case), seconds=round(time.monotonic() - began, 3))
    if aloud:
        mark = click.style("passed", fg="green") if result.passed else click.style("failed", fg="red")
        click.echo(f"{mark} {result.model}: {result.name}")
        for line in () if result.passed else _why(result):
            click.echo(f"       {line}")
    return result


def _why(result: "Result") -> Iterator[str]:
    """Tell what differs, the way that was wanted beside the one it took, where it waits and what may help."""
    yield from (click.style(problem, fg="red") for problem in result.problems)
    if result.expected:
        yield f"expected  {' → '.join(_marked(result))}"
    if result.path:
        shown = result.path[-MOST_SHOWN:]
        yield f"got       {'… → ' if len(result.path) > MOST_SHOWN else ''}{' → '.join(shown)}"
    if result.waits:
        yield f"waits at  {', '.join(result.waits)}"
    yield from (f"hint      {hint}" for hint in result.hints)
    yield f"file      {result.file}"


def _marked(result: "Result") -> Iterator[str]:
    """Return the wanted path, with the first element that was not reached in red."""
    from orchestrator.cases import first_missing

    for number, element in enumerate(result.expected):
        is_missing = first_missing(result.expected[: number + 1], result.path) is not None
        yield click.style(element, fg="red", bold=True) if is_missing else element


def _as_json(results: Sequence["Result"], covered: Sequence["Coverage"]) -> dict[str, Any]:
    return {
        "cases": [{"passed": each.passed, **asdict(each)} for each in results],
        "coverage": [
            {
                "model": each.model,
                "file": each.file,
                "percent": each.percent,
                "elements": each.elements,
                "flows": each.flows,
                "elements_left": each.left,
                "flows_left": each.left_flows,
            }
            for each in covered
        ],
    }


def _print_end(results: Sequence["Result"], covered: Sequence["Coverage"], page: Path | None) -> None:
    failed = sum(not each.passed for each in results)
    rows = [
        [
            each.model,
            each.file,
            f"{len(each.elements) - len(each.left)} of {len(each.elements)}",
            f"{len(each.flows) - len(each.left_flows)} of {len(each.flows)}",
            f"{each.percent} %",
            ", ".join((*each.left, *each.left_flows)) or "-",
        ]
        for each in covered
    ]
    click.echo()
    table(rows, ["model", "file", "elements", "flows", "visited", "no case visits"])
    click.echo()
    click.secho(f"{len(results) - failed} passed, {failed} failed", fg="red" if failed else "green")
    if page is not None:
        click.echo(f"drawn in {page}")
