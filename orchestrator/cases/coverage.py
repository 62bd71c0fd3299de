"""Which elements and flows of a model its cases have gone through."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator.cases.results import Result
from orchestrator.engine import api as engine

ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml")
FULL = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One file of a model, with how often the cases went where."""

    model: str
    file: str
    source: bytes
    elements: Mapping[str, int]
    flows: Mapping[str, int]
    names: Mapping[str, str]  #: of elements that have one

    @property
    def percent(self) -> int:
        """How much of it was visited, rounded down, so that 100 means everything."""
        counts = [*self.elements.values(), *self.flows.values()]
        return FULL * sum(count > 0 for count in counts) // len(counts) if counts else FULL

    @property
    def left(self) -> tuple[str, ...]:
        """The elements that no case visits."""
        return tuple(sorted(each for each, count in self.elements.items() if not count))

    @property
    def left_flows(self) -> tuple[str, ...]:
        """The sequence flows that no case takes."""
        return tuple(sorted(each for each, count in self.flows.items() if not count))


def cover(results: Sequence[Result]) -> list[Coverage]:
    """Count over all cases of each model; files that cannot be read have none."""
    visits: dict[str, Counter[str]] = {}
    taken: dict[str, Counter[str]] = {}
    folders: dict[str, Path] = {}
    for result in results:
        visits.setdefault(result.model, Counter()).update(result.visits)
        taken.setdefault(result.model, Counter()).update(result.taken)
        if result.file:
            folders[result.model] = Path(result.file).parent.parent
    return [
        found
        for model, folder in sorted(folders.items())
        for file in sorted(folder.iterdir())
        if file.name.lower().endswith(ENDINGS)
        for found in _file(model, file, visits[model], taken[model])
    ]


def _file(model: str, file: Path, visits: Counter[str], taken: Counter[str]) -> Iterator[Coverage]:
    source = file.read_bytes()
    nodes: dict[str, Any] = {}
    flows: dict[str, int] = {}
    for process in engine.check(source).processes:
        if process.executable:
            _inside(process.body, nodes, flows)
    if nodes:
        yield Coverage(
            model=model,
            file=file.name,
            source=source,
            elements={each: visits[each] for each in nodes},
            flows={each: taken[each] for each in flows},
            names={each: node.name for each, node in nodes.items() if node.name},
        )


def _inside(scope: Any, nodes: dict[str, Any], flows: dict[str, int]) -> None:
    nodes |= scope.nodes
    flows |= dict.fromkeys(scope.flows, 0)
    for node in scope.nodes.values():
        if node.body is not None:
            _inside(node.body, nodes, flows)


def uncovered(done: Sequence[Result]) -> dict[str, list[str]]:
    """Return for each model the elements that none of its cases visited."""
    left: dict[str, set[str]] = {}
    for result in done:
        left.setdefault(result.model, set()).update(result.elements)
    for result in done:
        left[result.model] -= result.visited
    return {model: sorted(elements) for model, elements in left.items()}
