"""DMN, the standard for decisions: reads models of versions 1.1 to 1.5 and evaluates them.

>>> from orchestrator.engine import dmn
>>> model = dmn.load_model(xml)                                   # findings in model.findings
>>> model.evaluate_decision("approval", {"amount": 1200}).value
'manual'
"""

from orchestrator.engine.dmn.audit import (
    DecisionWarning,
    EvaluatedDecision,
    EvaluatedInput,
    EvaluatedOutput,
    MatchedRule,
)
from orchestrator.engine.dmn.decisions import Decided, DmnModel, EvaluationFailed
from orchestrator.engine.dmn.loading import (
    Head,
    UnreadableModel,
    check,
    load_model,
    load_models,
    load_with_imports,
    read_head,
)

__all__ = [
    "Decided",
    "DecisionWarning",
    "DmnModel",
    "EvaluatedDecision",
    "EvaluatedInput",
    "EvaluatedOutput",
    "EvaluationFailed",
    "Head",
    "MatchedRule",
    "UnreadableModel",
    "check",
    "load_model",
    "load_models",
    "load_with_imports",
    "read_head",
]
