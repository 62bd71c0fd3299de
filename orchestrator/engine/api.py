"""The engine's public door: everything that the rest of the program may know of it."""

from orchestrator.engine.asking import evaluate
from orchestrator.engine.checking import Checked, check
from orchestrator.engine.checking_safely import CHILDREN, check_safely
from orchestrator.engine.compile import compile_process
from orchestrator.engine.definition import Definition
from orchestrator.engine.given import Decided, Given, Lookup
from orchestrator.engine.model import Process
from orchestrator.engine.starts import (
    ConditionalStart,
    MessageStart,
    NoneStart,
    SignalStart,
    StartEvent,
    TimerStart,
    following,
    start_events,
)

__all__ = [
    "CHILDREN",
    "Checked",
    "ConditionalStart",
    "Decided",
    "Definition",
    "Given",
    "Lookup",
    "MessageStart",
    "NoneStart",
    "Process",
    "SignalStart",
    "StartEvent",
    "TimerStart",
    "check",
    "check_safely",
    "compile_process",
    "evaluate",
    "following",
    "start_events",
]
