"""What an evaluation notes down: decisions taken, rules matched, warnings given."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orchestrator.engine.feel.errors import locate
from orchestrator.engine.feel.runtime import Run


@dataclass(frozen=True, slots=True)
class EvaluatedInput:
    """An input of a decision table."""

    input_id: str | None
    label: str
    value: Any


@dataclass(frozen=True, slots=True)
class EvaluatedOutput:
    """An output of a rule."""

    output_id: str | None
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that matched; ``index`` counts from 1."""

    rule_id: str | None
    index: int
    outputs: tuple[EvaluatedOutput, ...]


@dataclass(frozen=True, slots=True)
class EvaluatedDecision:
    """One decision of an evaluation, in the order in which they were taken."""

    decision_id: str
    decision_name: str
    kind: str
    value: Any
    inputs: tuple[EvaluatedInput, ...]
    rules: tuple[MatchedRule, ...]


@dataclass(frozen=True, slots=True)
class DecisionWarning:
    """Why something became null, and in which expression."""

    decision_id: str | None
    element_id: str | None
    message: str
    text: str = ""
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        where = f" in {self.text!r} (line {self.line}, column {self.column})" if self.text else ""
        return f"{self.message}{where}"


@dataclass(slots=True)
class _Open:
    """A decision that is being taken."""

    decision_id: str
    inputs: list[EvaluatedInput] = field(default_factory=list)
    rules: list[MatchedRule] = field(default_factory=list)


@dataclass(slots=True)
class Journal:
    """Collects while an evaluation runs."""

    decisions: list[EvaluatedDecision] = field(default_factory=list)
    warnings: list[DecisionWarning] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)

    def begin(self, decision_id: str) -> None:
        """Note that what follows belongs to a decision."""
        self._open.append(_Open(decision_id))

    def end(self, decision_id: str, name: str, kind: str, value: Any) -> None:
        """Note a decision's value."""
        done = self._open.pop()
        self.decisions.append(EvaluatedDecision(decision_id, name, kind, value, tuple(done.inputs), tuple(done.rules)))

    def table(self, inputs: list[EvaluatedInput], rules: list[MatchedRule]) -> None:
        """Note what a table saw and which rules matched."""
        if self._open:
            self._open[-1].inputs += inputs
            self._open[-1].rules += rules

    def values(self) -> Iterator[Any]:
        """Yield every value that was noted."""
        for decision in self.decisions:
            yield decision.value
            yield from (each.value for each in decision.inputs)
            yield from (each.value for rule in decision.rules for each in rule.outputs)

    def warn(self, message: str, element_id: str | None = None) -> None:
        """Note why something became null."""
        self.warnings.append(DecisionWarning(self._decision_id, element_id, message))

    def take(self, run: Run, text: str, element_id: str | None) -> None:
        """Move an expression's own warnings here."""
        for message, position in run.warned or ():
            line, column = locate(text, position)
            self.warnings.append(DecisionWarning(self._decision_id, element_id, message, text, line, column))
        run.warned = None

    @property
    def _decision_id(self) -> str | None:
        return self._open[-1].decision_id if self._open else None
