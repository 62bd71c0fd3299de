"""The designer's pages: the right editor, what it is given, and what cannot leave the script element."""

import json
import re

import pytest

from designer.backend import Rights


def data_of(page: str) -> dict:
    return json.loads(re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize(
    ("model", "word", "entry"), [("7", "Process", "modeler"), ("8", "Form", "forms"), ("9", "Decision", "decisions")]
)
def test_each_kind_has_its_editor(client, model, word, entry):
    page = client.get(f"/designer/models/{model}").text

    assert f"<li>{word}</li>" in page
    assert re.search(rf"/static/dist/{entry}-[A-Z0-9]+\.js", page) or "bundle has not been built" in page


def test_the_page_knows_the_model_and_the_element_of_the_address(client):
    data = data_of(client.get("/designer/models/7?element=Pay").text)

    assert data["element"] == "Pay"
    assert data["revision"] == 1
    assert data["api"] == "/designer/api"
    assert data["rights"] == {"edit": True, "deploy": True, "start": True}


def test_a_source_cannot_end_the_script_that_carries_it(client, backend):
    backend.put("66", "form", "</title><script>x", "</script><script>alert(1)</script>")

    page = client.get("/designer/models/66").text

    assert "<script>alert" not in page
    assert "<script>x" not in page
    assert data_of(page)["source"] == "</script><script>alert(1)</script>"


def test_who_may_not_edit_is_shown_no_tools_for_it(client, backend):
    backend.rights = Rights(edit=False, deploy=False, start=False)

    page = client.get("/designer/models/7").text

    assert 'data-act="undo"' not in page
    assert 'data-act="deploy"' not in page
    assert 'data-act="start"' not in page
    assert 'data-act="export-xml"' in page


def test_a_model_that_does_not_exist_is_a_page_for_people_and_a_problem_for_scripts(client):
    page = client.get("/designer/models/404", headers={"Accept": "text/html"})
    script = client.get("/designer/api/models/404")

    assert page.status_code == script.status_code == 404
    assert "There is no model 404." in page.text
    assert script.json["detail"] == "There is no model 404."


def test_two_versions_are_compared_by_their_numbers(client):
    data = data_of(client.get("/designer/models/7/compare?from=1&to=x").text)

    assert data["from"] == 1
    assert data["to"] is None
    assert [each["number"] for each in data["versions"]] == [1]
