"""How much one expression may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps of one compilation and one evaluation; reaching one is an error that names the position."""

    steps: int = 10_000  #: iterations, calls and list items visited, weighed by the size of what they repeat
    depth: int = 64  #: nesting of the text, and functions calling functions
    text: int = 4_096  #: characters of one expression
    string: int = 1_048_576  #: characters of one string
    items: int = 10_000  #: items of one list


DEFAULT = Limits()
