"""Element templates follow the input models and hold what the designer demands."""

from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from connectors import reference, registry, templates
from connectors.api import Context, connector
from connectors.schema import Shown


class Tone(Enum):
    FRIENDLY = "friendly"
    FORMAL = "formal"


class Input(BaseModel):
    address: Annotated[str, Shown(group="Who")] = Field(description="Where to.")
    tone: Tone = Tone.FORMAL
    priority: Literal["low", "high"] | None = None
    copies: int = 1
    urgent: bool = False
    reason: Annotated[str, Shown(lines=True, when=("urgent", "true"))] = ""
    extra: Annotated[dict[str, Any], Shown(feel=True)] = {}


class Output(BaseModel):
    sent: bool


@connector("send-letter:3", title="Send a letter")
def send_letter(given: Input, context: Context) -> Output:
    """Send a letter by post.

    The second paragraph is for programmers.
    """
    return Output(sent=True)


@pytest.fixture
def made():
    return templates.template(send_letter)


def by_id(made, name):
    return next(each for each in made["properties"] if each["id"] == name)


def test_a_template_names_its_connector_and_sets_the_job_type(made):
    assert (made["id"], made["version"], made["name"]) == ("baton.connectors.send-letter", 3, "Send a letter")
    assert made["description"] == "Send a letter by post."
    assert by_id(made, "type")["value"] == "send-letter:3"
    assert by_id(made, "type")["binding"] == {"type": "zeebe:taskDefinition", "property": "type"}


def test_every_field_is_a_property_that_writes_an_input(made):
    inputs = {
        each["id"]: each["binding"]["name"] for each in made["properties"] if each["binding"]["type"] == "zeebe:input"
    }

    assert inputs == {name: name for name in Input.model_fields}


def test_the_kind_of_field_follows_the_type(made):
    assert by_id(made, "address") == {
        "id": "address",
        "label": "Address",
        "group": "who",
        "type": "String",
        "feel": "optional",
        "binding": {"type": "zeebe:input", "name": "address"},
        "description": "Where to.",
        "constraints": {"notEmpty": True},
    }
    assert by_id(made, "tone")["choices"] == [
        {"name": "friendly", "value": "friendly"},
        {"name": "formal", "value": "formal"},
    ]
    assert by_id(made, "tone")["value"] == "formal"
    assert by_id(made, "priority")["type"] == "Dropdown"
    assert (by_id(made, "copies")["type"], by_id(made, "copies")["feel"]) == ("Number", "static")
    assert by_id(made, "urgent")["value"] is False
    assert by_id(made, "reason")["condition"] == {"property": "urgent", "equals": "true"}
    assert by_id(made, "extra")["feel"] == "required"


def test_groups_come_in_the_order_of_the_fields(made):
    assert [each["label"] for each in made["groups"]] == ["Who", "Input", "Result", "Retries"]


def test_the_result_is_mapped_by_headers(made):
    keys = [each["binding"]["key"] for each in made["properties"] if each["binding"]["type"] == "zeebe:taskHeader"]

    assert keys == ["resultVariable", "resultExpression", "errorExpression"]


def test_all_shipped_templates_pass_the_check_and_carry_an_icon():
    made = templates.all_templates(registry.installed())

    assert {each["id"]: templates.problems(each) for each in made} == {each["id"]: [] for each in made}
    assert all(each["icon"]["contents"].startswith("data:image/svg+xml;base64,") for each in made)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"type": "Slider"}, "there is no type"),
        ({"binding": {"type": "zeebe:input"}}, "names no target"),
        ({"type": "Dropdown", "choices": [], "feel": None}, "not among the choices"),
        ({"feel": "static"}, "cannot be FEEL"),
        ({"type": "Number", "feel": None}, "needs FEEL"),
        ({"group": "nowhere"}, "a group that exists"),
        ({"optional": True}, "optional and not empty"),
        ({"condition": {"property": "nobody", "equals": 1}}, "names no property"),
        ({"id": "tone"}, "two properties are called tone"),
    ],
)
def test_the_check_finds_what_a_designer_could_not_make_sense_of(made, change, problem):
    by_id(made, "address").update(change)

    assert problem in "\n".join(templates.problems(made))


def test_the_reference_describes_every_connector_as_it_is():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "connectors.md").read_text(encoding="utf-8")

    shipped = registry.registry(each for each in registry.installed() if each.module.startswith("connectors."))
    assert reference.reference(shipped) in page
