"""The interchange working group's reference models, where they lie beside the project."""

from pathlib import Path

import pytest


def reference_models() -> list[Path]:
    """Return the files; none where they are not there."""
    for folder in Path(__file__).parents:
        for place in (folder / "reference-models", folder / "shared" / "data" / "miwg"):
            if place.is_dir():
                return sorted(place.glob("*.bpmn"))
    return []


needs_reference_models = pytest.mark.skipif(
    not reference_models(), reason="the reference models are not beside the project"
)
