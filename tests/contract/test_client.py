"""The official Python client against a live server: deploy, start, work, talk, search, repair."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaAsyncClient, CamundaClient, errors, models
from camunda_orchestration_sdk.runtime.job_worker import WorkerConfig

from orchestrator.domain.access import SYSTEM
from orchestrator.services import tokens
from tests.contract.conftest import Server
from tests.web.api import models as bpmn


def deploy(client: CamundaClient, folder: Path, *sources: str, name: str = "model") -> Any:
    files = []
    for number, source in enumerate(sources):
        file = folder / f"{name}{number}.bpmn"
        file.write_text(source)
        files.append(file)
    return client.deploy_resources_from_files(files)


def creation(process_id: str, **options: Any) -> Any:
    variables = options.pop("variables", None)
    if variables is not None:
        options["variables"] = models.ProcessInstanceCreationInstructionBaseVariables.from_dict(variables)
    return models.ProcessCreationById(process_definition_id=process_id, **options)


def start(client: CamundaClient, process_id: str, **options: Any) -> Any:
    return client.create_process_instance(data=creation(process_id, **options))


def activate(client: CamundaClient, job_type: str = "work", **options: Any) -> list[Any]:
    options = {"timeout": 60_000, "max_jobs_to_activate": 10, "request_timeout": -1, "worker": "w"} | options
    return client.activate_jobs(data=models.JobActivationRequest(type_=job_type, **options)).jobs


def instance(client: CamundaClient, key: str) -> Any:
    return client.get_process_instance(key, consistency=None)


def state(client: CamundaClient, key: str) -> str:
    return str(instance(client, key).state.value)


def test_it_says_who_and_what_it_is(client: CamundaClient) -> None:
    topology = client.get_topology()
    me = client.get_authentication()

    assert topology.brokers[0].partitions[0].health.value == "healthy"
    assert topology.gateway_version.startswith("8.")
    assert str(me.username) == "admin"
    assert client.get_license().valid_license
    client.get_status()


def test_wrong_credentials_are_its_unauthorized_error(configuration: dict[str, Any]) -> None:
    wrong = {**configuration, "CAMUNDA_BASIC_AUTH_PASSWORD": "wrong", "CAMUNDA_BASIC_AUTH_USERNAME": "somebody"}

    with CamundaClient(configuration=wrong) as client, pytest.raises(errors.UnauthorizedError):
        client.get_topology()


def test_the_audit_log_says_who_deployed_and_made_a_token(
    client: CamundaClient, server: Server, tmp_path: Path
) -> None:
    deployed = deploy(client, tmp_path, bpmn.WORK)
    _, token = tokens.create(server.rt, SYSTEM, name="for the log", roles=["viewer"])

    found = client.search_audit_logs(data=models.AuditLogSearchQueryRequest(), consistency=None).items

    by_key = {str(entry.entity_key): entry for entry in found}
    made = by_key[str(token.key)]
    assert (made.entity_type.value, made.operation_type.value, made.category.value) == ("CLIENT", "CREATE", "ADMIN")
    entry = by_key[str(deployed.deployment_key)]
    assert (entry.entity_type.value, str(entry.actor_id)) == ("RESOURCE", "admin")
    assert str(client.get_audit_log(entry.audit_log_key, consistency=None).deployment_key) == entry.entity_key


def test_oauth_client_credentials_work(server: Server, configuration: dict[str, Any]) -> None:
    text, _ = tokens.create(server.rt, SYSTEM, name="robot", roles=["viewer"])
    oauth = {
        "CAMUNDA_REST_ADDRESS": server.url,
        "CAMUNDA_AUTH_STRATEGY": "OAUTH",
        "CAMUNDA_OAUTH_URL": f"{server.url}/oauth/token",
        "CAMUNDA_CLIENT_ID": "robot",
        "CAMUNDA_CLIENT_SECRET": text,
        "CAMUNDA_TOKEN_AUDIENCE": "baton",
        "CAMUNDA_TOKEN_DISK_CACHE_DISABLE": True,
        "CAMUNDA_SDK_LOG_LEVEL": "silent",
    }

    with CamundaClient(configuration=oauth) as client:
        assert client.get_authentication().roles == ["viewer"]


def test_models_are_deployed_and_read_back(client: CamundaClient, tmp_path: Path) -> None:
    first = deploy(client, tmp_path, bpmn.WORK)
    again = deploy(client, tmp_path, bpmn.WORK)
    changed = deploy(client, tmp_path, bpmn.WORK.replace("A small one", "A changed one"))

    made = first.processes[0]
    assert str(made.process_definition_id) == "small"
    assert again.processes[0].process_definition_key == made.process_definition_key
    assert changed.processes[0].process_definition_version == made.process_definition_version + 1
    assert client.get_process_definition(made.process_definition_key).name == "A small one"
    assert client.get_process_definition_xml(made.process_definition_key) == bpmn.WORK
    newest = client.search_process_definitions(
        data=models.ProcessDefinitionSearchQuery.from_dict(
            {"filter": {"processDefinitionId": "small", "isLatestVersion": True}}
        )
    )
    assert [item.process_definition_key for item in newest.items] == [changed.processes[0].process_definition_key]


def test_a_broken_model_is_its_bad_request_error_and_nothing_is_deployed(client: CamundaClient, tmp_path: Path) -> None:
    with pytest.raises(errors.BadRequestError) as refusal:
        deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.END), "whole"), bpmn.BROKEN)

    assert "nowhere" in str(refusal.value.content)
    found = client.search_process_definitions(
        data=models.ProcessDefinitionSearchQuery.from_dict({"filter": {"processDefinitionId": "whole"}})
    )
    assert found.items == []


def test_an_instance_is_started_and_its_end_awaited(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.SCRIPT)

    done = start(
        client,
        "doubling",
        variables={"n": 21},
        await_completion=True,
        request_timeout=20_000,
        fetch_variables=["twice"],
    )

    assert done.variables.to_dict() == {"twice": 42}
    assert state(client, done.process_instance_key) == "COMPLETED"


def test_awaiting_too_long_is_its_gateway_timeout_and_the_instance_goes_on(
    client: CamundaClient, tmp_path: Path
) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "never"), bpmn.END), "waiting"))

    with pytest.raises(errors.GatewayTimeoutError):
        start(client, "waiting", await_completion=True, request_timeout=50)

    found = client.search_process_instances(
        data=models.ProcessInstanceSearchQuery.from_dict({"filter": {"processDefinitionId": "waiting"}})
    )
    assert [item.state.value for item in found.items] == ["ACTIVE"]


def test_jobs_are_activated_and_completed(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task(), bpmn.END), "doing"))
    key = start(client, "doing", variables={"n": 1, "m": 2}, tags=["urgent"]).process_instance_key

    [job] = activate(client, fetch_variable=["n"])
    client.complete_job(
        job.job_key, data=models.JobCompletionRequest.from_dict({"variables": {"done": True, "text": "ä😀"}})
    )

    assert job.variables.to_dict() == {"n": 1}
    assert job.custom_headers.to_dict() == {"colour": "blue"}
    assert (job.type_, str(job.element_id), job.retries, job.worker) == ("work", "work", 3, "w")
    assert job.deadline > datetime.now(UTC).timestamp() * 1000
    assert state(client, key) == "COMPLETED"
    values = client.search_variables(
        data=models.VariableSearchQuery.from_dict(
            {"filter": {"processInstanceKey": str(key)}, "sort": [{"field": "name"}]}
        )
    )
    assert [(item.name, item.value) for item in values.items] == [
        ("done", "true"),
        ("m", "2"),
        ("n", "1"),
        ("text", '"ä😀"'),
    ]
    assert client.get_variable(values.items[0].variable_key).value == "true"


def test_completing_twice_is_its_conflict_or_not_found(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "twice"), bpmn.END), "twice"))
    start(client, "twice")
    [job] = activate(client, "twice")
    client.complete_job(job.job_key)

    with pytest.raises((errors.ConflictError, errors.NotFoundError)):
        client.complete_job(job.job_key)


def test_a_lease_token_fences_a_late_worker(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "fenced"), bpmn.END), "fenced"))
    key = start(client, "fenced").process_instance_key
    [late] = activate(client, "fenced", with_lease=True)
    client.fail_job(late.job_key, data=models.JobFailRequest(retries=2, job_lease_token=late.job_lease_token))
    [now] = activate(client, "fenced", with_lease=True)

    with pytest.raises(errors.ConflictError):
        client.complete_job(late.job_key, data=models.JobCompletionRequest(job_lease_token=late.job_lease_token))
    client.complete_job(now.job_key, data=models.JobCompletionRequest(job_lease_token=now.job_lease_token))

    assert state(client, key) == "COMPLETED"


def test_no_retries_left_is_an_incident_that_can_be_resolved(client: CamundaClient, tmp_path: Path) -> None:
    deploy(
        client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "failing"), bpmn.END), "failing")
    )
    key = start(client, "failing").process_instance_key
    [job] = activate(client, "failing")

    client.fail_job(job.job_key, data=models.JobFailRequest(retries=0, error_message="the far side is away"))

    query = models.IncidentSearchQuery.from_dict({"filter": {"processInstanceKey": str(key), "state": "ACTIVE"}})
    [incident] = client.search_incidents(data=query).items
    assert incident.error_type.value == "JOB_NO_RETRIES"
    assert "the far side is away" in incident.error_message
    assert incident.job_key == job.job_key
    assert instance(client, key).has_incident
    assert client.search_process_instance_incidents(key).items[0].incident_key == incident.incident_key
    client.update_job(job.job_key, data=models.JobUpdateRequest.from_dict({"changeset": {"retries": 1}}))
    client.resolve_incident(incident.incident_key)
    [again] = activate(client, "failing")
    client.complete_job(again.job_key)
    assert client.search_incidents(data=query).items == []
    assert client.get_incident(incident.incident_key).state.value == "RESOLVED"
    assert state(client, key) == "COMPLETED"


def test_a_bpmn_error_is_caught_by_the_model(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.CATCHING.replace('type="work"', 'type="throwing"'))
    key = start(client, "catching").process_instance_key
    [job] = activate(client, "throwing")

    client.throw_job_error(job.job_key, data=models.JobErrorRequest(error_code="sold-out", error_message="none left"))

    assert state(client, key) == "COMPLETED"
    ended = client.search_element_instances(
        data=models.ElementInstanceSearchQuery.from_dict(
            {"filter": {"processInstanceKey": str(key), "type": "END_EVENT"}}
        )
    )
    assert [str(item.element_id) for item in ended.items] == ["sorry"]


def test_its_job_worker_does_the_work(client: CamundaClient, configuration: dict[str, Any], tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "adding"), bpmn.END), "adding"))

    async def add(job: Any) -> dict[str, Any]:
        return {"sum": job.variables.to_dict()["n"] + 1}

    async def work() -> Any:
        config = WorkerConfig(job_type="adding", job_timeout_milliseconds=30_000, request_timeout_milliseconds=5_000)
        async with CamundaAsyncClient(configuration=configuration) as working:
            worker = working.create_job_worker(config, add, execution_strategy="async")
            try:
                return await working.create_process_instance(
                    data=creation("adding", variables={"n": 4}, await_completion=True, request_timeout=30_000)
                )
            finally:
                worker.stop()

    done = asyncio.run(work())

    assert done.variables.to_dict()["sum"] == 5


def test_a_waiting_worker_is_woken_by_new_work(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "waking"), bpmn.END), "waking"))
    found: list[Any] = []
    waiting = Thread(target=lambda: found.extend(activate(client, "waking", request_timeout=30_000)))

    waiting.start()
    start(client, "waking")
    waiting.join(20)

    assert [job.type_ for job in found] == ["waking"]


def test_a_published_message_reaches_who_waits_for_it(client: CamundaClient, server: Server, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.MESSAGE)
    key = start(client, "paying", variables={"orderId": "o-1"}).process_instance_key
    query = models.MessageSubscriptionSearchQuery.from_dict({"filter": {"processInstanceKey": str(key)}})
    [waiting] = client.search_message_subscriptions(data=query).items

    published = client.publish_message(
        data=models.MessagePublicationRequest.from_dict(
            {"name": "payment", "correlationKey": "o-1", "timeToLive": 1000, "variables": {"paid": 12.5}}
        )
    )
    server.settle()

    assert published.message_key
    assert (waiting.message_name, waiting.correlation_key) == ("payment", "o-1")
    assert state(client, key) == "COMPLETED"


def test_a_message_may_come_before_who_waits_for_it_and_is_taken_once(
    client: CamundaClient, server: Server, tmp_path: Path
) -> None:
    deploy(client, tmp_path, bpmn.MESSAGE)
    body = {"name": "payment", "correlationKey": "o-2", "timeToLive": 60_000, "messageId": "m-1"}
    first = client.publish_message(data=models.MessagePublicationRequest.from_dict(body))
    again = client.publish_message(data=models.MessagePublicationRequest.from_dict(body))

    key = start(client, "paying", variables={"orderId": "o-2"}).process_instance_key
    server.settle()

    assert again.message_key == first.message_key
    assert state(client, key) == "COMPLETED"


def test_a_correlated_message_names_its_receiver_or_finds_none(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.MESSAGE)
    key = start(client, "paying", variables={"orderId": "o-3"}).process_instance_key

    taken = client.correlate_message(data=models.MessageCorrelationRequest(name="payment", correlation_key="o-3"))

    assert taken.process_instance_key == key
    with pytest.raises(errors.NotFoundError):
        client.correlate_message(data=models.MessageCorrelationRequest(name="payment", correlation_key="o-3"))


def test_a_signal_reaches_everybody(client: CamundaClient, server: Server, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.SIGNAL)
    keys = [start(client, "opening").process_instance_key for _ in range(2)]

    sent = client.broadcast_signal(data=models.SignalBroadcastRequest(signal_name="open"))
    server.settle()

    assert sent.signal_key
    assert [state(client, key) for key in keys] == ["COMPLETED", "COMPLETED"]


def task_of(client: CamundaClient, key: str) -> Any:
    query = models.UserTaskSearchQuery.from_dict({"filter": {"processInstanceKey": str(key)}})
    [task] = client.search_user_tasks(data=query).items
    return task


def test_user_tasks_are_found_assigned_and_completed(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.APPROVAL)
    key = start(client, "approval", variables={"amount": 10}).process_instance_key
    task = task_of(client, key)

    client.assign_user_task(task.user_task_key, data=models.UserTaskAssignmentRequest(assignee="mary"))
    assigned = client.get_user_task(task.user_task_key)
    with pytest.raises(errors.ConflictError):
        client.assign_user_task(
            task.user_task_key, data=models.UserTaskAssignmentRequest(assignee="john", allow_override=False)
        )
    client.unassign_user_task(task.user_task_key)
    client.update_user_task(
        task.user_task_key,
        data=models.UserTaskUpdateRequest.from_dict(
            {"changeset": {"priority": 80, "dueDate": "2030-01-02T03:04:05Z", "candidateUsers": ["john"]}}
        ),
    )
    changed = client.get_user_task(task.user_task_key)
    seen = client.search_user_task_variables(task.user_task_key)
    effective = client.search_user_task_effective_variables(task.user_task_key)
    client.complete_user_task(
        task.user_task_key, data=models.UserTaskCompletionRequest.from_dict({"variables": {"approved": True}})
    )

    assert (task.name, task.candidate_groups, task.state.value) == ("Approve it", ["managers"], "CREATED")
    assert assigned.assignee == "mary"
    assert (changed.assignee, changed.priority, changed.candidate_users) == (None, 80, ["john"])
    assert changed.due_date == datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [(item.name, item.value) for item in seen.items] == [("amount", "10")]
    assert [(item.name, item.value) for item in effective.items] == [("amount", "10")]
    assert state(client, key) == "COMPLETED"
    assert client.get_user_task(task.user_task_key).state.value == "COMPLETED"


def test_the_form_of_a_task_is_deployed_with_it_and_read(client: CamundaClient, tmp_path: Path) -> None:
    (tmp_path / "verdict.form").write_text(bpmn.FORM)
    (tmp_path / "asking.bpmn").write_text(bpmn.ASKING)
    made = client.deploy_resources_from_files([tmp_path / "verdict.form", tmp_path / "asking.bpmn"])
    task = task_of(client, start(client, "asking").process_instance_key)

    form = client.get_user_task_form(task.user_task_key)

    assert [str(item.form_id) for item in made.forms] == ["verdict"]
    assert (str(form.form_id), form.form_key) == ("verdict", made.forms[0].form_key)
    assert json.loads(form.schema) == json.loads(bpmn.FORM)
    assert client.get_form_by_key(made.forms[0].form_key).version == 1


def rule(name: str, condition: str, size: str) -> str:
    return (
        f'<rule id="rule_{name}"><inputEntry id="in_{name}"><text>{condition}</text></inputEntry>'
        f'<outputEntry id="out_{name}"><text>"{size}"</text></outputEntry></rule>'
    )


DECISION = f"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="rules" name="Rules" namespace="http://example.org">
  <decision id="size" name="Size">
    <variable name="size" typeRef="string"/>
    <decisionTable id="table" hitPolicy="UNIQUE">
      <input id="in" label="amount">
        <inputExpression id="expression" typeRef="number"><text>amount</text></inputExpression>
      </input>
      <output id="out" name="size" typeRef="string"/>
      {rule("small", "&lt; 10", "small")}
      {rule("large", "&gt;= 10", "large")}
    </decisionTable>
  </decision>
</definitions>
"""


def test_decisions_are_deployed_found_and_evaluated(client: CamundaClient, tmp_path: Path) -> None:
    (tmp_path / "rules.dmn").write_text(DECISION)
    made = client.deploy_resources_from_files([tmp_path / "rules.dmn"])
    variables = models.DecisionEvaluationByIdVariables.from_dict({"amount": 12})

    answer = client.evaluate_decision(
        data=models.DecisionEvaluationByID(decision_definition_id="size", variables=variables)
    )
    [found] = client.search_decision_definitions(
        data=models.DecisionDefinitionSearchQuery.from_dict({"filter": {"decisionDefinitionId": "size"}})
    ).items

    assert made.decisions[0].decision_definition_key == found.decision_definition_key
    assert json.loads(answer.output) == "large"
    [evaluated] = answer.evaluated_decisions
    assert evaluated.decision_definition_type == "DECISION_TABLE"
    [matched] = evaluated.matched_rules
    assert (matched.rule_id, matched.rule_index) == ("rule_large", 2)
    assert [(out.output_id, out.output_value) for out in matched.evaluated_outputs] == [("out", '"large"')]
    assert [item.input_id for item in evaluated.evaluated_inputs] == ["in"]
    assert [(item.input_name, item.input_value) for item in evaluated.evaluated_inputs] == [("amount", "12")]
    assert client.get_decision_definition_xml(found.decision_definition_key) == DECISION
    assert client.get_decision_requirements(found.decision_requirements_key).resource_name == "rules.dmn"


def test_what_a_process_decided_can_be_looked_up_with_its_rules(client: CamundaClient, tmp_path: Path) -> None:
    (tmp_path / "rules.dmn").write_text(DECISION)
    client.deploy_resources_from_files([tmp_path / "rules.dmn"])
    called = '<zeebe:calledDecision decisionId="size" resultVariable="size"/>'
    rule_task = f"<bpmn:extensionElements>{called}</bpmn:extensionElements>"
    task = f'<bpmn:businessRuleTask id="judge">{rule_task}</bpmn:businessRuleTask>'
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, task, bpmn.END), "judging"))
    key = start(client, "judging", variables={"amount": 3}).process_instance_key

    [found] = client.search_decision_instances(
        data=models.DecisionInstanceSearchQuery.from_dict({"filter": {"processInstanceKey": key}})
    ).items
    whole = client.get_decision_instance(found.decision_evaluation_instance_key)

    assert (found.decision_definition_id, found.decision_definition_type) == ("size", "DECISION_TABLE")
    assert json.loads(found.result) == "small"
    assert [(rule.rule_id, rule.rule_index) for rule in whole.matched_rules] == [("rule_small", 1)]
    assert [(item.input_name, item.input_value) for item in whole.evaluated_inputs] == [("amount", "3")]


def test_the_second_to_complete_a_task_is_told_so(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.APPROVAL)
    task = task_of(client, start(client, "approval").process_instance_key)
    client.complete_user_task(task.user_task_key)

    with pytest.raises(errors.ConflictError) as refusal:
        client.complete_user_task(task.user_task_key)

    assert "admin" in str(refusal.value.content)


def test_instances_are_searched_page_by_page(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "paged"), bpmn.END), "paged"))
    keys = [
        start(client, "paged", variables={"n": number}, business_id=f"b-{number}").process_instance_key
        for number in range(5)
    ]

    def page(**cut: Any) -> Any:
        body = {
            "filter": {"processDefinitionId": "paged"},
            "sort": [{"field": "startDate", "order": "DESC"}],
            "page": cut,
        }
        return client.search_process_instances(data=models.ProcessInstanceSearchQuery.from_dict(body))

    first = page(limit=2)
    second = page(limit=2, after=first.page.end_cursor)
    back = page(limit=2, before=second.page.start_cursor)
    last = page(**{"from": 4}, limit=2)

    assert first.page.total_items == 5
    assert [item.process_instance_key for item in first.items + second.items] == keys[:0:-1][:4]
    assert [item.process_instance_key for item in back.items] == keys[:2:-1]
    assert [item.process_instance_key for item in last.items] == keys[:1]
    by_variable = client.search_process_instances(
        data=models.ProcessInstanceSearchQuery.from_dict(
            {"filter": {"processDefinitionId": "paged", "variables": [{"name": "n", "value": "3"}]}}
        )
    )
    assert [item.business_id for item in by_variable.items] == ["b-3"]
    by_time = client.search_process_instances(
        data=models.ProcessInstanceSearchQuery.from_dict(
            {
                "filter": {
                    "processDefinitionId": {"$like": "pag*"},
                    "startDate": {"$gt": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
                }
            }
        )
    )
    assert by_time.items == []


def test_instances_are_cancelled(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "ending"), bpmn.END), "ending"))
    key = start(client, "ending").process_instance_key

    client.cancel_process_instance(key, data=models.CancelProcessInstanceRequest())

    assert state(client, key) == "TERMINATED"
    assert activate(client, "ending") == []
    with pytest.raises(errors.NotFoundError):
        client.cancel_process_instance(key, data=None)


def test_variables_are_set_from_outside(client: CamundaClient, tmp_path: Path) -> None:
    deploy(
        client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "setting"), bpmn.END), "setting")
    )
    key = start(client, "setting", variables={"n": 1}).process_instance_key

    client.create_element_instance_variables(
        key, data=models.SetVariableRequest.from_dict({"variables": {"n": 2, "list": [1, None, {"a": "b"}]}})
    )

    [job] = activate(client, "setting")
    assert job.variables.to_dict() == {"n": 2, "list": [1, None, {"a": "b"}]}


def test_elements_are_counted_and_flows_listed(client: CamundaClient, tmp_path: Path) -> None:
    made = deploy(
        client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "counting"), bpmn.END), "counting")
    )
    key = start(client, "counting").process_instance_key

    by_instance = client.get_process_instance_statistics(key)
    by_definition = client.get_process_definition_statistics(made.processes[0].process_definition_key)
    flows = client.get_process_instance_sequence_flows(key)

    numbers = {str(item.element_id): (item.active, item.completed) for item in by_instance.items}
    assert numbers["a"] == (1, 0)
    assert numbers["start"] == (0, 1)
    assert {str(item.element_id): item.active for item in by_definition.items}["a"] == 1
    assert [str(item.element_id) for item in flows.items] == ["flow_1"]


def test_a_running_instance_is_changed_by_hand(client: CamundaClient, tmp_path: Path) -> None:
    two = bpmn.line(bpmn.START, bpmn.service_task("a", "first"), bpmn.service_task("b", "second"), bpmn.END)
    deploy(client, tmp_path, bpmn.process(two, "moving"))
    key = start(client, "moving").process_instance_key
    [active] = client.search_element_instances(
        data=models.ElementInstanceSearchQuery.from_dict(
            {"filter": {"processInstanceKey": str(key), "state": "ACTIVE", "elementId": "a"}}
        )
    ).items

    client.modify_process_instance(
        key,
        data=models.ProcessInstanceModificationInstruction.from_dict(
            {
                "activateInstructions": [
                    {"elementId": "b", "variableInstructions": [{"variables": {"skipped": True}}]}
                ],
                "terminateInstructions": [{"elementInstanceKey": str(active.element_instance_key)}],
            }
        ),
    )

    assert activate(client, "first") == []
    [job] = activate(client, "second")
    assert job.variables.to_dict() == {"skipped": True}


def test_an_instance_migrates_to_another_version(client: CamundaClient, tmp_path: Path) -> None:
    def version(name: str, job_type: str) -> str:
        return bpmn.process(bpmn.line(bpmn.START, bpmn.service_task(name, job_type), bpmn.END), "migrating")

    deploy(client, tmp_path, version("a", "old"))
    key = start(client, "migrating").process_instance_key
    newer = deploy(client, tmp_path, version("b", "old")).processes[0]

    client.migrate_process_instance(
        key,
        data=models.ProcessInstanceMigrationInstruction.from_dict(
            {
                "targetProcessDefinitionKey": str(newer.process_definition_key),
                "mappingInstructions": [{"sourceElementId": "a", "targetElementId": "b"}],
            }
        ),
    )

    assert instance(client, key).process_definition_key == newer.process_definition_key
    [job] = activate(client, "old")
    assert str(job.element_id) == "b"


def test_expressions_are_evaluated(client: CamundaClient) -> None:
    values = models.ExpressionEvaluationRequestVariables.from_dict({"amount": 20, "items": [1, 2]})

    answer = client.evaluate_expression(
        data=models.ExpressionEvaluationRequest(expression="=amount * 2 + count(items)", variables=values)
    )

    assert answer.result == 42
    with pytest.raises(errors.BadRequestError):
        client.evaluate_expression(data=models.ExpressionEvaluationRequest(expression="=1 +"))


def test_many_instances_are_cancelled_at_once(client: CamundaClient, server: Server, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "many"), bpmn.END), "many"))
    keys = [start(client, "many").process_instance_key for _ in range(3)]

    made = client.cancel_process_instances_batch_operation(
        data=models.ProcessInstanceCancellationBatchOperationRequest.from_dict(
            {"filter": {"processDefinitionId": "many"}}
        )
    )

    begun = client.get_batch_operation(made.batch_operation_key)
    assert (begun.state.value, begun.operations_total_count, begun.end_date) == ("ACTIVE", 3, None)
    server.settle()
    batch = client.get_batch_operation(made.batch_operation_key)
    assert (batch.state.value, batch.operations_completed_count) == ("COMPLETED", 3)
    assert [state(client, key) for key in keys] == ["TERMINATED"] * 3


def test_a_batch_is_suspended_resumed_cancelled_and_its_items_found(
    client: CamundaClient, server: Server, tmp_path: Path
) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "rest"), bpmn.END), "rests"))
    keys = [start(client, "rests").process_instance_key for _ in range(2)]
    filter_ = {"filter": {"processDefinitionId": "rests"}}

    request = models.ProcessInstanceSuspensionBatchOperationRequest.from_dict(filter_)
    made = client.suspend_process_instances_batch_operation(data=request).batch_operation_key
    client.suspend_batch_operation(made)
    server.settle()
    assert client.get_batch_operation(made).state.value == "SUSPENDED"
    with pytest.raises(errors.UnexpectedStatus, match="cannot become SUSPENDED"):
        client.suspend_batch_operation(made)
    client.resume_batch_operation(made)
    server.settle()
    assert [state(client, key) for key in keys] == ["SUSPENDED"] * 2

    resuming = models.ProcessInstanceResumptionBatchOperationRequest.from_dict(filter_)
    other = client.resume_process_instances_batch_operation(data=resuming).batch_operation_key
    client.cancel_batch_operation(other)
    found = client.search_batch_operation_items(
        data=models.BatchOperationItemSearchQuery.from_dict({"filter": {"batchOperationKey": str(other)}})
    )
    assert [item.state.value for item in found.items] == ["CANCELED"] * 2
    assert {str(item.process_instance_key) for item in found.items} == {str(key) for key in keys}
    query = models.BatchOperationSearchQuery.from_dict({"filter": {"state": "CANCELED"}})
    assert [str(one.batch_operation_key) for one in client.search_batch_operations(data=query).items] == [str(other)]


def test_many_migrate_and_tokens_are_moved_in_many(client: CamundaClient, server: Server, tmp_path: Path) -> None:
    def version(*names: str) -> str:
        tasks = [bpmn.service_task(name, f"crowd-{name}") for name in names]
        return bpmn.process(bpmn.line(bpmn.START, *tasks, bpmn.END), "crowd")

    deploy(client, tmp_path, version("a"))
    keys = [start(client, "crowd").process_instance_key for _ in range(2)]
    newer = deploy(client, tmp_path, version("a", "b")).processes[0].process_definition_key
    plan = {"targetProcessDefinitionKey": str(newer), "mappingInstructions": []}
    filter_ = {"processDefinitionId": "crowd"}

    client.migrate_process_instances_batch_operation(
        data=models.ProcessInstanceMigrationBatchOperationRequest.from_dict({"filter": filter_, "migrationPlan": plan})
    )
    server.settle()
    moves = [{"sourceElementId": "a", "targetElementId": "b"}]
    client.modify_process_instances_batch_operation(
        data=models.ProcessInstanceModificationBatchOperationRequest.from_dict(
            {"filter": filter_, "moveInstructions": moves}
        )
    )
    server.settle()

    assert {str(instance(client, key).process_definition_key) for key in keys} == {str(newer)}
    assert len(activate(client, "crowd-b")) == 2


def test_an_instance_is_suspended_and_resumed(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "halt"), bpmn.END), "halts"))
    key = start(client, "halts").process_instance_key

    client.suspend_process_instance(key, data=models.SuspendProcessInstanceRequest())
    assert activate(client, "halt") == []
    assert instance(client, key).state.value == "SUSPENDED"
    assert instance(client, key).suspended_date is not None
    with pytest.raises(errors.ConflictError):
        client.suspend_process_instance(key, data=models.SuspendProcessInstanceRequest())
    client.resume_process_instance(key, data=models.ResumeProcessInstanceRequest())

    assert len(activate(client, "halt")) == 1
    assert instance(client, key).suspended_date is None


def test_users_groups_and_roles_are_managed(client: CamundaClient, configuration: dict[str, Any]) -> None:
    client.create_user(data=models.UserRequest(username="ann", password="a long password", name="Ann"))  # type: ignore[arg-type]
    client.assign_user_to_group("managers", "ann")
    client.assign_role_to_user("participant", "ann")

    with CamundaClient(
        configuration={
            **configuration,
            "CAMUNDA_BASIC_AUTH_USERNAME": "ann",
            "CAMUNDA_BASIC_AUTH_PASSWORD": "a long password",
        }
    ) as ann:
        me = ann.get_authentication()
        with pytest.raises(errors.ForbiddenError):
            ann.search_process_instances()

    assert (me.display_name, me.groups, me.roles) == ("Ann", ["managers"], ["participant"])
    assert [str(user.username) for user in client.search_users_for_group("managers").items] == ["ann"]
    assert client.get_user("ann").name == "Ann"
    client.delete_user("ann")
    with pytest.raises(errors.NotFoundError):
        client.get_user("ann")


def test_a_deployed_resource_is_read_and_withdrawn(client: CamundaClient, tmp_path: Path) -> None:
    made = deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.END), "withdrawn")).processes[0]
    key = str(made.process_definition_key)

    described = client.get_resource(key)
    content = client.get_resource_content_binary(key).payload.read()
    deleted = client.delete_resource(key, data=models.DeleteResourceRequest())

    assert (described.resource_name, described.resource_id) == ("model0.bpmn", "withdrawn")
    assert content.decode().count("withdrawn") == 1
    assert deleted.resource_key == key
    with pytest.raises((errors.NotFoundError, errors.UnexpectedStatus)):
        start(client, "withdrawn")


def test_all_incidents_of_an_instance_are_resolved_at_once(
    client: CamundaClient, server: Server, tmp_path: Path
) -> None:
    deploy(
        client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "broken"), bpmn.END), "breaking")
    )
    key = start(client, "breaking").process_instance_key
    [job] = activate(client, "broken")
    client.fail_job(job.job_key, data=models.JobFailRequest(retries=0))

    made = client.resolve_process_instance_incidents(key)
    server.settle()

    assert client.get_batch_operation(made.batch_operation_key).operations_completed_count == 1
    assert not instance(client, key).has_incident
    assert len(activate(client, "broken")) == 1


def test_a_body_of_fifty_megabytes_is_refused_and_the_server_goes_on(server: Server, client: CamundaClient) -> None:
    host = server.url.removeprefix("http://")
    connection = HTTPConnection(host, timeout=60)
    connection.request(
        "POST",
        "/v2/process-instances",
        body=b" " * 50_000_000,
        headers={"Content-Type": "application/json"},
    )

    answer = connection.getresponse()

    assert answer.status == 413
    assert "at most" in json.loads(answer.read())["detail"]
    connection.close()
    assert client.get_license().valid_license


def test_many_workers_at_once_never_get_the_same_job(client: CamundaClient, tmp_path: Path) -> None:
    deploy(client, tmp_path, bpmn.process(bpmn.line(bpmn.START, bpmn.service_task("a", "shared"), bpmn.END), "shared"))
    keys = [start(client, "shared").process_instance_key for _ in range(12)]
    found: list[str] = []

    def work() -> None:
        while jobs := activate(client, "shared", max_jobs_to_activate=2):
            for job in jobs:
                found.append(str(job.job_key))
                client.complete_job(job.job_key, data=models.JobCompletionRequest())

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(found) == len(set(found)) == 12
    assert {state(client, key) for key in keys} == {"COMPLETED"}
