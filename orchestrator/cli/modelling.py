"""Handing over, checking and testing models."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from orchestrator.cli.door import Door
from orchestrator.cli.options import acting, json_option
from orchestrator.cli.output import print_findings, print_json, table
from orchestrator.cli.refusals import REFUSED, WRONG_MODEL, Refused
from orchestrator.domain.finding import Finding, Severity

KINDS = (".bpmn", ".dmn", ".form")
MANY = 20  #: from here on a progress bar is worth its line

paths = click.argument("places", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


@click.command()
@paths
@acting
def deploy(places: Sequence[Path], *, door: Door, as_json: bool) -> None:
    """Make versions of models; folders stand for the models inside. An unchanged file keeps its version."""
    files = [(each.name, each.read_bytes()) for each in models(places)]
    if not files:
        raise Refused("there is no .bpmn, .dmn or .form file")
    made = door.deploy(files)
    if as_json:
        print_json(made)
        return
    print_findings([Finding(**each) for each in made["findings"]])
    kinds = (("process", "processes"), ("decision", "decisions"), ("form", "forms"))
    rows = [
        [kind, each["id"], str(each["version"]), each["resource"] or "", str(each["key"])]
        for kind, group in kinds
        for each in made[group]
    ]
    table(rows, ["kind", "id", "version", "file", "key"])


@click.command()
@paths
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
def check(places: Sequence[Path], form: str) -> None:
    """Say what is wrong with models and where; the exit code is 6 when one could not be deployed."""
    from orchestrator import bootstrap

    files = models(places)
    findings: list[Finding] = []
    with click.progressbar(
        files, label="Checking", hidden=len(files) < MANY or form != "text" or not sys.stderr.isatty(), file=sys.stderr
    ) as shown:
        for file in shown:
            findings += bootstrap.check_file(str(file), file.read_bytes())
    match form:
        case "json":
            print_json([asdict(each) for each in findings])
        case "sarif":
            print_json(sarif(findings))
        case _:
            print_findings(findings)
            errors = sum(each.severity is Severity.ERROR for each in findings)
            click.echo(
                f"{len(files)} file{'' if len(files) == 1 else 's'}, {errors} errors, {len(findings) - errors} remarks"
            )
    if any(each.severity is Severity.ERROR for each in findings):
        raise click.exceptions.Exit(WRONG_MODEL)


@click.command()
@click.argument("folder", type=click.Path(exists=True, path_type=Path), default="process_models")
@json_option
def test(folder: Path, *, as_json: bool) -> None:
    """Run the cases (cases/*.json) of the process models in a folder; each case has a fresh database."""
    from orchestrator import bootstrap

    results = []
    for case in bootstrap.cases(folder):
        result = bootstrap.run_case(case)
        results.append(result)
        if not as_json:
            mark = click.style("passed", fg="green") if result.passed else click.style("failed", fg="red")
            click.echo(f"{mark} {result.model}: {result.name}")
            for problem in result.problems:
                click.echo(f"       {problem}")
    failed = sum(not each.passed for each in results)
    if as_json:
        print_json([asdict(each) for each in results])
    else:
        click.echo(f"{len(results) - failed} passed, {failed} failed")
        for model, left in sorted(bootstrap.uncovered(results).items()):
            click.echo(f"{model}: no case visits {', '.join(left)}" if left else f"{model}: every element is visited")
    if failed or not results:
        raise click.exceptions.Exit(REFUSED)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def tck(folder: Path) -> None:
    """Run the DMN compatibility cases of a folder: a line for each that is not passed, then the totals."""
    from orchestrator.engine.dmn.tck import run

    raise click.exceptions.Exit(run(folder, sys.stdout))


def models(places: Sequence[Path]) -> list[Path]:
    """Return the files, and for folders the models inside, sorted."""
    found: list[Path] = []
    for place in places:
        inside = sorted(each for each in place.rglob("*") if each.suffix in KINDS) if place.is_dir() else [place]
        found += inside
    return found


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings in SARIF 2.1.0, which code hosts and editors read."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    rules = sorted({each.rule for each in findings})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "baton", "rules": [{"id": each} for each in rules]}},
                "results": [
                    {
                        "ruleId": each.rule,
                        "level": levels[each.severity],
                        "message": {"text": f"{each.element_id}: {each.message}" if each.element_id else each.message},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": each.resource or ""},
                                    "region": {"startLine": each.line or 1},
                                }
                            }
                        ],
                    }
                    for each in findings
                ],
            }
        ],
    }
