"""The library that the other modules here fill."""

from orchestrator.engine.feel.library import Library

LIBRARY = Library()
builtin = LIBRARY.declare
