"""Work for workers: activate, complete, fail, throw, extend."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from orchestrator.domain.access import Principal
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.keys import Key
from orchestrator.domain.triggers import AdHocResult
from orchestrator.services.runtime import Runtime


def activate(
    rt: Runtime,
    who: Principal,
    *,
    type: str | Sequence[str],
    worker: str,
    timeout: timedelta,
    max_jobs: int = 1,
    fetch_variables: Sequence[str] = (),
    tenant_ids: Sequence[str] = (),
) -> list[ActivatedJob]:
    """Lease available jobs of these types; never blocks, may be empty."""
    raise NotImplementedError


def wait_for_work(rt: Runtime, types: Sequence[str], timeout: timedelta) -> bool:
    """Block until jobs of these types may be there or the time is over; only a hint, activate again either way."""
    raise NotImplementedError


def complete(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    variables: Mapping[str, Any] | None = None,
    ad_hoc: AdHocResult | None = None,
) -> None:
    """Hand a result to the instance. With a token: once, by that lease; the same token again is answered the same."""
    raise NotImplementedError


def fail(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    retries: int | None = None,
    message: str = "",
    back_off: timedelta | None = None,
    variables: Mapping[str, Any] | None = None,
) -> None:
    """Report a failed attempt; ``retries`` None counts down, 0 left is an incident, ``back_off`` None is computed."""
    raise NotImplementedError


def throw_error(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    code: str,
    message: str = "",
    variables: Mapping[str, Any] | None = None,
) -> None:
    """End the job with a BPMN error that the model may catch."""
    raise NotImplementedError


def escalate(
    rt: Runtime,
    who: Principal,
    job_key: Key,
    *,
    lease_token: str | None = None,
    code: str,
    variables: Mapping[str, Any] | None = None,
) -> None:
    """Raise an escalation from the job's element; the job goes on unless it is interrupted."""
    raise NotImplementedError


def update(
    rt: Runtime, who: Principal, job_key: Key, *, retries: int | None = None, timeout: timedelta | None = None
) -> None:
    """Change the retries left, or let the lease of an activated job end so much from now."""
    raise NotImplementedError


def heartbeat(rt: Runtime, who: Principal, job_key: Key, lease_token: str, extend: timedelta) -> bool:
    """Let the lease end so much from now; False when it is lost, so that the worker gives up."""
    raise NotImplementedError


def release(rt: Runtime, who: Principal, job_key: Key, lease_token: str) -> bool:
    """Give a leased job back untouched (a worker that shuts down); the attempt is not counted."""
    raise NotImplementedError
