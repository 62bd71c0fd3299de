"""Going on under another version of the model."""

from orchestrator.domain.triggers import Migrate
from orchestrator.engine.instance import Instance
from orchestrator.engine.problems import Rejected


def migrate(instance: Instance, trigger: Migrate) -> None:
    """Replace the definition of an instance, or refuse with all reasons."""
    raise Rejected("Not yet.")
