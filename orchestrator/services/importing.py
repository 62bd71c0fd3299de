"""Take over models of other tools: converted once, drawn where they have no drawing, and told line by line."""

from dataclasses import dataclass
from typing import Any

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The model as it can be edited here, and what became of it."""

    source: bytes
    forms: tuple[tuple[str, bytes], ...]  #: files that belong beside it, by name
    report: tuple[Finding, ...]
    drawn: bool  #: it had no drawing, and has one now


def take_over(engine: Any, source: bytes, limits: Limits) -> Imported:
    """Convert and draw a model; one that needs neither comes back byte by byte."""
    _fits(source, limits)
    converted = engine.convert(source, limits=limits)
    drawn = engine.layout(converted.source, limits=limits)
    return Imported(source=drawn, forms=converted.forms, report=converted.report, drawn=drawn is not converted.source)


def draw_anew(engine: Any, source: bytes, limits: Limits) -> bytes:
    """Give a model a fresh drawing in place of its own."""
    _fits(source, limits)
    drawn: bytes = engine.layout(source, limits=limits, anew=True)
    if drawn is source:
        raise Invalid("The model cannot be drawn: it is no BPMN with a process.")
    return drawn


def _fits(source: bytes, limits: Limits) -> None:
    if len(source) > limits.model_bytes:
        raise TooLarge(f"The file has {len(source):,} bytes, {limits.model_bytes:,} are allowed: split the model.")
