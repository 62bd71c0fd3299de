"""Whether everything is there."""

from dataclasses import dataclass

from orchestrator.services.runtime import Runtime
from orchestrator.store import upgrades


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a probe wants to know."""

    healthy: bool
    database: str  #: sqlite, postgresql, mysql
    schema_revision: str | None
    expected_revision: str
    sentence: str  #: what is wrong and the cure, or that all is well


def health(rt: Runtime) -> Health:
    """Ask the database; never raises."""
    expected, revision = upgrades.expected_revision(), None
    try:
        revision = upgrades.current_revision(rt.database)
        upgrades.require_current(rt.database)
        sentence = "All is well."
    except Exception as trouble:  # noqa: BLE001  (a probe wants an answer whatever is wrong)
        sentence = str(trouble)
    return Health(
        healthy=sentence == "All is well.",
        database=rt.database.kind,
        schema_revision=revision,
        expected_revision=expected,
        sentence=sentence,
    )
