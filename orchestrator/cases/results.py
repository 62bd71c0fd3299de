"""Where cases are found, and how they went."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case of one process model."""

    model: str  #: the folder's name
    folder: Path
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a case went."""

    model: str
    name: str
    file: str = ""
    seconds: float = 0.0
    problems: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()  #: the path that the case asks for
    path: tuple[str, ...] = ()  #: the path that it took
    waits: tuple[str, ...] = ()  #: where it stands in the end, and what would move it on
    hints: tuple[str, ...] = ()  #: what may help, where something is amiss
    visited: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()  #: all of the deployed processes
    visits: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)  #: sequence flows, and how often

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.problems


def find(folder: Path) -> Iterator[Case]:
    """Find the cases of a process model, or of all process models in a folder."""
    places = [folder] if folder.name == "cases" else sorted(folder.rglob("cases"))
    for cases in places:
        if cases.is_dir():
            for file in sorted(cases.glob("*.json")):
                yield Case(model=cases.resolve().parent.name, folder=cases.parent, file=file)
