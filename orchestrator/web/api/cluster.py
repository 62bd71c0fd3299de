"""What clients ask on connecting: topology, status, licence, who am I."""

from typing import Any

from orchestrator.domain.errors import Unavailable
from orchestrator.domain.keys import DEFAULT_TENANT
from orchestrator.services import accounts, status
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Inner, Shape
from orchestrator.web.wire import FLAG, HEADERS, MOMENT, NOTHING, NUMBER, TEXT, ListOf, Word, same

resource = Resource("cluster", "Cluster")

SPOKEN_VERSION = "8.10.0"
"""The version of Camunda's API that we answer like."""

PARTITION = Shape(
    "Partition",
    [
        Field("partitionId", "number", NUMBER),
        Field("role", "role", Word(same("leader"))),
        Field("health", "health", Word(same("healthy", "unhealthy"))),
        Field("state", "state", Word(same("active"))),
    ],
)
BROKER = Shape(
    "Broker",
    [
        Field("nodeId", "number", NUMBER),
        Field("brokerId", "broker_id"),
        Field("host", "host"),
        Field("port", "port", NUMBER),
        Field("partitions", "partitions", ListOf(Inner(PARTITION))),
        Field("version", "version"),
    ],
)
TOPOLOGY = Shape(
    "Topology",
    [
        Field("brokers", "brokers", ListOf(Inner(BROKER))),
        Field("clusterId", "cluster_id", nullable=True),
        Field("clusterSize", "size", NUMBER),
        Field("partitionsCount", "size", NUMBER),
        Field("replicationFactor", "size", NUMBER),
        Field("gatewayVersion", "version"),
        Field("lastCompletedChangeId", "change", TEXT),
    ],
)


@resource.get("/topology", answers=TOPOLOGY)
def get_topology(call: Call) -> dict[str, Any]:
    """Describe the cluster, which is one database in one partition as far as clients care."""
    health = "healthy" if status.health(call.rt).healthy else "unhealthy"
    partition = {"number": 1, "role": "leader", "health": health, "state": "active"}
    broker = {
        "number": 0,
        "broker_id": "0",
        "host": "localhost",
        "port": 0,
        "partitions": [partition],
        "version": SPOKEN_VERSION,
    }
    return {"brokers": [broker], "cluster_id": "baton", "size": 1, "version": SPOKEN_VERSION, "change": "-1"}


@resource.get("/status")
def get_status(call: Call) -> None:
    """Answer with 204 when work can be done, and with 503 when not."""
    found = status.health(call.rt)
    if not found.healthy:
        raise Unavailable(found.sentence)


LICENSE = Shape(
    "License",
    [
        Field("validLicense", "valid", FLAG),
        Field("licenseType", "type"),
        Field("isCommercial", "commercial", FLAG),
        Field("expiresAt", "expires_at", MOMENT, nullable=True),
    ],
)


@resource.get("/license", answers=LICENSE)
def get_license(_call: Call) -> dict[str, Any]:
    """Say that this is free software: nothing to buy, nothing that expires."""
    return {"valid": True, "type": "Apache-2.0", "commercial": False}


TENANT = Shape(
    "Tenant",
    [Field("name", "name"), Field("tenantId", "id"), Field("description", "description", nullable=True)],
)
ME = Shape(
    "Me",
    [
        Field("username", "id"),
        Field("displayName", "name", nullable=True),
        Field("email", "email", nullable=True),
        Field("authorizedComponents", "components", ListOf(TEXT)),
        Field("tenants", "tenants", ListOf(Inner(TENANT))),
        Field("groups", "groups", ListOf(TEXT)),
        Field("roles", "roles", ListOf(TEXT)),
        Field("salesPlanType", "plan", nullable=True),
        Field("c8Links", "links", HEADERS),
        Field("canLogout", "can_leave", FLAG),
    ],
)


@resource.get("/authentication/me", answers=ME)
def get_authentication(call: Call) -> dict[str, Any]:
    """Say who calls, with groups, roles and tenant."""
    who = call.who
    account = accounts.get(call.rt, who, who.id) if who.kind == "user" else None
    tenant = {"name": "Default" if who.tenant == DEFAULT_TENANT else who.tenant, "id": who.tenant}
    return {
        "id": who.id,
        "name": who.name or who.id,
        "email": account.email if account else None,
        "components": ["*"],
        "tenants": [tenant],
        "groups": sorted(who.groups),
        "roles": sorted(who.roles),
        "links": {},
        "can_leave": who.kind == "user",
    }


CONFIGURATION = Shape(
    "SystemConfiguration",
    [
        Field(
            "jobMetrics",
            "metrics",
            Inner(
                Shape(
                    "JobMetricsConfiguration",
                    [
                        Field("enabled", "enabled", FLAG),
                        Field("exportInterval", "interval"),
                        Field("maxWorkerNameLength", "longest", NUMBER),
                        Field("maxJobTypeLength", "longest", NUMBER),
                        Field("maxTenantIdLength", "longest", NUMBER),
                        Field("maxUniqueKeys", "keys", NUMBER),
                    ],
                )
            ),
        ),
        Field(
            "components",
            "components",
            Inner(
                Shape(
                    "ComponentsConfiguration",
                    [Field("active", "active", ListOf(Word(same("operate", "tasklist", "admin"))))],
                )
            ),
        ),
        Field(
            "deployment",
            "deployment",
            Inner(
                Shape(
                    "DeploymentConfiguration",
                    [Field("isMultiTenancyEnabled", "tenants", FLAG), Field("maxRequestSize", "largest", NUMBER)],
                )
            ),
        ),
        Field(
            "authentication",
            "authentication",
            Inner(
                Shape(
                    "AuthenticationConfiguration",
                    [Field("canLogout", "can_leave", FLAG), Field("isLoginDelegated", "delegated", FLAG)],
                )
            ),
        ),
        Field(
            "cloud",
            "cloud",
            Inner(Shape("CloudConfiguration", [Field("stage", "stage", NOTHING, nullable=True)])),
        ),
    ],
)


@resource.get("/system/configuration", answers=CONFIGURATION)
def get_system_configuration(call: Call) -> dict[str, Any]:
    """Describe what is switched on."""
    return {
        "metrics": {"enabled": False, "interval": "PT5M", "longest": 256, "keys": 0},
        "components": {"active": ["operate", "tasklist", "admin"]},
        "deployment": {"tenants": False, "largest": call.rt.limits.body_bytes},
        "authentication": {"can_leave": True, "delegated": False},
        "cloud": {},
    }
