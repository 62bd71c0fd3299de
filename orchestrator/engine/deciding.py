"""Deployed decisions: checked, loaded once, asked, with the answer and its reasons as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.errors import InvalidModel
from orchestrator.domain.finding import Finding
from orchestrator.domain.keys import Key
from orchestrator.domain.limits import Limits
from orchestrator.engine import dmn, feel
from orchestrator.engine.given import Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionName:
    """A decision of a file."""

    id: str
    name: str | None
    version_tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFile:
    """A file of decisions with what a deployment wants to know of it."""

    id: str
    name: str
    namespace: str
    decisions: tuple[DecisionName, ...]
    findings: tuple[Finding, ...]
    model: dmn.DmnModel


def check_decisions(
    source: bytes, *, filename: str = "", limits: Limits | None = None, imports: Sequence[bytes] = ()
) -> tuple[Finding, ...]:
    """Say what is wrong with a DMN file; never raises. ``imports`` are all files that it needs."""
    return dmn.check(source, imports, filename=filename, limits=limits)


def read_decision_head(source: bytes) -> dmn.Head | None:
    """Return a DMN file's namespace and those that it imports; None for bytes that are none."""
    try:
        return dmn.read_head(source)
    except dmn.UnreadableModel:
        return None


def load_decisions(source: bytes, imports: Sequence[bytes] = ()) -> DecisionFile:
    """Load a DMN file with all files that it needs; ``InvalidModel`` for bytes that are none."""
    try:
        model = dmn.load_with_imports(source, imports)
    except dmn.UnreadableModel as problem:
        raise InvalidModel(str(problem), [problem.finding]) from None
    return DecisionFile(
        id=model.definitions.definitions_id,
        name=model.definitions.name,
        namespace=model.definitions.namespace,
        decisions=tuple(
            DecisionName(id=each.element_id, name=each.name, version_tag=each.version_tag) for each in model.decisions
        ),
        findings=model.findings,
        model=model,
    )


def decide(
    file: DecisionFile, decision_id: str, context: Mapping[str, Any], *, decision_key: Key | None, now: datetime
) -> Decided:
    """Evaluate a decision; ``LookupError`` or ``ValueError`` with a sentence where that fails."""
    answer = file.model.evaluate_decision(decision_id, context, now=now)
    audit = {
        "decisions": [_taken(each) for each in answer.audit],
        "warnings": [str(warning) for warning in answer.warnings],
    }
    output = feel.to_json(answer.value)
    return Decided(decision_id=decision_id, decision_key=decision_key, output=output, audit=audit)


def _taken(decision: dmn.EvaluatedDecision) -> dict[str, Any]:
    """Return one decision that was taken as JSON: with its table's inputs and the rules that matched."""
    return {
        "id": decision.decision_id,
        "name": decision.decision_name,
        "kind": decision.kind,
        "output": feel.to_json(decision.value),
        "inputs": [
            {"id": each.input_id, "name": each.label, "value": feel.to_json(each.value)} for each in decision.inputs
        ],
        "rules": [_rule(rule) for rule in decision.rules],
    }


def _rule(rule: dmn.MatchedRule) -> dict[str, Any]:
    outputs = [{"id": each.output_id, "name": each.name, "value": feel.to_json(each.value)} for each in rule.outputs]
    return {"id": rule.rule_id, "index": rule.index, "outputs": outputs}
