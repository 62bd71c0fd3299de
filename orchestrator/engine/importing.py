"""Take a model of another tool over: converted once, drawn where it has no drawing, and told line by line."""

from dataclasses import asdict, dataclass
from typing import Any

from orchestrator.domain.finding import Finding, Severity
from orchestrator.domain.limits import Limits
from orchestrator.engine.dialects import convert
from orchestrator.engine.layout import layout

CHARACTERS = "latin-1"  #: bytes as text, one for one


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The model as it can be edited here, and what became of it."""

    source: bytes
    forms: tuple[tuple[str, bytes], ...] = ()  #: files that belong beside it, by name
    report: tuple[Finding, ...] = ()
    drawn: bool = False  #: it has another drawing than before, or one at all


def take_over(source: bytes, limits: Limits) -> Imported:
    """Convert and draw a model; one that needs neither comes back byte by byte."""
    converted = convert(source, limits=limits)
    drawn = layout(converted.source, limits=limits)
    return Imported(source=drawn, forms=converted.forms, report=converted.report, drawn=drawn is not converted.source)


def draw_anew(source: bytes, limits: Limits) -> Imported:
    """Give a model a fresh drawing in place of its own."""
    drawn = layout(source, limits=limits, anew=True)
    return Imported(source=drawn, drawn=drawn is not source)


def to_json(made: Imported) -> dict[str, Any]:
    """Return it as JSON can hold it."""
    return {
        "source": made.source.decode(CHARACTERS),
        "forms": [[name, content.decode(CHARACTERS)] for name, content in made.forms],
        "report": [asdict(finding) for finding in made.report],
        "drawn": made.drawn,
    }


def from_json(told: dict[str, Any]) -> Imported:
    """Read what ``to_json`` wrote."""
    return Imported(
        source=told["source"].encode(CHARACTERS),
        forms=tuple((name, content.encode(CHARACTERS)) for name, content in told["forms"]),
        report=tuple(Finding(**(each | {"severity": Severity(each["severity"])})) for each in told["report"]),
        drawn=told["drawn"],
    )
