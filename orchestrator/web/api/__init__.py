"""Camunda 8's REST paths under ``/v2``, and our own beside them: one file a resource."""

from flask import Flask

from orchestrator.web.api import (
    audit_logs,
    batches,
    breakers,
    cluster,
    conditionals,
    decisions,
    definitions,
    deployments,
    elements,
    expressions,
    forms,
    incidents,
    instances,
    jobs,
    messages,
    modifications,
    people,
    rehearsals,
    signals,
    suspensions,
    tokens,
    travel,
    user_tasks,
    variables,
)
from orchestrator.web.endpoints import Endpoint, Resource

RESOURCES: tuple[Resource, ...] = (
    *(
        module.resource
        for module in (
            cluster,
            deployments,
            definitions,
            forms,
            decisions,
            instances,
            modifications,
            elements,
            variables,
            jobs,
            user_tasks,
            incidents,
            messages,
            signals,
            conditionals,
            expressions,
            batches,
            suspensions,
            travel,
            rehearsals,
            people,
            audit_logs,
            tokens,
            breakers,
        )
    ),
    suspensions.own,
)

ENDPOINTS: tuple[Endpoint, ...] = tuple(endpoint for resource in RESOURCES for endpoint in resource.endpoints)


def register(app: Flask) -> None:
    """Serve every resource."""
    for resource in RESOURCES:
        app.register_blueprint(resource.blueprint())
