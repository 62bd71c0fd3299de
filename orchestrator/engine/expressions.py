"""Text of a model: FEEL where it begins with ``=``, itself everywhere else."""

from dataclasses import dataclass

from orchestrator.engine import feel

LIMITS = feel.Limits(text=65_536)
"""Prompts of models stand in expressions, and are long."""


@dataclass(frozen=True, slots=True)
class Text:
    """A static text or a compiled FEEL expression."""

    source: str  #: as the model has it, with the leading ``=``
    program: feel.Expression | None = None  #: None: the text is the value

    @property
    def is_expression(self) -> bool:
        """Whether this is FEEL."""
        return self.program is not None


def text(source: str) -> Text:
    """Compile a model's text; raises ``feel.FeelSyntaxError`` with the position."""
    if source.startswith("="):
        return Text(source, feel.compile_expression(source[1:], limits=LIMITS))
    return Text(source)


def expression(source: str) -> Text:
    """Compile text that is FEEL with or without the leading ``=`` (conditions of other dialects)."""
    return Text(source, feel.compile_expression(source.removeprefix("="), limits=LIMITS))
