"""The audit log: who did what to which, search and get."""

from typing import Any

from orchestrator.domain.keys import Key
from orchestrator.domain.search import Page
from orchestrator.services import queries
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import MOMENT, TEXT, Word, same

resource = Resource("audit_logs", "Audit log")

ENTITIES = Word(
    {
        "process instance": "PROCESS_INSTANCE",
        "process definition": "RESOURCE",
        "deployment": "RESOURCE",
        "user task": "USER_TASK",
        "incident": "INCIDENT",
        "job": "JOB",
        "scope": "VARIABLE",
        "user": "USER",
        "token": "CLIENT",
        "batch": "BATCH",
    },
    others=("AUTHORIZATION", "DECISION", "GROUP", "MAPPING_RULE", "ROLE", "TENANT"),
    fallback="RESOURCE",
)
OPERATIONS = Word(
    {
        "deploy": "CREATE",
        "create": "CREATE",
        "set password": "UPDATE",
        "set variables": "UPDATE",
        "update": "UPDATE",
        "delete": "DELETE",
        "revoke": "DELETE",
        "cancel": "CANCEL",
        "migrate": "MIGRATE",
        "modify": "MODIFY",
        "resolve": "RESOLVE",
        "suspend": "SUSPEND",
        "resume": "RESUME",
        "assign": "ASSIGN",
        "claim": "ASSIGN",
        "unassign": "UNASSIGN",
        "unclaim": "UNASSIGN",
        "complete": "COMPLETE",
    },
    others=("EVALUATE",),
    fallback="UNKNOWN",
)
"""Our words in Camunda's; what has none of them is UNKNOWN, and ``entityDescription`` says what was done."""


_CATEGORIES = {"user": "ADMIN", "token": "ADMIN", "user task": "USER_TASKS"}


def _never(wire: str) -> Field:
    """Make a field of Camunda's that nothing of ours fills."""
    return Field(wire, lambda _row: None, nullable=True)


def _only(kind: str, wire: str) -> Field:
    """Make a field that holds the key of the thing if it is of this kind."""
    return key(wire, lambda row: row["resource"] if row["resource_kind"] == kind else None, nullable=True)


ENTRY = Shape(
    "AuditLog",
    [
        key("auditLogKey", "audit_key"),
        Field("entityKey", "resource", TEXT),
        Field("entityType", "resource_kind", ENTITIES),
        Field("operationType", "action", OPERATIONS),
        Field("timestamp", "at", MOMENT),
        Field("actorId", "actor", nullable=True),
        Field("actorType", "actor_kind", Word({"user": "USER", "token": "CLIENT", "system": "UNKNOWN"})),
        Field("tenantId", "tenant"),
        Field("result", lambda _row: "SUCCESS", Word(same("SUCCESS", "FAIL"))),
        Field(
            "category",
            lambda row: _CATEGORIES.get(row["resource_kind"], "DEPLOYED_RESOURCES"),
            Word(same("ADMIN", "DEPLOYED_RESOURCES", "USER_TASKS")),
        ),
        Field("entityDescription", lambda row: f"{row['action']} {row['resource_kind']}"),
        _only("process instance", "processInstanceKey"),
        _only("process instance", "rootProcessInstanceKey"),
        _only("job", "jobKey"),
        _only("user task", "userTaskKey"),
        _only("deployment", "deploymentKey"),
        _only("process definition", "processDefinitionKey"),
        _only("scope", "elementInstanceKey"),
        *map(
            _never,
            (
                "batchOperationKey",
                "batchOperationType",
                "agentElementId",
                "processDefinitionId",
                "decisionRequirementsId",
                "decisionRequirementsKey",
                "decisionDefinitionId",
                "decisionDefinitionKey",
                "decisionEvaluationKey",
                "formKey",
                "resourceKey",
                "relatedEntityKey",
                "relatedEntityType",
                "inboundChannelType",
                "inboundChannelToolName",
            ),
        ),
    ],
    noun="audit",
)


@resource.search("/audit-logs/search", ENTRY)
def search_audit_logs(call: Call, search: Search) -> Page:
    """Search the audit log.

    Needs the permission to administer. Each entry's hash covers the one before; `baton audit --verify` checks them all.
    """
    return queries.search(call.rt, call.who, "audit", filter=search.filter, sort=search.sort, page=search.page)


@resource.get("/audit-logs/{auditLogKey}", answers=ENTRY)
def get_audit_log(call: Call, audit_log_key: Key) -> dict[str, Any]:
    """Get an entry of the audit log."""
    return queries.get(call.rt, call.who, "audit", audit_log_key)
