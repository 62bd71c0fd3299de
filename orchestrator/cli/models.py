"""Files and folders as commands take them, and the models among them."""

from collections.abc import Sequence
from pathlib import Path

import click

paths = click.argument("places", metavar="FILE…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


def models(places: Sequence[Path]) -> list[Path]:
    """Return the files, and for folders the models inside, sorted; each once."""
    from orchestrator.engine.files import ENDINGS

    endings = tuple(ENDINGS)
    found: dict[Path, None] = {}
    for place in places:
        inside = sorted(each for each in place.rglob("*") if each.name.lower().endswith(endings) and not each.is_dir())
        found.update(dict.fromkeys(inside if place.is_dir() else [place]))
    return list(found)
