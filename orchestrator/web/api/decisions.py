"""Decisions: search, get, the file, evaluate, and what was decided."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from pydantic import model_validator

from orchestrator.domain.errors import NotFound
from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page, PageRequest
from orchestrator.services import decisions, deployments, queries
from orchestrator.services.decisions import Evaluated
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body, Name, Variables, WireKey
from orchestrator.web.endpoints import Call, Raw, Resource
from orchestrator.web.rows import search_rows
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Inner, Shape, key
from orchestrator.web.wire import FLAG, JSON_TEXT, MOMENT, NULL, NUMBER, ListOf, Word, dump, read_key

resource = Resource("decisions", "Decision")

DECISION = Shape(
    "DecisionDefinition",
    [
        Field("decisionDefinitionId", "decision_id"),
        key("decisionDefinitionKey", "decision_key"),
        Field("decisionRequirementsId", "requirements_id"),
        key("decisionRequirementsKey", "requirements_key"),
        Field("decisionRequirementsName", lambda row: row.get("requirements_name") or row["requirements_id"]),
        Field("decisionRequirementsVersion", "requirements_version", NUMBER),
        Field("name", lambda row: row.get("name") or row["decision_id"], column="name"),
        Field("tenantId", "tenant"),
        Field("version", "version", NUMBER),
        Field("isLatestVersion", "is_latest", FLAG, shown=False),
    ],
    noun="decisions",
)


@resource.search("/decision-definitions/search", DECISION)
def search_decision_definitions(call: Call, search: Search) -> Page:
    """Search decisions."""
    return queries.search(call.rt, call.who, "decisions", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/decision-definitions/{decisionDefinitionKey}", answers=DECISION)
def get_decision_definition(call: Call, decision_definition_key: Key) -> dict[str, Any]:
    """Get a decision."""
    return queries.get(call.rt, call.who, "decisions", decision_definition_key)


@resource.get("/decision-definitions/{decisionDefinitionKey}/xml", answers=Raw("text/xml; charset=utf-8"))
def get_decision_definition_xml(call: Call, decision_definition_key: Key) -> bytes:
    """Get the deployed DMN file of a decision."""
    return deployments.decision_source(call.rt, call.who, decision_definition_key)


class EvaluateDecision(Body):
    """Which decision, by id or by key, with which variables."""

    decision_definition_id: Name | None = None
    decision_definition_key: WireKey | None = None
    variables: Variables | None = None
    tenant_id: str | None = None

    @model_validator(mode="after")
    def name_one_decision(self) -> Self:
        """Refuse both names and none."""
        if (self.decision_definition_id is None) == (self.decision_definition_key is None):
            raise ValueError("Name the decision by decisionDefinitionId or by decisionDefinitionKey, one of them.")
        return self


_OUTPUT = Shape(
    "EvaluatedDecisionOutput",
    [
        Field("outputId", "id"),
        Field("outputName", "name"),
        Field("outputValue", "value", JSON_TEXT, fallback=NULL),
        Field("ruleId", "rule_id", nullable=True),
        Field("ruleIndex", "rule_index", NUMBER, nullable=True),
    ],
)
_RULE = Shape(
    "MatchedDecisionRule",
    [
        Field("ruleId", "id"),
        Field("ruleIndex", "index", NUMBER),
        Field("evaluatedOutputs", "outputs", ListOf(Inner(_OUTPUT)), fallback=()),
    ],
)
_INPUT = Shape(
    "EvaluatedDecisionInput",
    [Field("inputId", "id"), Field("inputName", "name"), Field("inputValue", "value", JSON_TEXT, fallback=NULL)],
)
_TYPES = Word(
    {"decision table": "DECISION_TABLE", "literal expression": "LITERAL_EXPRESSION"},
    others=("UNSPECIFIED",),
    fallback="UNKNOWN",
)
_EVALUATED = Shape(
    "EvaluatedDecision",
    [
        Field("decisionDefinitionId", "decision_id"),
        Field("decisionDefinitionName", "name"),
        Field("decisionDefinitionVersion", "version", NUMBER),
        Field("decisionDefinitionType", "type"),
        Field("output", "output"),
        Field("tenantId", "tenant"),
        Field("matchedRules", "rules", ListOf(Inner(_RULE))),
        Field("evaluatedInputs", "inputs", ListOf(Inner(_INPUT))),
        key("decisionDefinitionKey", "decision_key"),
        Field("decisionEvaluationInstanceKey", "evaluation_id"),
    ],
)
EVALUATION = Shape(
    "DecisionEvaluation",
    [
        Field("decisionDefinitionId", "decision_id"),
        key("decisionDefinitionKey", "decision_key"),
        Field("decisionDefinitionName", "name"),
        Field("decisionDefinitionVersion", "version", NUMBER),
        key("decisionEvaluationKey", "evaluation_key"),
        key("decisionInstanceKey", "evaluation_key"),
        Field("decisionRequirementsId", "requirements_id"),
        key("decisionRequirementsKey", "requirements_key"),
        Field("evaluatedDecisions", "evaluated", ListOf(Inner(_EVALUATED))),
        Field("failedDecisionDefinitionId", "failed", nullable=True),
        Field("failureMessage", "failure", nullable=True),
        Field("output", "output"),
        Field("tenantId", "tenant"),
    ],
)


@resource.post("/decision-definitions/evaluation", answers=EVALUATION, also=(404,))
def evaluate_decision(call: Call, body: EvaluateDecision) -> dict[str, Any]:
    """Evaluate a decision, the newest version by id or exactly one by key, and say which rules matched."""
    check_tenant(call.who, body.tenant_id)
    found = decisions.evaluate(
        call.rt,
        call.who,
        decision_id=body.decision_definition_id,
        decision_key=body.decision_definition_key,
        variables=body.variables or {},
    )
    return _evaluation(found, _siblings(call, found))


def _siblings(call: Call, found: Evaluated) -> dict[str, dict[str, Any]]:
    """Return the decisions of the same file by id: those that were required are among them."""
    page = queries.search(
        call.rt,
        call.who,
        "decisions",
        filter={"requirements_key": found.requirements_key},
        page=PageRequest(limit=10_000),
    )
    return {row["decision_id"]: row for row in page.items}


def _evaluation(found: Evaluated, siblings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Write an evaluation; it is not kept, so that its key is that of the decision."""
    taken = [one for one in _decisions(found.audit) if one["id"] in siblings]
    return {
        "decision_id": found.decision_id,
        "decision_key": found.decision_key,
        "name": found.name or found.decision_id,
        "version": found.version,
        "output": dump(found.output).decode(),
        "tenant": found.tenant,
        "evaluation_key": found.decision_key,
        "requirements_id": found.requirements_id,
        "requirements_key": found.requirements_key,
        "failed": None if found.failure is None else found.decision_id,
        "failure": found.failure,
        "evaluated": [_taken(number, siblings[one["id"]], one) for number, one in enumerate(taken, 1)],
    }


def _taken(number: int, row: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    """Write one decision that was taken."""
    return {
        **row,
        "name": row["name"] or row["decision_id"],
        "type": _TYPES.write(one["kind"]),
        "output": dump(one["output"]).decode(),
        "evaluation_id": f"{row['decision_key']}-{number}",
        "rules": list(_rules(one)),
        "inputs": list(_inputs(one)),
    }


def _decisions(audit: Any) -> Sequence[Mapping[str, Any]]:
    """Return the decisions of an audit in the order in which they were taken; the one that was asked for is last."""
    return audit.get("decisions", ()) if isinstance(audit, Mapping) else ()


def _asked(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an audit says of the decision that was asked for."""
    taken = _decisions(row.get("audit"))
    return taken[-1] if taken else {}


def _rules(one: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Write the rules that matched; what has no id is called by its number or name."""
    for rule in one.get("rules", ()):
        name = rule["id"] or str(rule["index"])
        outputs = [
            {**each, "id": each["id"] or each["name"], "rule_id": name, "rule_index": rule["index"]}
            for each in rule["outputs"]
        ]
        yield {"id": name, "index": rule["index"], "outputs": outputs}


def _inputs(one: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Write the inputs of a table."""
    for each in one.get("inputs", ()):
        yield {**each, "id": each["id"] or each["name"]}


DECISION_INSTANCE = Shape(
    "DecisionInstance",
    [
        Field("businessId", "business_id", nullable=True, filter=False, sort=False),
        Field("decisionDefinitionId", "decision_id"),
        key("decisionDefinitionKey", "decision_key"),
        Field("decisionDefinitionName", lambda row: row.get("name") or row["decision_id"]),
        Field("decisionDefinitionType", lambda row: _asked(row).get("kind"), _TYPES),
        Field("decisionDefinitionVersion", "version", NUMBER, filter=False, sort=False),
        Field("decisionEvaluationInstanceKey", lambda row: f"{row['decision_instance_key']}-1"),
        key("decisionEvaluationKey", "decision_instance_key"),
        key("elementInstanceKey", "element_instance_key", nullable=True),
        Field("evaluationDate", "evaluated_at", MOMENT),
        Field("evaluationFailure", "failure", nullable=True, filter=False, sort=False),
        key("processDefinitionKey", "definition_key", nullable=True),
        key("processInstanceKey", "instance_key", nullable=True),
        Field("result", lambda row: dump(row.get("output")).decode()),
        key("rootDecisionDefinitionKey", "decision_key"),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True, filter=False, sort=False),
        Field("state", lambda _row: "EVALUATED", Word({"EVALUATED": "EVALUATED"}, others=("FAILED", "UNSPECIFIED"))),
        Field("tenantId", "tenant"),
    ],
    noun="decision_instances",
)
DECISION_INSTANCE_DETAIL = Shape(
    "DecisionInstanceDetail",
    [
        *DECISION_INSTANCE.fields,
        Field("evaluatedInputs", lambda row: list(_inputs(_asked(row))), ListOf(Inner(_INPUT))),
        Field("matchedRules", lambda row: list(_rules(_asked(row))), ListOf(Inner(_RULE))),
    ],
    noun="decision_instances",
)


@resource.search("/decision-instances/search", DECISION_INSTANCE)
def search_decision_instances(call: Call, search: Search) -> Page:
    """Search what was decided in process instances."""
    page = queries.search(
        call.rt, call.who, "decision_instances", filter=search.filter, sort=search.sort, page=search.page
    )
    rows = _named(call, page.items)
    return Page(
        items=rows,
        total=page.total,
        start_cursor=page.start_cursor,
        end_cursor=page.end_cursor,
        has_more=page.has_more,
    )


def _named(call: Call, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add name and version of the decisions."""
    found = list(rows)
    wanted = sorted({row["decision_key"] for row in found if row["decision_key"] is not None})
    if not wanted:
        return [{"version": 0, **row} for row in found]
    page = queries.search(
        call.rt,
        call.who,
        "decisions",
        filter={"decision_key": {"in": wanted}},
        page=PageRequest(limit=len(wanted)),
    )
    known = {row["decision_key"]: {"name": row["name"], "version": row["version"]} for row in page.items}
    return [{"version": 0, **row, **known.get(row["decision_key"], {})} for row in found]


@resource.get("/decision-instances/{decisionEvaluationInstanceKey}", answers=DECISION_INSTANCE_DETAIL)
def get_decision_instance(call: Call, decision_evaluation_instance_key: str) -> dict[str, Any]:
    """Get what was decided, with inputs and matched rules."""
    digits, _, _ = decision_evaluation_instance_key.partition("-")
    found = queries.get(call.rt, call.who, "decision_instances", read_key(digits, "decisionEvaluationInstanceKey"))
    return _named(call, [found])[0]


REQUIREMENTS = Shape(
    "DecisionRequirements",
    [
        Field("decisionRequirementsId", "requirements_id"),
        key("decisionRequirementsKey", "requirements_key"),
        Field("decisionRequirementsName", "requirements_name"),
        Field("resourceName", "resource_name"),
        Field("tenantId", "tenant"),
        Field("version", "requirements_version", NUMBER),
    ],
    noun="decision_requirements",
)


def _requirements(call: Call, **conditions: Any) -> list[dict[str, Any]]:
    """Return the files that decisions came from, newest first."""
    page = queries.search(
        call.rt,
        call.who,
        "decisions",
        filter=conditions,
        sort=[("requirements_key", "desc")],
        page=PageRequest(limit=10_000),
    )
    files: dict[Key, dict[str, Any]] = {}
    for row in page.items:
        name = row.get("requirements_name") or row["requirements_id"]
        files.setdefault(row["requirements_key"], {**row, "requirements_name": name})
    return list(files.values())


@resource.search("/decision-requirements/search", REQUIREMENTS)
def search_decision_requirements(call: Call, search: Search) -> Page:
    """Search deployed DMN files."""
    return search_rows(_requirements(call), search)


@resource.get("/decision-requirements/{decisionRequirementsKey}", answers=REQUIREMENTS)
def get_decision_requirements(call: Call, decision_requirements_key: Key) -> dict[str, Any]:
    """Get a deployed DMN file's description."""
    found = _requirements(call, requirements_key=decision_requirements_key)
    if not found:
        raise NotFound(f"There are no decision requirements with the key {decision_requirements_key}.")
    return found[0]


@resource.get("/decision-requirements/{decisionRequirementsKey}/xml", answers=Raw("text/xml; charset=utf-8"))
def get_decision_requirements_xml(call: Call, decision_requirements_key: Key) -> bytes:
    """Get a deployed DMN file."""
    found = get_decision_requirements(call, decision_requirements_key)
    return deployments.decision_source(call.rt, call.who, found["decision_key"])
