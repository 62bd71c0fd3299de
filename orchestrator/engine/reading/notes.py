"""What a reader remarks, and texts compiled with their mistakes remarked instead of raised."""

import difflib
from dataclasses import dataclass, field

from orchestrator.domain.finding import Finding, Severity
from orchestrator.engine import feel
from orchestrator.engine.expressions import Text
from orchestrator.engine.expressions import expression as compile_expression
from orchestrator.engine.expressions import text as compile_text
from orchestrator.engine.reading import names
from orchestrator.engine.xml import Element

EMPTY = Text("")
"""Stands for a text that is missing or wrong and has been remarked."""

FOREIGN = ("${", "#{")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the file something is."""

    id: str | None
    name: str | None = None
    line: int | None = None

    @property
    def label(self) -> str:
        """How a sentence names it."""
        return (
            f"«{' '.join(self.name.split())}»" if self.name else f"«{self.id}»" if self.id else "An element without id"
        )


def place_of(element: Element) -> Place:
    """Return where an element is, by its own id and name."""
    return Place(names.attribute(element, "id"), names.attribute(element, "name"), element.sourceline)


@dataclass(slots=True)
class Notes:
    """Collects findings."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, rule: str, place: Place, message: str) -> None:
        """Remark something that cannot run."""
        self._add(rule, place, message, Severity.ERROR)

    def warning(self, rule: str, place: Place, message: str) -> None:
        """Remark something that runs, but perhaps not as meant."""
        self._add(rule, place, message, Severity.WARNING)

    def info(self, rule: str, place: Place, message: str) -> None:
        """Remark something worth knowing."""
        self._add(rule, place, message, Severity.INFO)

    def _add(self, rule: str, place: Place, message: str, severity: Severity) -> None:
        self.findings.append(
            Finding(
                rule=rule,
                message=message,
                severity=severity,
                element_id=place.id,
                element_name=place.name,
                line=place.line,
            )
        )

    def text(self, source: str, place: Place, what: str) -> Text:
        """Compile a text: FEEL where it begins with ``=``."""
        try:
            compiled = compile_text(source)
        except feel.FeelSyntaxError as problem:
            self._syntax(source, place, what, problem)
            return EMPTY
        if not source.startswith("=") and any(mark in source for mark in FOREIGN):
            message = (
                f"The {what} of {place.label} is the plain text «{source[:200]}»: what stands in braces is not "
                "evaluated. Write it as = …, or import the file."
            )
            self.warning("expression-as-text", place, message)
        self._functions(compiled, place, what)
        return compiled

    def optional(self, source: str | None, place: Place, what: str) -> Text | None:
        """Compile a text that may be absent."""
        return None if source is None else self.text(source, place, what)

    def expression(self, source: str, place: Place, what: str) -> Text:
        """Compile a text that is FEEL with or without ``=``."""
        if source.startswith(FOREIGN):
            message = f"The {what} of {place.label} is «{source}», not FEEL: write it as = …, or import the file."
            self.error("expression-language", place, message)
            return EMPTY
        try:
            compiled = compile_expression(source)
        except feel.FeelSyntaxError as problem:
            self._syntax(source, place, what, problem)
            return EMPTY
        self._functions(compiled, place, what)
        return compiled

    def condition(self, element: Element, place: Place, what: str) -> Text | None:
        """Compile a BPMN expression element that has to be FEEL; None where it is empty."""
        source = names.text(element)
        if source is None:
            return None
        language = names.attribute(element, "language")
        if language is not None and "feel" not in language.lower() and not source.startswith("="):
            message = f"The {what} of {place.label} is written in {language}: only FEEL is run, write it as = …"
            self.error("expression-language", place, message)
            return EMPTY
        compiled = self.expression(source, place, what)
        if compiled is not EMPTY and not source.startswith("=") and language is None:
            message = f"The {what} of {place.label} does not begin with = and is read as FEEL: ={source[:100]}"
            self.warning("expression-without-sign", place, message)
        return compiled

    def _functions(self, compiled: Text, place: Place, what: str) -> None:
        """Refuse calls that could only ever be null: variables of a process hold no functions."""
        if compiled.program is None:
            return
        for name, position in compiled.program.unknown_functions.items():
            near = difflib.get_close_matches(name, feel.FUNCTIONS, n=1)
            line, column = feel.locate(compiled.program.text, position)
            cure = f"did you mean '{near[0]}'?" if near else "the reference of FEEL lists those that there are."
            message = (
                f"The {what} of {place.label} calls '{name}' (line {line}, column {column}), "
                f"but there is no such function: {cure}"
            )
            self.error("unknown-function", place, message)

    def _syntax(self, source: str, place: Place, what: str, problem: feel.FeelSyntaxError) -> None:
        message = f"The {what} of {place.label} is not valid FEEL: {problem} In: {source[:200]}"
        self.error("feel-syntax", place, message)
