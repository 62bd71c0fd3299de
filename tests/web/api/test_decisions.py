"""Decisions over REST."""

from pathlib import Path

MODELS = Path(__file__).resolve().parents[3] / "process_models"


def test_an_input_that_is_not_there_was_seen_as_null(admin):
    (file,) = MODELS.glob("**/refund-decision.dmn")
    admin.deploy((file.name, file.read_text()))

    evaluated = admin.post("/decision-definitions/evaluation", {"decisionDefinitionId": "refund-decision"})

    assert evaluated.status_code == 200
    (decision,) = evaluated.json["evaluatedDecisions"]
    assert {seen["inputValue"] for seen in decision["evaluatedInputs"]} == {"null"}
