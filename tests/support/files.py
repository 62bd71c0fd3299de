"""Model files in a few lines, and what a worker does with them, for tests that go through the services."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

from orchestrator.services import deployments, inbox, jobs, queries, timers
from orchestrator.services.deployments import Resource
from tests.support.houses import ADMIN, WORKER, House

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="t">'
)
ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def model(process_id: str, body: str, before: str = "") -> Resource:
    """A file with one process."""
    text = (
        f'{HEAD}{before}<process id="{process_id}" name="A process" isExecutable="true">{body}</process></definitions>'
    )
    return Resource(name=f"{process_id}.bpmn", content=text.encode())


def chain(*names: str) -> str:
    """Flows from each to the next."""
    return "".join(
        f'<sequenceFlow id="{one}-{two}" sourceRef="{one}" targetRef="{two}"/>' for one, two in pairwise(names)
    )


def task(name: str, extension: str = "", kind: str = "serviceTask", more: str = "") -> str:
    """An element with extension elements."""
    return f'<{kind} id="{name}" name="{name}!"><extensionElements>{extension}</extensionElements>{more}</{kind}>'


def service(name: str, kind: str, retries: int = 3) -> str:
    """A service task."""
    return task(name, f'<zeebe:taskDefinition type="{kind}" retries="{retries}"/>')


def user(name: str) -> str:
    """A user task."""
    return task(name, "<zeebe:userTask/>", "userTask")


def call(name: str, process_id: str) -> str:
    """A call activity."""
    return task(
        name, f'<zeebe:calledElement processId="{process_id}" propagateAllChildVariables="true"/>', "callActivity"
    )


def line(process_id: str, *kinds: str) -> Resource:
    """A process of service tasks a, b, c … of these job types, one after another."""
    names = [chr(ord("a") + number) for number in range(len(kinds))]
    body = ENDS + "".join(service(name, kind) for name, kind in zip(names, kinds, strict=True))
    return model(process_id, body + chain("s", *names, "e"))


def deploy(house: House, *resources: Resource) -> Any:
    """Deploy files; return the key of the first process."""
    return deployments.deploy(house.rt, ADMIN, resources).processes[0].definition_key


def claim(house: House, kind: str, count: int = 1) -> list[Any]:
    """Lease jobs, by a process that remembers nothing."""
    house.reopen()
    return jobs.activate(house.rt, WORKER, type=kind, worker="w", timeout=timedelta(minutes=1), max_jobs=count)


def complete(house: House, kind: str, **values: Any) -> Any:
    """Do the next job of a type."""
    (job,) = claim(house, kind)
    jobs.complete(house.rt, WORKER, job.key, lease_token=job.lease_token, variables=values)
    return job


def settle(house: House) -> None:
    """Do what the ticks do until nothing is left to do."""
    while timers.fire_due(house.rt) or inbox.drain(house.rt):
        pass


def row(house: House, key: int) -> dict[str, Any]:
    """An instance's row."""
    return queries.get(house.rt, ADMIN, "instances", key)


def at(house: House, key: int) -> list[str]:
    """The elements that are active in an instance."""
    wanted = {"instance_key": key, "status": "ACTIVE"}
    return sorted(
        each["element_id"] for each in queries.search(house.rt, ADMIN, "element_instances", filter=wanted).items
    )


def audited(house: House, key: int) -> list[tuple[str, Any]]:
    """What the audit log tells about something: action and details."""
    found = queries.search(house.rt, ADMIN, "audit", filter={"resource": str(key)}, sort=[("sequence", "asc")])
    return [(each["action"], each["details"]) for each in found.items]
