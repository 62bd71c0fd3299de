"""Handing over and testing models."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from orchestrator.cli.door import Door
from orchestrator.cli.models import models, paths
from orchestrator.cli.options import acting
from orchestrator.cli.output import print_findings, print_json, table
from orchestrator.cli.refusals import Refused
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
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def tck(folder: Path) -> None:
    """Run the DMN compatibility cases of a folder: a line for each that is not passed, then the totals."""
    from orchestrator.engine.dmn.tck import run

    raise click.exceptions.Exit(run(folder, sys.stdout))
