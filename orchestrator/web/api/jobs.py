"""Jobs: activate with long polling, complete, fail, throw, update, search."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field as Limit

from orchestrator.domain.errors import Invalid
from orchestrator.domain.job import ActivatedJob
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.domain.triggers import AdHocActivation, AdHocResult, TaskAnswer
from orchestrator.services import jobs, queries
from orchestrator.web.api.tenants import own_tenant_among
from orchestrator.web.api.user_tasks import Corrections, changed
from orchestrator.web.bodies import Body, Name, Variables
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.waiting import place
from orchestrator.web.wire import FLAG, HEADERS, MILLIS, MOMENT, NOTHING, NUMBER, TEXT, VARIABLES, ListOf, Word, same

resource = Resource("jobs", "Job")

DEFAULT_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=1)
LONGEST_LEASE = timedelta(days=7)

JOB_KINDS = Word(same("BPMN_ELEMENT", "EXECUTION_LISTENER", "TASK_LISTENER", "AD_HOC_SUB_PROCESS"))
LISTENER_EVENTS = Word(
    same("START", "END", "CREATING", "ASSIGNING", "UPDATING", "COMPLETING", "CANCELING", "CANCEL", "BEFORE_ALL"),
    fallback="UNSPECIFIED",
)

ACTIVATED = Shape(
    "ActivatedJob",
    [
        Field("type", "type"),
        Field("processDefinitionId", "process_id"),
        Field("processDefinitionVersion", "version", NUMBER),
        Field("elementId", "element_id"),
        Field("customHeaders", "headers", HEADERS),
        Field("worker", "worker"),
        Field("retries", "retries", NUMBER),
        Field("deadline", "deadline", MILLIS),
        Field("variables", "variables", VARIABLES),
        Field("tenantId", "tenant"),
        Field("physicalTenantId", "tenant"),
        key("jobKey", "key"),
        key("processInstanceKey", "instance_key"),
        key("processDefinitionKey", "definition_key"),
        key("elementInstanceKey", "element_instance_key"),
        Field("kind", "kind", JOB_KINDS),
        Field("listenerEventType", "listener_event", LISTENER_EVENTS, fallback="UNSPECIFIED"),
        Field("userTask", "user_task", NOTHING, nullable=True),
        Field("tags", "tags", ListOf(TEXT), fallback=()),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        Field("businessId", "business_id", nullable=True),
        Field("priority", "priority", NUMBER),
        Field("jobLeaseToken", "shown_lease_token", nullable=True),
    ],
)
ACTIVATION = Shape("ActivatedJobs", [Field("jobs", "jobs", ListOf(Inner(ACTIVATED)))])


def _deadline(row: Mapping[str, Any]) -> datetime | None:
    """Return until when the job is leased: from then on it can be claimed again."""
    return row["claimable_at"] if row["status"] == "ACTIVATED" else None


JOB = Shape(
    "Job",
    [
        Field("customHeaders", "headers", HEADERS, fallback={}),
        Field("deadline", _deadline, MOMENT, nullable=True, column="claimable_at"),
        Field("deniedReason", "denied_reason", nullable=True, filter=False, sort=False),
        Field("elementId", "element_id", nullable=True),
        key("elementInstanceKey", "element_instance_key"),
        Field("endTime", "ended_at", MOMENT, nullable=True),
        Field("errorCode", "error_code", nullable=True),
        Field("errorMessage", "error_message", nullable=True),
        Field(
            "hasFailedWithRetriesLeft",
            lambda row: row["status"] == "AVAILABLE" and row["attempt"] > 0 and bool(row["error_message"]),
            FLAG,
        ),
        Field("isDenied", "is_denied", FLAG, nullable=True, filter=False, sort=False),
        key("jobKey", "job_key"),
        Field("kind", "kind", JOB_KINDS),
        Field("listenerEventType", "listener_event", LISTENER_EVENTS, fallback="UNSPECIFIED"),
        Field("processDefinitionId", "process_id", nullable=True),
        key("processDefinitionKey", "definition_key", nullable=True),
        key("processInstanceKey", "instance_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        Field("businessId", "business_id", nullable=True, filter=False, sort=False),
        Field("retries", "retries", NUMBER),
        Field(
            "state",
            "status",
            Word(
                {
                    "AVAILABLE": "CREATED",
                    "ACTIVATED": "CREATED",
                    "FAILED": "FAILED",
                    "COMPLETED": "COMPLETED",
                    "ERROR_THROWN": "ERROR_THROWN",
                    "CANCELLED": "CANCELED",
                },
                others=("TIMED_OUT", "RETRIES_UPDATED", "TIMEOUT_UPDATED", "PRIORITY_UPDATED", "MIGRATED"),
            ),
        ),
        Field("tenantId", "tenant"),
        Field("type", "type"),
        Field("worker", "worker", fallback=""),
        Field("creationTime", "created_at", MOMENT, nullable=True),
        Field("lastUpdateTime", "updated_at", MOMENT, nullable=True, filter=False, sort=False),
        Field("priority", "priority", NUMBER),
    ],
    noun="jobs",
)

Milliseconds = Annotated[int, Limit(ge=1, le=LONGEST_LEASE // timedelta(milliseconds=1))]


class Activate(Body):
    """Which jobs, how many, for how long."""

    type: Name
    timeout: Milliseconds
    max_jobs_to_activate: Annotated[int, Limit(ge=1, le=10_000)]
    worker: str | None = None
    fetch_variable: list[str] | None = None
    request_timeout: int | None = None
    tenant_ids: list[str] | None = None
    tenant_filter: Literal["PROVIDED", "ASSIGNED"] | None = None
    with_lease: bool | None = None


@resource.post("/jobs/activation", answers=ACTIVATION, also=(429,))
def activate_jobs(call: Call, body: Activate) -> dict[str, Any]:
    """Lease jobs to a worker.

    Waits up to ``requestTimeout`` milliseconds for work (0: the default of 10 seconds; negative: not at all).
    ``withLease`` shows the lease's token; a report that carries it is refused once the lease is another's.
    """
    found = _activate(call, body)
    if not found and (wait := _wait(body.request_timeout)):
        found = _poll(call, body, wait)
    return {"jobs": [_shown(job, token=bool(body.with_lease)) for job in found]}


def _activate(call: Call, body: Activate) -> Sequence[ActivatedJob]:
    if body.tenant_filter != "ASSIGNED" and not own_tenant_among(call.who, body.tenant_ids or ()):
        return []
    return jobs.activate(
        call.rt,
        call.who,
        type=body.type,
        worker=body.worker or call.who.id,
        timeout=timedelta(milliseconds=body.timeout),
        max_jobs=body.max_jobs_to_activate,
        fetch_variables=body.fetch_variable or (),
    )


def _wait(milliseconds: int | None) -> timedelta:
    if milliseconds is None or milliseconds == 0:
        return DEFAULT_WAIT
    return min(timedelta(milliseconds=min(max(milliseconds, 0), 10**9)), LONGEST_WAIT)


def _poll(call: Call, body: Activate, wait: timedelta) -> Sequence[ActivatedJob]:
    """Look again whenever there may be work, until there is or the time is over."""
    ends_at = call.rt.monotonic() + wait.total_seconds()
    with place():
        while (left := ends_at - call.rt.monotonic()) > 0:
            jobs.wait_for_work(call.rt, [body.type], timedelta(seconds=left))
            if found := _activate(call, body):
                return found
    return []


def _shown(job: ActivatedJob, *, token: bool) -> dict[str, Any]:
    fields = {name: getattr(job, name) for name in ActivatedJob.__dataclass_fields__}
    return {**fields, "shown_lease_token": job.lease_token if token else None}


class ActivateElement(Body):
    """An inner element that the worker of an ad-hoc sub-process wants."""

    element_id: Name
    variables: Variables | None = None


class JobResult(Body):
    """What the worker decided besides the variables."""

    type: Literal["adHocSubProcess", "userTask"] | None = None
    activate_elements: list[ActivateElement] | None = None
    is_completion_condition_fulfilled: bool | None = None
    is_cancel_remaining_instances: bool | None = None
    denied: bool | None = None
    denied_reason: str | None = None
    corrections: Corrections | None = None


class CompleteJob(Body):
    """The result."""

    variables: Variables | None = None
    result: JobResult | None = None
    job_lease_token: str | None = None
    business_id: str | None = None


@resource.post("/jobs/{jobKey}/completion", also=(409,))
def complete_job(call: Call, job_key: Key, body: CompleteJob) -> None:
    """Complete a job with its result."""
    jobs.complete(
        call.rt,
        call.who,
        job_key,
        lease_token=body.job_lease_token,
        variables=body.variables or {},
        ad_hoc=_ad_hoc(body.result),
        answer=_answer(body.result),
    )


def _ad_hoc(result: JobResult | None) -> AdHocResult | None:
    if result is None or result.type == "userTask":
        return None
    return AdHocResult(
        activate=[
            AdHocActivation(element_id=one.element_id, variables=one.variables or {})
            for one in result.activate_elements or ()
        ],
        fulfilled=bool(result.is_completion_condition_fulfilled),
        cancel_remaining=bool(result.is_cancel_remaining_instances),
    )


def _answer(result: JobResult | None) -> TaskAnswer | None:
    """Return what a task listener says to what it was asked about."""
    if result is None or result.type == "adHocSubProcess":
        return None
    return TaskAnswer(
        denied=bool(result.denied),
        reason=result.denied_reason or "",
        corrections=changed(result.corrections) if result.corrections is not None else {},
    )


class FailJob(Body):
    """What went wrong, and how many tries are left."""

    retries: Annotated[int, Limit(ge=0)] | None = None
    error_message: str | None = None
    retry_back_off: Annotated[int, Limit(ge=0, le=LONGEST_LEASE // timedelta(milliseconds=1))] | None = None
    variables: Variables | None = None
    job_lease_token: str | None = None


@resource.post("/jobs/{jobKey}/failure", also=(409,))
def fail_job(call: Call, job_key: Key, body: FailJob) -> None:
    """Report a failed attempt.

    Without ``retries`` none is left, as with Camunda, and the instance gets an incident.
    """
    jobs.fail(
        call.rt,
        call.who,
        job_key,
        lease_token=body.job_lease_token,
        retries=body.retries or 0,
        message=body.error_message or "",
        back_off=timedelta(milliseconds=body.retry_back_off or 0),
        variables=body.variables or {},
    )


class ThrowError(Body):
    """The code of the BPMN error."""

    error_code: Name
    error_message: str | None = None
    variables: Variables | None = None
    job_lease_token: str | None = None


@resource.post("/jobs/{jobKey}/error", also=(409,))
def throw_job_error(call: Call, job_key: Key, body: ThrowError) -> None:
    """End a job with a BPMN error that the model may catch."""
    jobs.throw_error(
        call.rt,
        call.who,
        job_key,
        lease_token=body.job_lease_token,
        code=body.error_code,
        message=body.error_message or "",
        variables=body.variables or {},
    )


class JobChangeset(Body):
    """What to change."""

    retries: Annotated[int, Limit(ge=1)] | None = None
    timeout: Milliseconds | None = None
    priority: int | None = None


class UpdateJob(Body):
    """What to change about a job."""

    changeset: JobChangeset
    operation_reference: int | None = None
    job_lease_token: str | None = None


@resource.patch("/jobs/{jobKey}", also=(409,))
def update_job(call: Call, job_key: Key, body: UpdateJob) -> None:
    """Change the retries of a job, or how long its lease lasts from now."""
    changes = body.changeset
    if changes.priority is not None:
        raise Invalid("The priority of a job is the model's; changing it is not supported.")
    if changes.retries is None and changes.timeout is None:
        raise Invalid("changeset is empty: give retries or timeout.")
    timeout = None if changes.timeout is None else timedelta(milliseconds=changes.timeout)
    jobs.update(call.rt, call.who, job_key, retries=changes.retries, timeout=timeout)


@resource.search("/jobs/search", JOB)
def search_jobs(call: Call, search: Search) -> Page:
    """Search jobs."""
    return queries.search(call.rt, call.who, "jobs", filter=search.filter, sort=search.sort, page=search.page)
