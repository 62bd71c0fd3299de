"""The reference names every rule that the code can find, and no other."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
ENGINE = ROOT / "orchestrator" / "engine"
CALL = re.compile(
    r"(?:\.(?:error|warning|info)|Unreadable|_refused|self\._add)\(\s*\"([a-z]+(?:-[a-z]+)+)\"|rule=\"([a-z]+(?:-[a-z]+)+)\""
)


def rules_in_code() -> set[str]:
    files = [*ENGINE.glob("*.py")]
    for folder in ("reading", "validate", "dialects", "specs"):
        files += (ENGINE / folder).glob("*.py")
    found = {rule for file in files for found in CALL.findall(file.read_text()) for rule in found if rule}
    kinds = {f"{word}-code-{what}" for word in ("error", "escalation") for what in ("missing", "expression")}
    return found | kinds | {"number", "quantity", "converted", "start-event", "unreachable"}


def rules_in_reference() -> set[str]:
    text = (ROOT / "docs" / "reference" / "bpmn.md").read_text().partition("## Findings")[2]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {rule for row in rows for rule in re.findall(r"`([a-z-]+)`", row)}


def test_every_rule_is_explained_and_every_explained_rule_exists() -> None:
    assert rules_in_code() == rules_in_reference()
