"""Process models as SpiffWorkflow specifications, one class a behaviour."""

from orchestrator.engine.specs.build import build
from orchestrator.engine.specs.process import ProcessSpec

__all__ = ["ProcessSpec", "build"]
