"""Check models and make numbered versions of them, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.finding import Finding
from orchestrator.domain.keys import Key
from orchestrator.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A file that is handed over: ``.bpmn``, ``.dmn`` or ``.form``."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedProcess:
    """A version of a process; an unchanged file keeps its version."""

    definition_key: Key
    process_id: str
    version: int
    name: str | None
    version_tag: str | None
    resource_name: str
    tenant: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedDecision:
    """A version of a decision."""

    decision_key: Key
    decision_id: str
    version: int
    name: str | None
    requirements_key: Key
    requirements_id: str
    resource_name: str
    tenant: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedForm:
    """A version of a form."""

    form_key: Key
    form_id: str
    version: int
    resource_name: str
    tenant: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What became of the files."""

    key: Key
    tenant: str
    deployed_at: datetime
    processes: Sequence[DeployedProcess] = ()
    decisions: Sequence[DeployedDecision] = ()
    forms: Sequence[DeployedForm] = ()
    findings: Sequence[Finding] = ()  #: warnings; errors are refused


def check(rt: Runtime, resources: Sequence[Resource]) -> tuple[Finding, ...]:
    """Say what is wrong with these files, and change nothing."""
    raise NotImplementedError


def deploy(rt: Runtime, who: Principal, resources: Sequence[Resource]) -> Deployment:
    """Make versions of all files or of none; raises ``InvalidModel`` with the findings."""
    raise NotImplementedError


def source(rt: Runtime, who: Principal, definition_key: Key) -> bytes:
    """Return the deployed file of a process definition."""
    raise NotImplementedError


def decision_source(rt: Runtime, who: Principal, decision_key: Key) -> bytes:
    """Return the deployed DMN file of a decision."""
    raise NotImplementedError


def form(rt: Runtime, who: Principal, form_id: str | Key) -> dict[str, Any]:
    """Return a form: form_key, form_id, version, schema; by key, or the newest by id."""
    raise NotImplementedError


def start_form(rt: Runtime, who: Principal, definition_key: Key) -> dict[str, Any] | None:
    """Return the form of the none start event, where it has one."""
    raise NotImplementedError


def delete(rt: Runtime, who: Principal, key: Key) -> None:
    """Withdraw a definition that has no active instances; its history stays readable."""
    raise NotImplementedError
