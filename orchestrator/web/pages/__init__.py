"""The pages that people see; each file is a family of them. They parse, call a service, and show."""

from datetime import UTC, datetime

from flask import Flask

from orchestrator.web import assets, live
from orchestrator.web.pages import (
    audit,
    batches,
    definitions,
    door,
    incidents,
    inspector,
    instances,
    models,
    overview,
    search,
    settings,
    sign_in,
    tasks,
)

__all__ = ["register"]

_FAMILIES = (
    sign_in,
    overview,
    models,
    definitions,
    batches,
    instances,
    inspector,
    tasks,
    incidents,
    settings,
    audit,
    search,
)

for _family in _FAMILIES:  # once for all applications of this process
    _family.add_routes(door.pages)


def register(app: Flask) -> None:
    """Add the pages, their files and their live streams to the application."""
    app.config.setdefault(door.CLOCK, lambda: datetime.now(UTC))
    assets.register(app)
    live.register(app)
    app.register_blueprint(door.pages)
    door.dress(app)
