"""Run a process model's cases: given values and answers, the path it must take and the values it must reach.

A case has a database of its own and a clock that stands until the case moves it. Jobs are answered by the case; those
it does not name are done by the real connectors, which cannot reach anything outside.
"""

from orchestrator.cases.comparing import first_missing, same
from orchestrator.cases.coverage import Coverage, cover, uncovered
from orchestrator.cases.drawing import write
from orchestrator.cases.junit import junit
from orchestrator.cases.playing import MODEL_FILES, Clock, run
from orchestrator.cases.results import Case, Result, find

__all__ = [
    "MODEL_FILES",
    "Case",
    "Clock",
    "Coverage",
    "Result",
    "cover",
    "find",
    "first_missing",
    "junit",
    "run",
    "same",
    "uncovered",
    "write",
]
