"""Work asked of workers: for an element itself, for its listeners, for an ad-hoc sub-process."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson

from orchestrator.domain.records import JobCreated
from orchestrator.engine import evaluation, waits
from orchestrator.engine.model import JobDefinition, Listener
from orchestrator.engine.scopes import scope_keys
from orchestrator.engine.waits import Wait, WaitKind

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance

ELEMENT, EXECUTION_LISTENER, TASK_LISTENER, AD_HOC = (
    "BPMN_ELEMENT",
    "EXECUTION_LISTENER",
    "TASK_LISTENER",
    "AD_HOC_SUB_PROCESS",
)
"""What a job is for, in Camunda's words."""


def open_job(
    task: "ElementInstance",
    work: JobDefinition | Listener,
    *,
    kind: str = ELEMENT,
    listener_event: str | None = None,
    generation: int = 1,
    within: "ElementInstance | None" = None,
) -> Wait:
    """Ask for work; the element waits for it under the job's key. Its variables are seen from ``within``."""
    node = task.task_spec.node
    type_ = evaluation.name(task, work.type, f"job type of '{node.id}'")
    retries = evaluation.integer(task, work.retries, f"retries of '{node.id}'")
    priority = getattr(work, "priority", None)
    wanted = (
        0 if priority is None else evaluation.integer(task, priority, f"job priority of '{node.id}'", least=-(2**31))
    )
    wait = waits.opened(task, WaitKind.JOB, task.task_spec, kind=kind)
    task.workflow.records.append(
        JobCreated(
            instance_key=task.root.id,
            job_key=wait.key,
            element_instance_key=task.stands_for,
            element_id=node.id,
            type=type_,
            retries=retries,
            headers=_headers(task, work) if kind == ELEMENT and node.resources else work.headers,
            scopes=scope_keys(within or task),
            kind=kind,
            listener_event=listener_event,
            priority=wanted,
            generation=generation,
        )
    )
    return wait


def _headers(task: "ElementInstance", work: JobDefinition | Listener) -> Mapping[str, str]:
    """Return the headers, with the files that the model links to the job, as Camunda passes them."""
    linked = [
        {
            "resourceId": evaluation.name(task, each.resource_id, f"linked resource of '{task.task_spec.node.id}'"),
            "resourceType": each.resource_type,
            "linkName": each.link_name,
            "bindingType": each.binding,
            "versionTag": each.version_tag,
        }
        for each in task.task_spec.node.resources
    ]
    return {**work.headers, "linkedResources": orjson.dumps(linked).decode()}


def close_jobs(task: "ElementInstance") -> None:
    """Take back what has been asked for and is not done."""
    for wait in [wait for wait in task.waits.values() if wait.kind is WaitKind.JOB]:
        waits.close(wait)
