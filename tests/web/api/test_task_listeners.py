"""Task listeners over HTTP: asked, denied, corrected, as Camunda's workers do it."""

import pytest

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' targetNamespace="t"><process id="p" isExecutable="true"><startEvent id="s"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
)
EVENTS = ("creating", "assigning", "updating", "completing", "canceling")


@pytest.fixture
def begun(admin):
    """An instance with a user task that has a listener for everything; the one for creating has answered."""
    listeners = "".join(f'<zeebe:taskListener eventType="{event}" type="{event}"/>' for event in EVENTS)
    body = f"<extensionElements><zeebe:userTask/><zeebe:taskListeners>{listeners}</zeebe:taskListeners>"
    model = f'{HEAD}<userTask id="a">{body}</extensionElements></userTask></process></definitions>'
    assert admin.deploy(("p.bpmn", model)).status_code == 200
    key = admin.post("/process-instances", {"processDefinitionId": "p"}).json["processInstanceKey"]
    answer(admin, "creating", corrections={"candidateGroups": ["team"], "priority": 70})
    return key


def answer(admin, event, status=204, **result):
    asked = {"type": event, "worker": "w", "timeout": 60000, "maxJobsToActivate": 1}
    (job,) = admin.post("/jobs/activation", asked).json["jobs"]
    assert (job["kind"], job["listenerEventType"]) == ("TASK_LISTENER", event.upper())
    body = {"result": {"type": "userTask", **result}}
    assert admin.post(f"/jobs/{job['jobKey']}/completion", body).status_code == status
    return job


def task_of(admin):
    (found,) = admin.post("/user-tasks/search", {}).json["items"]
    return found


def test_a_listener_corrects_what_the_model_says(admin, begun):
    found = task_of(admin)

    assert (found["candidateGroups"], found["priority"], found["state"]) == (["team"], 70, "CREATED")


def test_an_assignment_waits_for_its_listener_which_may_deny_it(admin, begun):
    path = f"/user-tasks/{task_of(admin)['userTaskKey']}/assignment"
    assert admin.post(path, {"assignee": "ada"}).status_code == 204
    assert task_of(admin)["assignee"] is None
    assert admin.post(path, {"assignee": "bob"}).status_code == 409

    answer(admin, "assigning", denied=True, deniedReason="on leave")
    assert task_of(admin)["assignee"] is None

    assert admin.post(path, {"assignee": "bob"}).status_code == 204
    answer(admin, "assigning", corrections={"dueDate": "2030-01-01T00:00:00Z"})
    found = task_of(admin)
    assert (found["assignee"], found["dueDate"][:10]) == ("bob", "2030-01-01")


def test_an_update_is_made_when_its_listener_has_answered(admin, begun):
    path = f"/user-tasks/{task_of(admin)['userTaskKey']}"
    assert admin("PATCH", f"/v2{path}", {"changeset": {"candidateUsers": ["mia"]}}).status_code == 204
    assert task_of(admin)["candidateUsers"] == []

    answer(admin, "updating", corrections={"priority": 10, "candidateGroups": []})

    found = task_of(admin)
    assert (found["candidateUsers"], found["candidateGroups"], found["priority"]) == (["mia"], [], 10)


def test_completing_shows_the_result_and_is_remembered_as_the_persons(admin, begun):
    path = f"/user-tasks/{task_of(admin)['userTaskKey']}/completion"
    assert admin.post(path, {"variables": {"sum": 3}}).status_code == 204
    job = answer(admin, "completing", denied=True)
    assert job["variables"] == {"sum": 3}
    assert task_of(admin)["state"] == "CREATED"

    assert admin.post(path, {"variables": {"sum": 5}}).status_code == 204
    answer(admin, "completing")

    assert task_of(admin)["state"] == "COMPLETED"
    assert admin.get(f"/process-instances/{begun}").json["state"] == "COMPLETED"


def test_a_cancelled_instance_ends_when_the_listener_has_been_told(admin, begun):
    assert admin.post(f"/process-instances/{begun}/cancellation").status_code == 204
    assert admin.get(f"/process-instances/{begun}").json["state"] == "ACTIVE"

    answer(admin, "canceling", status=409, denied=True)


def test_what_no_task_can_have_is_refused(admin, begun):
    admin.post(f"/user-tasks/{task_of(admin)['userTaskKey']}/assignment", {"assignee": "ada"})

    answer(admin, "assigning", status=400, corrections={"priority": 101})
