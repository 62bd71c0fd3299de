"""A look at every part of an installation."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orchestrator
from orchestrator import bootstrap, local_server, settings
from orchestrator.domain.access import SYSTEM
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a look at one part found."""

    part: str
    well: bool
    sentence: str


def examine(data_dir: Path | None) -> list[Examined]:
    """Look at every part and say how it is; nothing is changed, except that a missing database is made."""
    try:
        found = settings.read(data_dir=data_dir)
    except settings.WrongSettings as problem:
        return [Examined(part="settings", well=False, sentence=str(problem))]
    file = settings.settings_file()
    return [
        Examined(part="settings", well=True, sentence=f"read from the environment{f' and {file}' if file else ''}"),
        *_store_examined(found),
        _pages_examined(),
        _connectors_examined(),
        _provider_examined(found),
    ]


def _store_examined(found: Settings) -> list[Examined]:
    from orchestrator.services import status

    if found.embedded and local_server.is_in_use(found.data_dir):
        running = local_server.find(found.data_dir)
        by = f"a server on {running.url}" if running else "another process"
        return [Examined(part="database", well=True, sentence=f"sqlite: in use by {by}")]
    try:
        with bootstrap.opened(found, migrate=found.embedded) as rt:
            health = status.health(rt)
            sentence = f"{health.database}: {health.sentence}"
            return [Examined(part="database", well=health.healthy, sentence=sentence), _breakers_examined(rt)]
    except Exception as problem:  # noqa: BLE001 - a driver's refusal is exactly what was asked for
        return [Examined(part="database", well=False, sentence=str(problem).partition("\n")[0])]


def _breakers_examined(rt: "Runtime") -> Examined:
    from orchestrator.services import breakers
    from orchestrator.services.breakers import BreakerStatus

    left_alone = [each for each in breakers.known(rt, SYSTEM) if each.status is not BreakerStatus.CLOSED]
    if not left_alone:
        return Examined(part="far sides", well=True, sentence="no endpoint is left alone")
    named = "; ".join(
        f"{each.endpoint} has failed {each.failures} times and is left alone until {each.open_until:%Y-%m-%d %H:%M} UTC"
        for each in left_alone
    )
    return Examined(part="far sides", well=False, sentence=named)


def _pages_examined() -> Examined:
    package = Path(orchestrator.__file__).parent
    places = (package / "static" / "dist", package.parent / "static" / "dist")
    if any((each / "manifest.json").is_file() for each in places):
        return Examined(part="pages", well=True, sentence="the browser's files are there")
    return Examined(part="pages", well=False, sentence="the browser's files are missing; run: baton assets")


def _connectors_examined() -> Examined:
    from connectors.registry import installed

    types = installed().types
    return Examined(part="connectors", well=bool(types), sentence=", ".join(types) or "none is installed")


def _provider_examined(found: Settings) -> Examined:
    if found.provider == "demo":
        return Examined(part="language model", well=True, sentence="demo: plain rules, no language model is used")
    named = found.provider or "no default; each question must name one (BATON_LLM_PROVIDER sets one)"
    return Examined(part="language model", well=True, sentence=named)
