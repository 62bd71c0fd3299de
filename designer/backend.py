"""What the designer asks of its host: values, refusals, and the functions of :class:`DesignerBackend`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Kind = Literal["bpmn", "dmn", "form"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the caller may do with a model; the pages hide the rest, the backend refuses it."""

    edit: bool = True
    deploy: bool = True
    start: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model with its source."""

    id: str
    kind: Kind
    name: str
    source: str
    revision: int  #: one more with every save
    changed_at: datetime
    changed_by: str
    deployed_version: int | None = None  #: the newest deployed version, where there is one
    is_deployed: bool = False  #: that version is exactly this source
    rights: Rights = Rights()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSummary:
    """A model in a list."""

    id: str
    kind: Kind
    name: str
    revision: int
    changed_at: datetime
    changed_by: str
    deployed_version: int | None = None  #: the version that its newest source was deployed as


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedVersion:
    """A state that can be gone back to. A backend may keep autosaves of one person within minutes as one."""

    number: int
    saved_at: datetime
    saved_by: str
    note: str = ""
    deployed_version: int | None = None  #: the number it was deployed under


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark on one place of a model."""

    rule: str
    severity: Severity
    message: str
    element_id: str | None = None
    element_name: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A model of another tool as it can be edited here."""

    source: str
    report: Sequence[Finding] = ()  #: what was changed (rule ``converted``) and what is left for a person
    forms: Mapping[str, str] = field(default_factory=dict)  #: sources of forms that belong to it, by name
    drawn: bool = False  #: it had no drawing, and has one now


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A version that instances can be started from."""

    key: str
    version: int
    name: str = ""
    is_new: bool = True  #: an unchanged file keeps its version
    href: str = ""  #: where to look at it
    findings: Sequence[Finding] = ()  #: warnings; errors are raised


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What an expression came to: a value, or a mistake with its place."""

    value: Any = None
    error: str = ""
    position: int | None = None  #: counted from 0
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """An instance that was started from the modeller."""

    instance_key: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Something a model can refer to by id: a process, a form or a decision."""

    id: str
    name: str = ""
    version: int | None = None  #: none while it is only drawn
    model_id: str | None = None  #: the draft it can be edited in


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """All that can be referred to, deployed or drawn."""

    processes: Sequence[Linked] = ()
    forms: Sequence[Linked] = ()
    decisions: Sequence[Linked] = ()


class DesignerError(Exception):
    """The act was refused; the message is a sentence that the page shows."""

    status = 400
    rule = "refused"

    def document(self) -> dict[str, Any]:
        """Return what a problem document says besides its type and status."""
        return {"detail": str(self)}


class NotFound(DesignerError):
    """The model or version does not exist, or not for this caller."""

    status = 404
    rule = "not-found"


class Forbidden(DesignerError):
    """The caller may look but not touch."""

    status = 403
    rule = "forbidden"


@dataclass
class Changed(DesignerError):
    """Somebody else saved in the meantime: nothing was overwritten."""

    by: str
    at: datetime
    revision: int
    status = 409
    rule = "changed"

    def document(self) -> dict[str, Any]:
        """Say who and when."""
        sentence = f"{self.by} saved this model in the meantime, so your changes were not saved over theirs."
        return {"detail": sentence, "by": self.by, "at": self.at, "revision": self.revision}


@dataclass
class Undeployable(DesignerError):
    """The model has errors."""

    findings: Sequence[Finding] = field(default_factory=tuple)
    status = 422
    rule = "undeployable"

    def document(self) -> dict[str, Any]:
        """Hand the findings over with the sentence."""
        errors = sum(finding.severity == "error" for finding in self.findings)
        sentence = f"The model was not deployed: it has {errors} error{'' if errors == 1 else 's'}."
        return {"detail": sentence, "findings": self.findings}


class DesignerBackend(Protocol):
    """The host's side. It knows who is asking, and refuses with a :class:`DesignerError`."""

    def list_models(self, query: str) -> Sequence[ModelSummary]:
        """Return the models whose name has these words, last changed first."""

    def create_model(self, kind: Kind, name: str, source: str | None) -> Model:
        """Begin a model, from a source or from scratch."""

    def read_model(self, model_id: str) -> Model:
        """Return a model."""

    def save_model(self, model_id: str, source: str, revision: int, note: str = "") -> Model:
        """Keep a new source; ``Changed`` when ``revision`` is not the newest. A note makes it a version of its own."""

    def rename_model(self, model_id: str, name: str) -> Model:
        """Give a model another name."""

    def delete_model(self, model_id: str) -> None:
        """Remove a model with its versions; what is deployed stays."""

    def versions(self, model_id: str) -> Sequence[SavedVersion]:
        """Return the kept versions, newest first."""

    def read_version(self, model_id: str, number: int) -> str:
        """Return the source of a version."""

    def restore(self, model_id: str, number: int) -> Model:
        """Make an earlier version the newest again; nothing is lost by it."""

    def check(self, kind: Kind, source: str) -> Sequence[Finding]:
        """Say what is wrong with a model, and change nothing."""

    def take_over(self, source: str) -> Imported:
        """Convert a process of another tool, and draw it where it has no drawing."""

    def draw_anew(self, source: str) -> str:
        """Return a process with a fresh drawing."""

    def deploy(self, model_id: str, source: str) -> Deployed:
        """Make a numbered version of exactly this source; ``Undeployable`` when it has errors."""

    def start(self, model_id: str, variables: Mapping[str, Any], business_id: str) -> Started:
        """Start an instance of the model's newest deployed version."""

    def evaluate(self, expression: str, context: Mapping[str, Any]) -> Evaluated:
        """Try an expression."""

    def templates(self) -> Sequence[Mapping[str, Any]]:
        """Return the element templates of the installed connectors."""

    def links(self) -> Links:
        """Return what a model can refer to."""

    def form(self, form_id: str) -> Mapping[str, Any]:
        """Return the newest schema of a form, deployed or else drawn."""

    def example_variables(self, model_id: str) -> Mapping[str, Any]:
        """Return variables that earlier instances had, for completion; empty when there are none."""
