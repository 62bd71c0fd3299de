"""Bytes to models."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.dmn import reader
from orchestrator.engine.dmn.decisions import LIMITS, DmnModel
from orchestrator.engine.dmn.model import Definitions
from orchestrator.engine.feel import limits as feel_limits


class UnreadableModel(ValueError):
    """The bytes are no DMN model; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def load_model(
    source: bytes,
    imports: Mapping[str, DmnModel] | None = None,
    *,
    limits: Limits | None = None,
    feel: feel_limits.Limits = LIMITS,
) -> DmnModel:
    """Load a model; ``imports`` are models by namespace. What is wrong inside stands in its findings."""
    return DmnModel(_read(source, limits), imports or {}, feel)


def load_models(
    sources: Iterable[bytes], *, limits: Limits | None = None, feel: feel_limits.Limits = LIMITS
) -> dict[str, DmnModel]:
    """Load files that may import each other; the result is by namespace."""
    pending = {definitions.namespace: definitions for definitions in (_read(source, limits) for source in sources)}
    loaded: dict[str, DmnModel] = {}
    while pending:
        ready = [each for each in pending.values() if not _waits(each, pending)] or list(pending.values())[:1]
        for definitions in ready:
            loaded[definitions.namespace] = DmnModel(definitions, loaded, feel)
            del pending[definitions.namespace]
    return loaded


def _waits(definitions: Definitions, pending: Mapping[str, Definitions]) -> bool:
    return any(each.namespace in pending for each in definitions.imports)


@dataclass(frozen=True, slots=True)
class Head:
    """How others import a file, and what it imports itself; both by namespace."""

    namespace: str
    imports: tuple[str, ...]


def read_head(source: bytes, *, limits: Limits | None = None) -> Head:
    """Return a file's namespace and those that it imports."""
    try:
        namespace, imports = reader.read_head(source, limits or Limits())
    except xml.Unreadable as problem:
        raise UnreadableModel(problem.finding) from None
    return Head(namespace, tuple(dict.fromkeys(each.namespace for each in imports)))


def load_with_imports(source: bytes, imports: Iterable[bytes], *, limits: Limits | None = None) -> DmnModel:
    """Load a file that needs others; ``imports`` are all of them, those of its imports too."""
    others = list(imports)
    if not others:
        return load_model(source, limits=limits)
    return load_models([*others, source], limits=limits)[read_head(source, limits=limits).namespace]


def check(
    source: bytes,
    imports: Iterable[bytes] = (),
    *,
    filename: str = "",
    limits: Limits | None = None,
) -> tuple[Finding, ...]:
    """Return all findings of a file; never raises, whatever the file holds."""
    try:
        findings = load_with_imports(source, imports, limits=limits).findings
    except UnreadableModel as problem:
        findings = (problem.finding,)
    except RecursionError:
        findings = (Finding(rule="too-deep", message="The file is nested too deep: make it simpler.", line=1),)
    return tuple(replace(finding, resource=filename or None) for finding in findings)


def _read(source: bytes, limits: Limits | None) -> Definitions:
    try:
        return reader.read(source, limits or Limits())
    except xml.Unreadable as problem:
        raise UnreadableModel(problem.finding) from None
