"""Files nobody should deploy: each is refused whole, with a reason, and what runs goes on."""

import json
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from orchestrator.services import models
from tests.acceptance.conftest import PASSWORD, Place
from tests.acceptance.models import ENDS, SPACES, chain, flow, model, one_job, script
from tests.support.houses import ADMIN

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
FILE = '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
FAR = '<!DOCTYPE d [<!ENTITY % e SYSTEM "http://127.0.0.1:1/e.dtd">%e;]>'
DMN = 'xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="g" name="G" namespace="n"'


def bpmn(prolog: str = "", text: str = "", process: str = "<task id='a'/>") -> str:
    inner = f"<process id='bad' name='{text}' isExecutable='true'>{process}</process>"
    return f"{prolog}<definitions {SPACES}>{inner}</definitions>"


def dmn(prolog: str = "", text: str = "1", wrong: str = "") -> str:
    logic = f'<literalExpression id="l"><text>{text}</text></literalExpression>'
    inner = f'<decision id="x" name="X"><variable name="X"/>{logic}{wrong}</decision>'
    return f"{prolog}<definitions {DMN}>{inner}</definitions>"


def body(content: str) -> str:
    return model("bad", content).content.decode()


def named(expression: str) -> str:
    return (
        '<task id="a"><extensionElements><zeebe:ioMapping><zeebe:input source="'
        + expression
        + '" target="x"/>'
        + ("</zeebe:ioMapping></extensionElements></task>")
    )


BAD = {
    "broken XML": ("bad.bpmn", "<definitions><process", "xml"),
    "no XML at all": ("bad.bpmn", "\x00\x01PK\x03\x04", "xml"),
    "an external entity": ("bad.bpmn", bpmn(FILE, "&e;"), "document type"),
    "a far document type": ("bad.bpmn", bpmn(FAR), "document type"),
    "an entity bomb": ("bad.bpmn", bpmn(f"<!DOCTYPE d [{LAUGHS}]>", "&l9;"), "document type"),
    "an unknown element": ("bad.bpmn", body('<superTask id="a"/>'), "superTask"),
    "a dangling flow": ("bad.bpmn", body(ENDS + flow("s", "nowhere")), "nowhere"),
    "a dangling message": ("bad.bpmn", body('<receiveTask id="a" messageRef="none"/>'), "none"),
    "a condition that is no FEEL": ("bad.bpmn", body(ENDS + flow("s", "e", "=a +")), "s-e"),
    "a mapping that is no FEEL": ("bad.bpmn", body(named("=(")), "FEEL"),
    "a script that is no FEEL": ("bad.bpmn", body(script("a", "=if x", "y")), "FEEL"),
    "a broken decision": ("bad.dmn", "<definitions", "xml"),
    "a decision with an external entity": ("bad.dmn", dmn(FILE, "&e;"), "document type"),
    "a decision with an entity bomb": ("bad.dmn", dmn(f"<!DOCTYPE d [{LAUGHS}]>", "&l9;"), "document type"),
    "a decision that is no FEEL": ("bad.dmn", dmn(text="1 +"), "FEEL"),
    "a decision that needs what is not there": (
        "bad.dmn",
        dmn(wrong='<informationRequirement id="r"><requiredDecision href="#gone"/></informationRequirement>'),
        "gone",
    ),
    "a broken form": ("bad.form", '{"id": "f", "components": [', "json"),
    "a form that is a list": ("bad.form", "[]", "no id"),
    "a form with NUL": ("bad.form", '{"id": "f\\u0000", "components": []}', "NUL"),
    "a form with a lone surrogate": ("bad.form", '{"id": "f", "components": [{"label": "\\ud83d"}]}', "surrogate"),
    "a form without bottom": ("bad.form", '{"id": "f", "components": ' + "[" * 50_000 + "]" * 50_000 + "}", "deep"),
    "a file of an unknown kind": ("bad.exe", "MZ", "bad.exe"),
    "a name with NUL": ("ba\x00d.bpmn", body(ENDS + chain("s", "e")), "NUL"),
    "a process id with a blank text": ("bad.bpmn", bpmn().replace("'bad'", "''"), "id"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
@pytest.mark.usefixtures("unchanged")
def test_a_bad_file_is_refused_with_its_reason_and_so_is_the_good_one_beside_it(client: FlaskClient, case: str) -> None:
    name, content, reason = BAD[case]
    good = one_job("good")
    parts = [(BytesIO(good.content), good.name), (BytesIO(content.encode()), name)]

    answer = client.post("/v2/deployments", data={"resources": parts}, auth=("admin", PASSWORD))

    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert reason.lower() in json.dumps(answer.json, ensure_ascii=False).lower()
    assert "root:" not in answer.text


def test_a_draft_that_is_nested_without_bottom_keeps_nobody_from_designing(place: Place, client: FlaskClient) -> None:
    content = '{"id": "f", "components": ' + "[" * 50_000 + "]" * 50_000 + "}"
    models.create(place.rt, ADMIN, name="Deep", kind="form", content=content)
    sound = models.create(place.rt, ADMIN, name="Sound", kind="bpmn", content=one_job("drawn").content.decode())

    for path in ("/models", f"/designer/models/{sound.model_key}", "/designer/api/links"):
        assert client.get(path, auth=("admin", PASSWORD)).status_code == 200
