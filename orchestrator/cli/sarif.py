"""Findings in SARIF 2.1.0, which code hosts and editors read."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orchestrator.domain.finding import Finding, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif(findings: Sequence[Finding], files: Sequence[str]) -> dict[str, Any]:
    """Return one run of ``baton check``."""
    rules = sorted({each.rule for each in findings})
    places = {name: index for index, name in enumerate(files)}
    run = {
        "tool": {"driver": {"name": "baton", "version": _version(), "rules": [_rule(each) for each in rules]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [{"location": {"uri": _uri(name)}} for name in files],
        "results": [_result(each, rules.index(each.rule), places) for each in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("baton-orchestrator")
    except PackageNotFoundError:
        return "0"


def _rule(name: str) -> dict[str, Any]:
    words = name.replace("-", " ")
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": f"{words[:1].upper()}{words[1:]}."},
    }


def _result(finding: Finding, rule: int, places: dict[str, int]) -> dict[str, Any]:
    name = finding.resource or ""
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(name)} | ({"index": places[name]} if name in places else {}),
            "region": {"startLine": max(1, finding.line or 1)},
        }
    }
    if finding.element_id is not None:
        location["logicalLocations"] = [
            {"name": finding.element_name or finding.element_id, "fullyQualifiedName": finding.element_id}
        ]
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.element_id}: {finding.message}" if finding.element_id else finding.message},
        "locations": [location],
        "partialFingerprints": {"baton/v1": _fingerprint(finding)},
    }


def _fingerprint(finding: Finding) -> str:
    """Stay the same when lines above are added, so that a code host knows an old finding again."""
    parts = (finding.resource, finding.rule, finding.element_id or finding.line, finding.message)
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32]


def _uri(name: str) -> str:
    """Return a file's name as SARIF wants it: relative as it is, absolute with its scheme."""
    path = Path(name)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
