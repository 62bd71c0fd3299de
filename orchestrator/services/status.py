"""Is everything there?"""

from dataclasses import dataclass

from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a probe wants to know."""

    healthy: bool
    database: str  #: sqlite, postgresql, mariadb, mysql
    schema_revision: str | None
    expected_revision: str
    sentence: str  #: what is wrong and the cure, or that all is well


def health(rt: Runtime) -> Health:
    """Ask the database; never raises."""
    raise NotImplementedError
