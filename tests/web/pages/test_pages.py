"""Every page, for everybody, with everything on it and with nothing."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from orchestrator.domain.access import Role
from orchestrator.domain.model_call import ModelCall
from orchestrator.services import user_tasks
from tests.browser.house import House
from tests.web.pages.conftest import HTML, Visitor

PAGES = [
    "/", "/models", "/instances", "/tasks", "/incidents", "/settings", "/settings/tokens", "/settings/users",
    "/settings/connectors", "/settings/status", "/settings/audit",
]  # fmt: skip


def approve_task(house: House) -> dict:
    """Start a refund that waits for approval, and return the task."""
    house.start(amount=240, customer="Ada Long", business_id="A-1009")
    house.work("lookup")
    (task,) = house.rows("user_tasks", status="CREATED")
    return task


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_on_a_house_that_nothing_has_happened_in(visitor: Visitor, path: str) -> None:
    answer = visitor.open(path)

    assert answer.status_code == 200
    assert "<main" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_on_a_busy_house(house: House, visitor: Visitor, path: str) -> None:
    approve_task(house)
    house.start(amount=5)
    house.fail("lookup", "HTTP 503 from the shop")

    assert visitor.open(path).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/instances/1", "/nothing/here", "/designer/models/1"])
def test_who_has_not_signed_in_is_asked_to_and_comes_back(house: House, path: str) -> None:
    answer = house.app.test_client().get(path, headers=HTML)

    assert answer.status_code in (302, 303)
    assert answer.headers["Location"] == f"/login?next={path}"


def test_a_wrong_password_is_told_without_saying_what_was_wrong(house: House) -> None:
    client = house.app.test_client()

    for name in ("admin", "nobody"):
        answer = client.post("/login", data={"username": name, "password": "wrong"}, headers=HTML)
        assert answer.status_code == 401
        assert "do not belong together" in answer.text
        assert "Set-Cookie" not in answer.headers


def test_signing_in_never_leads_to_another_site(house: House) -> None:
    from tests.browser.house import PASSWORD

    answer = house.app.test_client().post(
        "/login", data={"username": "admin", "password": PASSWORD, "next": "//evil.example/"}, headers=HTML
    )

    assert answer.headers["Location"] == "/"


def test_signing_out_ends_the_session(visitor: Visitor) -> None:
    visitor.send("/logout")

    assert visitor.open("/settings").status_code in (302, 303)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_the_pages_it_may_see_and_a_page_for_the_rest(house: House, role: Role) -> None:
    house.add_person("dana", role)
    dana = Visitor(house.app.test_client(), "dana")

    for path in PAGES:
        assert dana.open(path).status_code in (200, 302, 303, 403)
    assert dana.open("/settings/users").status_code == (200 if role is Role.ADMIN else 403)


def test_a_form_without_the_token_changes_nothing(house: House, visitor: Visitor) -> None:
    key = house.start(amount=1)
    visitor.csrf = "wrong"

    assert visitor.send(f"/instances/{key}/cancel").status_code == 403
    assert house.rows("instances", instance_key=key)[0]["status"] == "ACTIVE"


def test_unknown_keys_are_a_page_of_their_own(visitor: Visitor) -> None:
    for path in ("/instances/99", "/definitions/99", "/tasks/99", "/instances/abc"):
        answer = visitor.open(path)
        assert answer.status_code in (400, 404)
        assert "<main" in answer.text


def test_the_theme_is_written_into_the_page_so_that_nothing_flashes(visitor: Visitor) -> None:
    visitor.client.set_cookie("baton_theme", "dark")
    assert 'data-theme="dark"' in visitor.open("/").text

    visitor.client.set_cookie("baton_theme", '"><script>')
    assert "data-theme" not in visitor.open("/").text.split("<body")[0]


def test_pages_carry_no_script_of_their_own(house: House, visitor: Visitor) -> None:
    task = approve_task(house)
    paths = [*PAGES, f"/tasks/{task['user_task_key']}", f"/instances/{task['instance_key']}"]

    for path in paths:
        answer = visitor.open(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe-eval" not in policy
        for opening in answer.text.split("<script")[1:]:
            head = opening.split(">")[0]
            assert "src=" in head or "application/json" in head
        assert " onclick=" not in answer.text
        assert "http://" not in answer.text.replace("http://localhost", "")


def test_names_with_markup_stay_text(house: House, visitor: Visitor) -> None:
    house.start(amount=1, business_id="<img src=x onerror=alert(1)>")

    assert "<img src=x" not in visitor.open("/instances").text


def test_instances_are_found_by_key_by_business_id_and_by_variable(house: House, visitor: Visitor) -> None:
    first = house.start(amount=240, business_id="A-1009")
    second = house.start(amount=7, business_id="B-2")

    for query in (f"q={first}", "q=1009", "q=amount%3D240"):
        text = visitor.open(f"/instances?{query}").text
        assert str(first) in text
        assert str(second) not in text


def test_the_state_of_instances_filters_and_counts(house: House, visitor: Visitor) -> None:
    kept = house.start(amount=1)
    gone = house.start(amount=2)
    visitor.send(f"/instances/{gone}/cancel")

    active, cancelled = visitor.open("/instances?state=active").text, visitor.open("/instances?state=cancelled").text

    assert str(kept) in active
    assert str(gone) not in active
    assert str(gone) in cancelled


def test_a_list_can_be_asked_for_alone(house: House, visitor: Visitor) -> None:
    house.start(amount=1)

    fragment = visitor.open("/instances", **{"HX-Request": "true"}).text

    assert "<table" in fragment
    assert "<html" not in fragment


def test_many_instances_are_cancelled_at_once(house: House, visitor: Visitor) -> None:
    keys = [house.start(amount=number) for number in range(3)]

    answer = visitor.send("/instances/bulk", action="cancel", key=[str(key) for key in keys[:2]])
    house.settle()

    assert answer.status_code == 303
    assert [row["status"] for key in keys for row in house.rows("instances", instance_key=key)] == [
        "CANCELLED", "CANCELLED", "ACTIVE",
    ]  # fmt: skip
    assert "<b>2</b> of 2 done" in visitor.open(answer.location).text


def test_one_refusal_does_not_hold_up_the_others(house: House, visitor: Visitor) -> None:
    over, running = house.start(amount=1), house.start(amount=2)
    visitor.send(f"/instances/{over}/cancel")

    third = house.start(amount=3)
    answer = visitor.send("/instances/bulk", action="cancel", key=[str(over), str(running), str(third)])
    visitor.send(f"/instances/{third}/cancel")  # between the wish and the deed
    house.settle()

    assert house.rows("instances", instance_key=running)[0]["status"] == "CANCELLED"
    shown = visitor.open(answer.location).text
    assert "<b>1</b> of 2 done" in shown
    assert f"Process instance {third} is over." in shown


def test_an_incident_shows_its_message_in_full_and_can_be_tried_again(house: House, visitor: Visitor) -> None:
    house.start(amount=1)
    house.fail("lookup", "HTTP 503 from https://shop.example: " + "no answer " * 60)
    (incident,) = house.rows("incidents", status="ACTIVE")

    assert incident["message"].strip() in visitor.open("/incidents").text.replace("&#39;", "'")
    visitor.send(f"/incidents/{incident['incident_key']}/retry")

    assert house.rows("incidents", status="ACTIVE") == []
    house.work("lookup")


def test_all_incidents_that_fit_are_tried_again(house: House, visitor: Visitor) -> None:
    for _ in range(3):
        house.start(amount=1)
        house.fail("lookup", "HTTP 503")

    visitor.send("/incidents/retry", everything="1")

    assert house.rows("incidents", status="ACTIVE") == []


def test_the_journal_is_read_in_pieces_with_keys_as_strings(house: House, visitor: Visitor) -> None:
    key = house.start(amount=240)

    first = visitor.open(f"/instances/{key}/records?limit=3", Accept="application/json").json
    rest = visitor.open(f"/instances/{key}/records?after={first['through']}", Accept="application/json").json

    assert first["more"] is True
    assert rest["more"] is False
    sequences = [record["sequence"] for record in first["records"] + rest["records"]]
    assert sequences == sorted(set(sequences))
    assert all(record["body"]["instance_key"] == str(key) for record in first["records"])


def test_a_variable_is_changed_and_the_journal_says_by_whom(house: House, visitor: Visitor) -> None:
    key = house.start(amount=240)

    answer = visitor.post(f"/instances/{key}/variables", {"scope_key": str(key), "variables": {"amount": 7}})

    assert answer.status_code == 200
    records = visitor.open(f"/instances/{key}/records", Accept="application/json").json["records"]
    changed = [record for record in records if record["kind"] == "VariableSet" and record["body"]["value"] == 7]
    assert [record["actor"] for record in changed] == ["admin"]


def test_the_parts_of_an_instance_open(house: House, visitor: Visitor) -> None:
    task = approve_task(house)

    for part, word in [("jobs", "lookup"), ("tasks", "Approve refund"), ("called", "called")]:
        assert word in visitor.open(f"/instances/{task['instance_key']}/part/{part}").text.lower() or word in (
            visitor.open(f"/instances/{task['instance_key']}/part/{part}").text
        )
    assert visitor.open(f"/instances/{task['instance_key']}/part/nothing").status_code == 400


def test_a_definition_is_started_with_json(house: House, visitor: Visitor) -> None:
    (definition,) = house.rows("definitions", process_id="refund")
    key = definition["definition_key"]

    answer = visitor.post(f"/definitions/{key}/start", {"variables": {"amount": 5}, "business_id": " C-3 "})

    assert answer.status_code == 200
    assert visitor.open(answer.json["next"]).status_code == 200
    assert house.rows("instances", business_id="C-3")
    assert visitor.post(f"/definitions/{key}/start", {"variables": [1]}).status_code == 400
    assert visitor.open(f"/definitions/{key}/statistics").json["Lookup"]["active"] == 1
    assert b"<bpmn:process" in visitor.open(f"/definitions/{key}/bpmn").data


def test_a_task_is_claimed_drafted_and_completed_with_its_form(house: House, visitor: Visitor) -> None:
    key = approve_task(house)["user_task_key"]

    visitor.send(f"/tasks/{key}/claim")
    draft = visitor.post(f"/tasks/{key}/draft", {"data": {"amount": 200, "note": "half"}})
    page = visitor.open(f"/tasks/{key}").text
    done = visitor.post(f"/tasks/{key}/complete", {"variables": {"amount": 200, "decision": "approve"}, "form": True})

    assert draft.status_code == 200
    assert "half" in page
    assert "Ada Long" in page
    assert done.status_code == 200
    assert done.json["next"].startswith("/tasks")
    (task,) = house.rows("user_tasks", user_task_key=key)
    assert (task["status"], task["completed_by"]) == ("COMPLETED", "admin")
    house.work("pay")


def test_the_second_to_complete_is_told_who_was_first(house: House, visitor: Visitor) -> None:
    key = approve_task(house)["user_task_key"]
    dana = house.add_person("dana", "participant", groups=["refund-approvers"])
    user_tasks.complete(house.rt, dana, key, {"decision": "approve", "amount": 240})

    answer = visitor.post(f"/tasks/{key}/complete", {"variables": {"decision": "refuse", "amount": 1}, "form": True})

    assert answer.status_code == 409
    assert "dana" in answer.json["detail"]
    assert "Completed by <b>dana</b>" in visitor.open(f"/tasks/{key}").text


def test_after_a_task_the_next_one_opens(house: House, visitor: Visitor) -> None:
    first = house.start("plain-task")
    second = house.start("plain-task")
    tasks = {row["instance_key"]: row["user_task_key"] for row in house.rows("user_tasks", status="CREATED")}

    answer = visitor.post(f"/tasks/{tasks[first]}/complete", {"variables": {}})
    last = visitor.post(f"/tasks/{tasks[second]}/complete", {"variables": {}})

    assert answer.json["next"] == f"/tasks/{tasks[second]}?view=open"
    assert last.json["next"] == "/tasks?view=open"


def test_what_is_due_first_stands_first(house: House, visitor: Visitor) -> None:
    for _ in range(3):
        house.start("plain-task")
    late, soon, never = [row["user_task_key"] for row in house.rows("user_tasks", status="CREATED")]
    now = datetime.now(UTC)
    user_tasks.update(house.rt, house.admin, soon, due_at=now + timedelta(hours=1))
    user_tasks.update(house.rt, house.admin, late, due_at=now - timedelta(hours=1))

    text = visitor.open("/tasks").text

    assert text.index(str(late)) < text.index(str(soon)) < text.index(str(never))
    overdue = visitor.open("/tasks?view=overdue").text
    assert str(late) in overdue
    assert str(soon) not in overdue


def test_a_participant_sees_their_tasks_and_nothing_of_the_instances(house: House) -> None:
    key = approve_task(house)["user_task_key"]
    house.add_person("dana", "participant", groups=["refund-approvers"])
    house.add_person("kim", "participant")
    dana, kim = (Visitor(house.app.test_client(), name) for name in ("dana", "kim"))

    assert "Approve refund" in dana.open("/tasks").text
    assert dana.open(f"/tasks/{key}").status_code == 200
    assert dana.open("/").headers["Location"] == "/tasks"
    assert dana.open("/instances").status_code == 403
    assert "Approve refund" not in kim.open("/tasks").text
    assert kim.open(f"/tasks/{key}").status_code in (403, 404)


def test_a_model_is_begun_copied_and_deleted(house: House, visitor: Visitor) -> None:
    made = visitor.send("/models", name="Ask <b>twice</b>", kind="bpmn")
    key = made.headers["Location"].rsplit("/", 1)[1]

    assert visitor.open(made.headers["Location"]).status_code == 200
    assert "Ask &lt;b&gt;twice&lt;/b&gt;" in visitor.open("/models").text
    copied = visitor.send(f"/models/{key}/copy")
    assert copied.headers["Location"].startswith("/designer/models/")
    visitor.send(f"/models/{key}/delete")
    assert visitor.open(f"/models/{key}/source").status_code == 404


@pytest.mark.parametrize("kind", ["bpmn", "dmn", "form"])
def test_a_new_model_is_a_file_that_its_own_editor_reads(visitor: Visitor, kind: str) -> None:
    made = visitor.send("/models", name="Über 9 & <more>", kind=kind)
    key = made.headers["Location"].rsplit("/", 1)[1]

    source = visitor.open(f"/models/{key}/source")

    if kind == "form":
        assert source.json["components"]
    else:
        from xml.etree import ElementTree as ET

        assert ET.fromstring(source.data) is not None


def test_files_become_drafts_and_others_are_refused(house: House, visitor: Visitor) -> None:
    from io import BytesIO

    good = (BytesIO(b"<definitions/>"), "order.bpmn")
    bad = (BytesIO(b"PK"), "order.docx")

    assert visitor.send("/models/import", files=[good]).headers["Location"].startswith("/designer/models/")
    refused = visitor.send("/models/import", files=[bad])
    assert refused.status_code == 400
    assert "order.docx" in refused.text


def test_a_deployed_version_becomes_a_draft(house: House, visitor: Visitor) -> None:
    (definition,) = house.rows("definitions", process_id="refund")

    answer = visitor.send(f"/definitions/{definition['definition_key']}/draft")

    assert visitor.open(answer.headers["Location"]).status_code == 200


def test_a_token_is_shown_once(house: House, visitor: Visitor) -> None:
    shown = visitor.send("/settings/tokens", name="build", lifetime="30", role=["admin"]).text
    text = shown.split('id="fresh-token">')[1].split("<")[0]

    assert house.app.test_client().get("/v2/topology", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    assert text not in visitor.open("/settings/tokens").text


def test_a_revoked_token_is_refused_at_once(house: House, visitor: Visitor) -> None:
    text = (
        visitor.send("/settings/tokens", name="build", role=["admin"]).text.split('id="fresh-token">')[1].split("<")[0]
    )
    asked = {"Authorization": f"Bearer {text}"}
    client = house.app.test_client()
    assert client.get("/v2/topology", headers=asked).status_code == 200
    (token,) = house.rows("tokens")

    visitor.send(f"/settings/tokens/{token['token_key']}/revoke")

    assert client.get("/v2/topology", headers=asked).status_code == 401


def test_people_are_added_changed_and_removed(house: House, visitor: Visitor) -> None:
    visitor.send(
        "/settings/users", user_id="dana", password="long enough 1", role=["participant"], groups="a, b", name="Dana"
    )
    assert "dana" in visitor.open("/settings/users").text
    visitor.send("/settings/users/dana", name="Dana Q", role=["operator"], groups="b", enabled="on")
    assert "Dana Q" in visitor.open("/settings/users").text
    visitor.send("/settings/users/dana/delete")
    assert "Dana Q" not in visitor.open("/settings/users").text.split("data-toast")[0]


def test_the_palette_finds_pages_definitions_instances_and_tasks(house: House, visitor: Visitor) -> None:
    task = approve_task(house)

    def kinds(words: str) -> set[str]:
        return {item["kind"] for item in visitor.open(f"/search?q={words}", Accept="application/json").json["found"]}

    assert kinds("") == {"Page"}
    assert kinds("refund") == {"Model", "Task"}
    assert "Instance" in kinds("A-1009")
    assert "Instance" in kinds(str(task["instance_key"]))


def test_the_demo_provider_is_announced_on_every_page(house: House, visitor: Visitor) -> None:
    assert "demo-rules-1" not in visitor.open("/").text
    house.app.config["BATON_DEMO_PROVIDER"] = True

    for path in PAGES:
        assert "demo-rules-1" in visitor.open(path).text


ODD = ["%00", "%ff", "'--", "%25", "*" * 300, "9" * 40, "٣٣٣٣٣٣٣", "a=%7B", "=", "\\", "1e9", "-1", "%F0%9F%98%80"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_arguments_are_never_a_bug(house: House, visitor: Visitor, odd: str) -> None:
    key = house.start(amount=1)
    paths = [
        f"/instances?q={odd}&state={odd}&process={odd}&version={odd}&sort={odd}&page={odd}&from={odd}",
        f"/instances?q={odd}",
        f"/instances?page={odd}",
        f"/incidents?q={odd}&state={odd}&sort={odd}:desc",
        f"/tasks?view={odd}&q={odd}",
        f"/models?q={odd}",
        f"/search?q={odd}",
        f"/?range={odd}",
        f"/instances/{key}?element={odd}&at={odd}",
        f"/instances/{key}/records?after={odd}&limit={odd}",
        f"/instances/{odd}",
        f"/definitions/{odd}",
        f"/tasks/{odd}",
        f"/live/instances/{odd}",
    ]

    assert {path: status for path in paths if (status := visitor.open(path).status_code) >= 500} == {}


def test_a_refused_form_leads_back_to_itself_with_the_reason(house: House, visitor: Visitor) -> None:
    fields = {"csrf_token": visitor.csrf, "user_id": "admin", "password": "long enough 1", "role": ["viewer"]}
    answer = visitor.client.post(
        "/settings/users", data=fields, headers=HTML | {"Referer": "http://localhost/settings/users?from=here"}
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/settings/users?from=here"
    assert "b-toast--bad" in visitor.open("/settings/users").text


def test_a_refused_form_never_leads_to_another_site(house: House, visitor: Visitor) -> None:
    fields = {"csrf_token": visitor.csrf, "user_id": "admin", "password": "long enough 1", "role": ["viewer"]}
    answer = visitor.client.post(
        "/settings/users", data=fields, headers=HTML | {"Referer": "http://evil.example/settings"}
    )

    assert answer.status_code == 409
    assert "Location" not in answer.headers


def test_a_withdrawn_version_cannot_be_started_from_its_page(house: House, visitor: Visitor) -> None:
    (definition,) = house.rows("definitions", process_id="refund")
    path = f"/definitions/{definition['definition_key']}"

    visitor.send(f"{path}/delete")
    text = visitor.open(path).text

    assert "Withdrawn" in text
    assert 'id="start"' not in text


def test_what_models_cost_stands_on_the_overview_and_beside_the_instance(house: House, visitor: Visitor) -> None:
    key = house.start(amount=240)
    call = ModelCall(provider="openai", model="gpt-5-mini", tokens_in=1200, tokens_out=34, requests=1, cost=370_000)
    house.ask_model("lookup", call, reason="damaged")

    part = visitor.open(f"/instances/{key}/part/models").text

    for words in ("gpt-5-mini", "1\u202f200", "0.00037 $", "1.2s", "Why?", "damaged"):
        assert words in part, words
    assert "0.00037 $" in visitor.open("/").text
    assert "0.00037 $" in visitor.open(f"/instances/{key}").text


def test_rules_in_place_of_a_model_are_never_shown_as_one(house: House, visitor: Visitor) -> None:
    key = house.start(amount=240)
    house.ask_model("lookup", ModelCall(provider="demo", model="demo-rules-1", simulated=True), reason="late")
    (task,) = house.rows("user_tasks", status="CREATED")

    assert "Demo rules, no language model" in visitor.open(f"/instances/{key}/part/models").text
    assert "1 call by demo rules" in visitor.open("/").text
    assert "rules and no language model" in visitor.open(f"/tasks/{task['user_task_key']}").text


def test_cases_are_told_apart_by_what_they_began_with(house: House, visitor: Visitor) -> None:
    house.start(order="A-1009", customer={"name": "Ada"}, letter="x" * 100, urgent=True, amount=240)
    house.work("lookup")

    for path in ("/instances", "/tasks", "/"):
        page = visitor.open(path).text
        assert "order <b>A-1009</b> · amount <b>240</b> · urgent <b>true</b>" in page, path


def test_a_form_is_refused_with_a_sentence_for_each_field(house: House, visitor: Visitor) -> None:
    key = approve_task(house)["user_task_key"]

    answer = visitor.post(f"/tasks/{key}/complete", {"variables": {"amount": 240}, "form": True})

    assert answer.status_code == 400
    assert answer.json["fields"] == {"decision": "Decision is required."}


def test_versions_say_what_was_deployed_of_them_and_outlive_what_is_drawn_next(visitor: Visitor) -> None:
    made = visitor.send("/models", name="Order", kind="bpmn").headers["Location"]
    model = made.replace("/designer/models/", "/designer/api/models/")
    first = visitor.open(model).json

    def keep(source: str, revision: int) -> int:
        headers = {"X-CSRF-Token": visitor.csrf}
        body = {"source": source, "revision": revision, "note": ""}
        return visitor.client.put(model, json=body, headers=headers).json["revision"]

    drawn = first["source"].replace("Do something", "Pay")
    second = keep(drawn, 1)
    visitor.post(f"{model}/deploy", {"source": drawn})
    third = keep(drawn.replace("Pay", "Ship"), second)

    versions = visitor.open(f"{model}/versions").json["items"]
    assert [(each["number"], each["deployed_version"]) for each in versions] == [(third, None), (second, 1), (1, None)]
    assert (visitor.open(model).json["deployed_version"], visitor.open(model).json["is_deployed"]) == (1, False)


def test_a_definition_tells_how_long_its_elements_take_and_how_often_they_fail(house: House, visitor: Visitor) -> None:
    house.start(amount=240)
    house.fail("lookup", "HTTP 503")
    house.start(amount=240)
    house.work("lookup")
    (definition,) = house.rows("definitions", process_id="refund")

    numbers = visitor.open(f"/definitions/{definition['definition_key']}/statistics").json

    assert numbers["Lookup"]["failures"] == 1
    assert numbers["Lookup"]["seconds"] >= 0
    assert "seconds" not in numbers["Approve"]


def test_the_overview_tells_how_long_instances_took(house: House, visitor: Visitor) -> None:
    assert "No instance ended in this time" in visitor.open("/").text
    house.start(amount=5)
    house.work("lookup")
    house.work("pay")

    page = visitor.open("/?range=7d").text

    assert "How long instances took, most recently: half within" in page
    assert visitor.open("/?range=nonsense").status_code == 200


CAMUNDA_7 = Path(__file__).parents[2] / "engine" / "front" / "samples" / "camunda-7.bpmn"


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "utf-8-sig"])
def test_a_file_in_any_encoding_becomes_a_model_that_says_what_it_said(visitor: Visitor, encoding: str) -> None:
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = CAMUNDA_7.read_text(encoding="utf-8").replace("Tell", "Täll").replace('"UTF-8"', f'"{declared}"', 1)

    made = visitor.send("/models/import", files=[(BytesIO(text.encode(encoding)), "claim.bpmn")])

    model = visitor.open(made.headers["Location"].replace("/designer/models/", "/designer/api/models/")).json
    assert 'name="Täll"' in model["source"]
    assert visitor.post("/designer/api/check", {"kind": "bpmn", "source": model["source"]}).json["findings"]


def test_a_model_of_another_engine_is_converted_with_a_report_and_its_forms(visitor: Visitor) -> None:
    source = CAMUNDA_7.read_text(encoding="utf-8")

    told = visitor.post("/designer/api/import", {"source": source}).json

    assert 'zeebe:taskDefinition type="policy"' in told["source"]
    assert {each["rule"] for each in told["report"]} == {"converted", "not-converted"}
    assert list(told["forms"]) == ["reported-form.form"]
    assert told["drawn"] is False


def test_a_model_is_drawn_anew_and_what_is_none_is_refused_in_words(visitor: Visitor) -> None:
    source = visitor.post("/designer/api/layout", {"source": CAMUNDA_7.read_text(encoding="utf-8")}).json["source"]

    assert 'bpmnElement="paid"' in source
    refused = visitor.post("/designer/api/layout", {"source": "<no-bpmn/>"})
    assert refused.status_code == 400
    assert "cannot be drawn" in refused.json["detail"]
