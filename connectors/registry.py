"""Which connectors are installed: ours and anybody's come in by the same entry point."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from connectors.api import Connector

GROUP = "orchestrator.connectors"
SHIPPED = {  # the same lines stand in pyproject.toml; here for a source tree that was never installed
    "echo": "connectors.echo:echo",
    "http-request": "connectors.http_request:http_request",
    "llm-chat": "connectors.llm_chat:llm_chat",
    "notify": "connectors.notify:notify",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Connectors by job type."""

    by_type: Mapping[str, Connector[Any, Any]] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Connector[Any, Any]]:
        return iter(self.by_type.values())

    @property
    def types(self) -> tuple[str, ...]:
        """The job types a worker can serve."""
        return tuple(self.by_type)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all inputs, so that a worker fetches no more than it can use."""
        return tuple(sorted({name for each in self for name in each.takes.model_fields}))


def registry(connectors: Iterable[Connector[Any, Any]]) -> Registry:
    """Return a registry of these connectors; two of one type are a mistake that is refused."""
    by_type: dict[str, Connector[Any, Any]] = {}
    for each in connectors:
        if (other := by_type.get(each.job_type)) is not None:
            raise ValueError(f"two connectors serve {each.job_type!r}: {other.module} and {each.module}")
        by_type[each.job_type] = each
    return Registry(by_type=by_type)


def installed() -> Registry:
    """Find every installed connector; one that cannot be imported is reported and left out."""
    found: list[Connector[Any, Any]] = []
    points = tuple(entry_points(group=GROUP))
    named = {point.name for point in points}
    points += tuple(EntryPoint(name, value, GROUP) for name, value in SHIPPED.items() if name not in named)
    for point in sorted(points, key=lambda each: each.name):
        try:
            loaded = point.load()
        except Exception:  # foreign code: a broken package must not keep the others from working
            log.exception("the connector %s (%s) cannot be loaded", point.name, point.value)
            continue
        if isinstance(loaded, Connector):
            found.append(loaded)
        else:
            log.error("the entry point %s (%s) is no connector", point.name, point.value)
    return registry(found)


def icon(connector: Connector[Any, Any]) -> str | None:
    """Return the SVG beside a connector's code, where there is one."""
    from importlib.resources import files

    package = import_module(connector.module).__package__
    if not package:
        return None
    picture = files(package) / "icon.svg"
    return picture.read_text(encoding="utf-8") if picture.is_file() else None
