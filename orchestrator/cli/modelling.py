"""Handing over and testing models."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from orchestrator.cli.door import Door
from orchestrator.cli.models import models, paths
from orchestrator.cli.options import acting, json_option
from orchestrator.cli.output import print_findings, print_json, table
from orchestrator.cli.refusals import REFUSED, Refused
from orchestrator.domain.finding import Finding


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
