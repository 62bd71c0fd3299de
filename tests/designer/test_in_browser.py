"""The modeller and its neighbours in a real browser: drawing, saving, problems, going back, other people."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from designer.backend import Finding, Rights
from tests.designer.conftest import BUNDLE
from tests.designer.memory import MemoryBackend, sample

pytestmark = pytest.mark.browser

CAMUNDA_7 = BUNDLE.parents[2] / "tests" / "engine" / "front" / "samples" / "camunda-7.bpmn"

AXE = BUNDLE.parents[2] / "designer" / "node_modules" / "axe-core" / "axe.min.js"


def open_model(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_selector("html[data-ready=true]")


def element(page: Page, name: str) -> None:
    page.locator(f"[data-element-id={name}] .djs-hit").first.click()


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")


def test_what_is_removed_is_saved_and_undo_brings_it_back(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7")
    element(page, "Pay")
    page.keyboard.press("Delete")
    expect(page.locator("#save-state")).to_have_attribute("data-state", "waiting")
    saved(page)
    assert 'id="Pay"' not in backend.models["7"].source

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-element-id=Pay]").first).to_be_visible()
    page.keyboard.press("Control+s")
    saved(page)
    expect(page.get_by_text("Everything is saved.")).to_be_visible()
    assert 'id="Pay"' in backend.models["7"].source


def test_a_task_made_from_a_connectors_template_carries_its_job_type(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7?element=Classify")
    page.locator("#canvas svg[tabindex]").first.focus()
    page.keyboard.press("a")
    page.locator(".djs-popup input").fill("Ask a language")
    page.locator(".djs-popup .entry", has_text="Ask a language model").click()
    expect(page.locator(".bio-properties-panel-header")).to_contain_text("Ask a language model")
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Everything is saved.")).to_be_visible()

    assert backend.models["7"].source.count('type="llm-chat:1"') == 2
    assert 'zeebe:modelerTemplate="test.ask-a-model"' in backend.models["7"].source


def test_the_link_to_an_element_selects_it_and_the_address_follows_the_selection(page: Page, address: str):
    open_model(page, f"{address}/7?element=Approve")
    header = page.locator(".bio-properties-panel-header")
    expect(header).to_contain_text("Approve refund")

    element(page, "Pay")
    expect(header).to_contain_text("Pay refund")
    expect(page).to_have_url(re.compile(r"\?element=Pay$"))


def test_the_link_to_an_element_selects_it_where_the_panel_is_late(page: Page, address: str):
    page.add_init_script("const now = setTimeout; setTimeout = (act, ms = 0, ...more) => now(act, ms + 300, ...more)")
    open_model(page, f"{address}/7?element=Approve")

    expect(page.locator(".bio-properties-panel-header")).to_contain_text("Approve refund")


def test_a_page_is_ready_when_its_editor_is(page: Page, address: str):
    held: list[Route] = []
    page.route("**/api/templates", lambda route: held.append(route))
    with page.expect_request("**/api/templates"):
        page.goto(f"{address}/7")
    assert page.locator("html[data-ready]").count() == 0

    held[0].continue_()

    expect(page.locator("html[data-ready=true]")).to_be_attached()
    expect(page.locator("[data-element-id=Pay]").first).to_be_visible()


def test_problems_of_rules_and_engine_stand_in_one_list_that_leads_to_the_element(
    page: Page, address: str, backend: MemoryBackend
):
    backend.put("7", "bpmn", "Refund", sample("refund.bpmn").replace('type="pay"', 'type=""'))
    backend.findings = [
        Finding(rule="feel-syntax", severity="error", message="Ends too early.", element_id="Approve"),
        Finding(rule="job-type-missing", severity="error", message="The engine says it itself.", element_id="Pay"),
    ]
    open_model(page, f"{address}/7")

    problems = page.locator("#problems .b-problem")
    expect(problems).to_have_count(2)
    expect(page.locator("[data-tab-count=problems]")).to_have_text("2")
    expect(problems.nth(1)).to_contain_text("The engine says it itself.")
    problems.nth(0).click()
    expect(page.locator(".bio-properties-panel-header")).to_contain_text("Approve refund")
    badge = page.locator("[data-container-id=Approve] .bjsl-icon-error")
    expect(badge).to_be_visible()
    assert badge.evaluate("each => getComputedStyle(each).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_a_refused_deployment_shows_why(page: Page, address: str, backend: MemoryBackend, complaints: list[str]):
    open_model(page, f"{address}/7")
    expect(page.get_by_text("No problems found.")).to_be_visible()
    backend.findings = [Finding(rule="x", severity="error", message="Cannot be paid.", element_id="Pay")]

    page.get_by_role("button", name="Deploy", exact=True).click()

    expect(page.get_by_text("The model was not deployed: it has 1 error.")).to_be_visible()
    expect(page.locator("#problems")).to_contain_text("Cannot be paid.")
    complaints.clear()  # the browser tells its console of every 422


def test_deploying_shows_the_new_version_and_leaves_what_nobody_changed(
    page: Page, address: str, backend: MemoryBackend
):
    before = backend.models["7"].source
    open_model(page, f"{address}/7")
    expect(page.locator("#deployed")).to_have_text("draft")

    page.get_by_role("button", name="Deploy", exact=True).click()

    expect(page.get_by_text("“Refund” is deployed as version 1.")).to_be_visible()
    expect(page.locator("#deployed")).to_have_text("v1")
    assert (backend.models["7"].source, backend.models["7"].revision) == (before, 1)
    element(page, "Pay")
    page.keyboard.press("Delete")
    expect(page.locator("#deployed")).to_have_text("draft after v1")


def test_starting_asks_by_the_form_of_the_start_event(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7")
    page.get_by_role("button", name="Start …").click()
    dialog = page.locator("dialog#start")
    dialog.get_by_role("button", name="Deploy and start").click()
    expect(dialog.get_by_text("Field is required.")).to_be_visible()
    assert backend.started == []

    dialog.get_by_label("Amount").fill("240")
    dialog.get_by_role("button", name="Deploy and start").click()
    expect(page.get_by_text("Instance 2251799813685301 is running.")).to_be_visible()
    assert backend.started[0]["variables"]["amount"] == 240
    assert backend.models["7"].deployed_version == 1


def test_json_that_is_none_is_said_while_typing_and_starts_nothing(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7")
    page.get_by_role("button", name="Start …").click()
    dialog = page.locator("dialog#start")
    dialog.get_by_role("button", name="JSON").click()
    dialog.locator("[name=variables]").fill("[1]")
    expect(dialog.get_by_text("The variables must be one object")).to_be_visible()
    dialog.get_by_role("button", name="Deploy and start").click()

    expect(dialog).to_be_visible()
    assert backend.started == []


@pytest.mark.parametrize(("choice", "winner"), [("Keep mine", "mine"), ("Take theirs", "theirs")])
def test_when_somebody_else_saved_a_person_decides(
    page: Page, address: str, *, backend: MemoryBackend, complaints: list[str], choice: str, winner: str
):
    open_model(page, f"{address}/7")
    backend.save_as("noor", "7", sample("refund.bpmn").replace("Refund paid", "Paid by noor"))
    element(page, "Pay")
    page.keyboard.press("Delete")
    banner = page.locator("#overtaken")
    expect(banner).to_contain_text("noor saved this model")
    complaints.clear()  # the browser tells its console of every 409

    banner.get_by_role("button", name=choice).click()
    saved(page)
    expect(banner).to_be_hidden()

    assert ("Paid by noor" in backend.models["7"].source) is (winner == "theirs")
    assert (page.locator("[data-element-id=Pay]").count() == 0) is (winner == "mine")
    assert any("Paid by noor" in source for _, source in backend.kept["7"])


def test_an_earlier_version_is_restored_from_the_list(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7")
    element(page, "Pay")
    page.keyboard.press("Delete")
    saved_twice = page.locator("#save-state")
    expect(saved_twice).to_have_attribute("data-state", "waiting")
    page.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="Restore").click()

    expect(page.get_by_text("Version #1 is the newest again.")).to_be_visible()
    expect(page.locator("[data-element-id=Pay]").first).to_be_visible()
    assert [version.number for version, _ in backend.kept["7"]] == [1, 2, 3]


def test_two_versions_side_by_side_name_every_change(page: Page, address: str, backend: MemoryBackend):
    backend.save_as("noor", "7", sample("refund.bpmn").replace('name="Pay refund"', 'name="Pay it back"'))
    open_model(page, f"{address}/7/compare?from=1")

    expect(page.locator("#summary")).to_have_text("1 change")
    expect(page.locator("#changes")).to_contain_text("name: Pay refund → Pay it back")
    expect(page.locator(".djs-element.b-changed")).to_have_count(2)
    page.get_by_role("button", name="Text").click()
    expect(page.locator(".cm-changedLine").first).to_be_visible()


def test_a_model_without_a_drawing_is_laid_out(page: Page, address: str, backend: MemoryBackend):
    backend.put("5", "bpmn", "Blank", sample("blank.bpmn"))
    open_model(page, f"{address}/5")

    expect(page.get_by_text("This model had no drawing, so one was made.")).to_be_visible()
    expect(page.locator("[data-element-id=End]").first).to_be_visible()
    saved(page)
    expect(page.locator("#problems")).to_contain_text("No problems found.")
    assert "BPMNShape" in backend.models["5"].source


def test_a_dropped_file_takes_the_place_and_the_old_one_is_a_version(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7")
    page.locator("#import-file").set_input_files(
        {"name": "other.bpmn", "mimeType": "application/xml", "buffer": sample("blank.bpmn").encode()}
    )

    expect(page.locator("[data-element-id=End]").first).to_be_visible()
    saved(page)
    assert 'id="blank"' in backend.models["7"].source
    assert [version.note for version, _ in backend.kept["7"]][1] == "Before “other.bpmn” was imported"


def test_a_broken_file_changes_nothing(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/7")
    page.locator("#import-file").set_input_files(
        {"name": "bad.bpmn", "mimeType": "application/xml", "buffer": b"<no BPMNShape"}
    )

    expect(page.get_by_text("“bad.bpmn” cannot be shown")).to_be_visible()
    expect(page.locator("[data-element-id=Pay]").first).to_be_visible()
    assert 'id="Pay"' in backend.models["7"].source


def test_a_picture_holds_no_names_of_colours(page: Page, address: str):
    open_model(page, f"{address}/7")
    page.get_by_label("More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download SVG").click()
    text = download.value.path().read_text()

    assert download.value.suggested_filename == "Refund.svg"
    assert "Pay refund" in text
    assert "var(--" not in text

    page.get_by_label("More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download PNG").click()
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_an_expression_is_tried_on_the_engine(page: Page, address: str):
    open_model(page, f"{address}/7")
    page.get_by_role("tab", name="Try FEEL").click()
    page.get_by_label("Expression").fill("= amount")
    expect(page.locator("#feel-result")).to_have_text("240")
    page.get_by_label("Expression").fill("= total")
    expect(page.locator("#feel-result")).to_contain_text("There is no variable “total”.")


def test_tokens_run_through_the_drawing(page: Page, address: str):
    open_model(page, f"{address}/7")
    page.get_by_role("button", name="Simulate").click()
    page.locator("[data-container-id=Requested] .bts-context-pad").first.click(force=True)

    expect(page.locator(".bts-notifications")).to_contain_text("Classify request")


def test_the_form_a_task_names_opens_from_its_pad(page: Page, address: str):
    open_model(page, f"{address}/7?element=Approve")
    page.locator(".djs-context-pad .b-pad-entry").click()

    page.wait_for_url(f"{address}/8")
    expect(page.get_by_label("Name of the model")).to_have_value("Refund request")


def test_who_may_only_look_sees_the_drawing_and_no_tools(page: Page, address: str, backend: MemoryBackend):
    backend.rights = Rights(edit=False, deploy=False, start=False)
    open_model(page, f"{address}/7")

    expect(page.locator("[data-element-id=Pay]").first).to_be_visible()
    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.locator(".djs-palette")).to_have_count(0)


def test_a_field_added_to_a_form_is_saved(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/8")
    page.locator(".fjs-element[data-id=Field_2]").click(force=True)
    page.keyboard.press("Delete")
    page.locator(".fjs-context-pad-item").first.click()
    saved(page)
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#preview-form").get_by_label("Amount")).to_be_visible()

    keys = [each.get("key") for each in json.loads(backend.models["8"].source)["components"]]
    assert "reason" not in keys


def test_a_changed_rule_of_a_decision_is_saved(page: Page, address: str, backend: MemoryBackend):
    open_model(page, f"{address}/9")
    page.locator("[data-element-id=Entry_1]").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("> 500")
    page.locator("[data-element-id=Entry_2]").click()
    expect(page.locator("#save-state")).to_have_attribute("data-state", "waiting")
    saved(page)

    assert "500" in backend.models["9"].source


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("model", ["7", "7/compare?from=1", "9"])
@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: npm ci in designer/")
def test_no_page_has_a_barrier_that_axe_can_find(page: Page, address: str, model: str, scheme: str):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_model(page, f"{address}/{model}")
    page.evaluate(AXE.read_text())
    own = """async () => (await axe.run({exclude: [['.djs-container'], ['.bio-properties-panel'], ['.dmn-js-parent'],
             ['.cm-editor']]}, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']}))
             .violations.map(each => each.id + ': ' + each.nodes.map(node => node.target + node.html).join(' '))"""

    assert page.evaluate(own) == []


def test_a_model_of_another_engine_is_converted_and_a_list_leads_to_what_is_left(
    page: Page, address: str, backend: MemoryBackend
):
    foreign = CAMUNDA_7.read_bytes().replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"').replace(b"Tell", b"T\xe4ll")
    open_model(page, f"{address}/7")
    page.locator("#import-file").set_input_files(
        {"name": "claim.bpmn", "mimeType": "application/xml", "buffer": foreign}
    )

    expect(page.get_by_role("tab", name=re.compile("Import"))).to_have_attribute("aria-selected", "true")
    report = page.locator("#import-report")
    expect(report).to_contain_text("topic «policy» is now a job")
    expect(report).to_contain_text("left to you: «Pay»: «calledElementVersion» has no counterpart")
    expect(report.get_by_role("link")).to_contain_text("The form “reported-form” was made")
    report.get_by_role("button", name=re.compile("embedded:app")).click()
    expect(page.locator("[data-element-id=reported].selected")).to_be_visible()
    saved(page)
    assert 'topic="policy"' not in backend.models["7"].source
    assert "Täll" in backend.models["7"].source
    assert {model.name for model in backend.models.values()} >= {"reported-form"}
