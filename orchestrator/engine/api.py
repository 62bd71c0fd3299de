"""The engine's public door: everything that the rest of the program may know of it."""

from orchestrator.engine.checking import Checked, check
from orchestrator.engine.compile import compile_process
from orchestrator.engine.definition import Definition
from orchestrator.engine.given import Decided, Given, Lookup
from orchestrator.engine.model import Process

__all__ = [
    "Checked",
    "Decided",
    "Definition",
    "Given",
    "Lookup",
    "Process",
    "check",
    "compile_process",
]
