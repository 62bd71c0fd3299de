"""A deployed, numbered version of a process, compiled once and never changed."""

from dataclasses import dataclass, field
from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.engine.model import Process


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What instances of one version share."""

    key: Key
    version: int
    digest: str  #: SHA-256 of the deployed file, hex; a snapshot made with another one is refused
    process: Process
    deployment_key: Key | None = None
    #: SpiffWorkflow's specifications, made by ``specs.build``; opaque to everyone else
    specification: Any = field(default=None, compare=False, repr=False)
