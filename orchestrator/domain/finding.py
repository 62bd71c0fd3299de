"""What a check says about a model: rule, severity, element and a sentence with the cure."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error refuses the deployment; the others only inform."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark on one place of a model."""

    rule: str  #: short, stable, kebab-case: ``timer-without-value``
    message: str  #: a sentence that names the value found and the cure
    severity: Severity = Severity.ERROR
    element_id: str | None = None  #: the BPMN id, where there is one
    element_name: str | None = None
    line: int | None = None  #: line of the file, where it is known
    resource: str | None = None  #: file name, in a deployment of several
