"""Acting on this machine's database, through the services."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from orchestrator import bootstrap
from orchestrator.cli.door import Files, Row
from orchestrator.domain.access import SYSTEM
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import (
    auditing,
    batches,
    deployments,
    incidents,
    instances,
    messages,
    queries,
    tokens,
    user_tasks,
    variables,
)
from orchestrator.services.runtime import Runtime

MOST_ELEMENTS = 500


class LocalDoor:
    """The services, by the commands' names; whoever may read the database needs no token."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Do what an address does."""
        from orchestrator.web import inside  # the API with all its bodies, which few commands need

        return inside.call(self._rt, SYSTEM, method, path, body)

    def work_off(self) -> bool:
        """Work batches off."""
        return batches.work_off(self._rt) > 0

    def deploy(self, files: Files) -> Row:
        """Deploy files."""
        resources = [deployments.Resource(name=name, content=content) for name, content in files]
        made = deployments.deploy(self._rt, SYSTEM, resources)
        return {
            "key": made.key,
            "processes": [
                _row(each.process_id, each.version, each.resource_name, each.definition_key) for each in made.processes
            ],
            "decisions": [
                _row(each.decision_id, each.version, each.resource_name, each.decision_key) for each in made.decisions
            ],
            "forms": [_row(each.form_id, each.version, each.resource_name, each.form_key) for each in made.forms],
            "findings": [asdict(each) for each in made.findings],
        }

    def start(
        self,
        process_id: str,
        variables: Mapping[str, Any],
        *,
        version: int | None,
        business_id: str | None,
        wait: timedelta | None,
    ) -> Row:
        """Start an instance."""
        started = instances.start(
            self._rt,
            SYSTEM,
            process_id=process_id,
            version=-1 if version is None else version,
            variables=variables,
            business_id=business_id,
            await_completion=wait is not None,
            timeout=wait,
        )
        return {
            "instance_key": started.instance_key,
            "process_id": started.process_id,
            "version": started.version,
            "completed": started.completed,
            "variables": started.variables,
        }

    def instances(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search instances."""
        return self._search("instances", wanted, "started_at", limit)

    def show(self, instance_key: int) -> Row:
        """Gather what is known of an instance."""
        key = Key(instance_key)
        mine = {"instance_key": key}
        return {
            "instance": queries.get(self._rt, SYSTEM, "instances", key),
            "variables": variables.visible(self._rt, SYSTEM, key),
            "elements": self._search("element_instances", mine, "element_instance_key", MOST_ELEMENTS, "asc"),
            "incidents": self._search("incidents", mine | {"status": "ACTIVE"}, "opened_at", MOST_ELEMENTS),
        }

    def cancel(self, instance_key: int) -> None:
        """Cancel an instance."""
        instances.cancel(self._rt, SYSTEM, Key(instance_key))

    def publish(
        self, name: str, correlation_key: str, variables: Mapping[str, Any], *, keep: timedelta, message_id: str
    ) -> Row:
        """Publish a message."""
        published = messages.publish(
            self._rt,
            SYSTEM,
            name=name,
            correlation_key=correlation_key,
            variables=variables,
            time_to_live=keep,
            message_id=message_id,
        )
        return {"message_key": published.message_key}

    def tasks(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search user tasks."""
        return self._search("user_tasks", wanted, "created_at", limit)

    def complete(self, task_key: int, variables: Mapping[str, Any]) -> None:
        """Complete a user task."""
        user_tasks.complete(self._rt, SYSTEM, Key(task_key), variables)

    def incidents(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search open incidents."""
        return self._search("incidents", {"status": "ACTIVE", **wanted}, "opened_at", limit)

    def retry(self, incident_key: int) -> None:
        """Resolve an incident."""
        incidents.resolve(self._rt, SYSTEM, Key(incident_key))

    def create_token(self, name: str, roles: Sequence[str], lasts: timedelta | None) -> Row:
        """Make a token."""
        until = None if lasts is None else bootstrap.now() + lasts
        text, made = tokens.create(self._rt, SYSTEM, name=name, roles=roles, expires_at=until)
        return {"token": text, **_token(made)}

    def tokens(self) -> list[Row]:
        """List tokens."""
        return [_token(each) for each in tokens.list_tokens(self._rt, SYSTEM)]

    def revoke_token(self, key: int) -> None:
        """Revoke a token."""
        tokens.revoke(self._rt, SYSTEM, Key(key))

    def audit(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search the audit log."""
        return self._search("audit", wanted, "at", limit)

    def verify_audit(self) -> Row:
        """Check the audit log's chain."""
        found = auditing.verify(self._rt, SYSTEM)
        return {"entries": found.entries, "broken_at": found.broken_at, "sentence": found.sentence}

    def _search(self, noun: Any, wanted: Mapping[str, Any], by: str, limit: int, order: Any = "desc") -> list[Row]:
        page = queries.search(self._rt, SYSTEM, noun, filter=wanted, sort=[(by, order)], page=PageRequest(limit=limit))
        return [dict(each) for each in page.items]


def _row(name: str, version: int, resource: str, key: Key) -> Row:
    return {"id": name, "version": version, "resource": resource, "key": key}


def _token(token: tokens.Token) -> Row:
    return asdict(token) | {"roles": sorted(token.roles)}
