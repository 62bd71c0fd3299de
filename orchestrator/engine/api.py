"""The engine's public door: everything that the rest of the program may know of it."""

from orchestrator.engine.asking import evaluate
from orchestrator.engine.checking import Checked, check
from orchestrator.engine.checking_safely import CHILDREN, check_file_safely, check_safely, take_over_safely
from orchestrator.engine.compile import compile_process
from orchestrator.engine.deciding import DecisionFile, check_decisions, decide, load_decisions, read_decision_head
from orchestrator.engine.definition import Definition
from orchestrator.engine.dialects import Converted, convert
from orchestrator.engine.files import ENDINGS, check_file
from orchestrator.engine.given import Decided, Given, Lookup
from orchestrator.engine.importing import Imported
from orchestrator.engine.layout import layout
from orchestrator.engine.listening import has_task_listeners
from orchestrator.engine.model import Process
from orchestrator.engine.snapshot import Snapshot
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
from orchestrator.engine.step import Status, Step, step

__all__ = [
    "CHILDREN",
    "ENDINGS",
    "Checked",
    "ConditionalStart",
    "Converted",
    "Decided",
    "DecisionFile",
    "Definition",
    "Given",
    "Imported",
    "Lookup",
    "MessageStart",
    "NoneStart",
    "Process",
    "SignalStart",
    "Snapshot",
    "StartEvent",
    "Status",
    "Step",
    "TimerStart",
    "check",
    "check_decisions",
    "check_file",
    "check_file_safely",
    "check_safely",
    "compile_process",
    "convert",
    "decide",
    "evaluate",
    "following",
    "has_task_listeners",
    "layout",
    "load_decisions",
    "read_decision_head",
    "start_events",
    "step",
    "take_over_safely",
]
