"""Acting on a server, over the REST API; its camel-cased rows become ours."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx2

from orchestrator.cli.door import Files, Row
from orchestrator.cli.refusals import CONFLICT, NOT_FOUND, REFUSED, UNAVAILABLE, WRONG_MODEL, Refused

CAMUNDA, OWN = "/v2", "/ext/v1"  #: paths of Camunda's API, and what it does not have
TIMEOUT = timedelta(seconds=30)
CODES = {404: NOT_FOUND, 409: CONFLICT, 422: WRONG_MODEL, 502: UNAVAILABLE, 503: UNAVAILABLE, 504: UNAVAILABLE}
NAMES = {  # where the wire says it in other words
    "process_instance_key": "instance_key",
    "process_definition_id": "process_id",
    "process_definition_version": "version",
    "process_definition_key": "definition_key",
    "state": "status",
    "start_date": "started_at",
    "end_date": "ended_at",
    "creation_date": "created_at",
    "completion_date": "ended_at",
    "creation_time": "opened_at",
    "error_type": "code",
    "error_message": "message",
    "due_date": "due_at",
    "type": "element_type",
    "token_key": "key",
    "actor_id": "actor",
    "entity_key": "resource",
    "entity_type": "resource_kind",
    "operation_type": "action",
    "entity_description": "details",
    "timestamp": "at",
}


class RemoteDoor:
    """The REST API, by the commands' names."""

    def __init__(self, url: str, token: str | None, transport: httpx2.BaseTransport | None = None) -> None:
        headers, auth = {}, None
        if token and ":" in token:
            auth = httpx2.BasicAuth(*token.split(":", 1))
        elif token:
            headers["authorization"] = f"Bearer {token}"
        self._client = httpx2.Client(
            base_url=url.rstrip("/"),
            headers=headers,
            auth=auth,
            timeout=TIMEOUT.total_seconds(),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _problem: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask an address."""
        return self._call(method, path.removeprefix(CAMUNDA), **({} if body is None else {"json": body}))

    def work_off(self) -> bool:
        """Leave it to the server."""
        return False

    def deploy(self, files: Files) -> Row:
        """Send files."""
        answer = self._call("POST", "/deployments", files=[("resources", (name, content)) for name, content in files])
        made: Row = {"key": answer["deploymentKey"], "processes": [], "decisions": [], "forms": [], "findings": []}
        kinds = (
            (
                "processDefinition",
                "processes",
                "processDefinitionId",
                "processDefinitionVersion",
                "processDefinitionKey",
            ),
            ("decisionDefinition", "decisions", "decisionDefinitionId", "version", "decisionDefinitionKey"),
            ("form", "forms", "formId", "version", "formKey"),
        )
        for each in answer["deployments"]:
            for kind, target, name, version, key in kinds:
                if found := each.get(kind):
                    made[target].append(
                        {
                            "id": found.get(name),
                            "version": found.get(version),
                            "resource": found.get("resourceName"),
                            "key": found.get(key),
                        }
                    )
        return made

    def start(
        self,
        process_id: str,
        variables: Mapping[str, Any],
        *,
        version: int | None,
        business_id: str | None,
        wait: timedelta | None,
    ) -> Row:
        """Create an instance."""
        body: Row = {"processDefinitionId": process_id, "variables": variables, "awaitCompletion": wait is not None}
        if version is not None:
            body["processDefinitionVersion"] = version
        if business_id is not None:
            body["businessId"] = business_id
        seconds = TIMEOUT
        if wait is not None:
            body["requestTimeout"] = int(wait.total_seconds() * 1000)
            seconds += wait
        answer = self._call("POST", "/process-instances", json=body, timeout=seconds.total_seconds())
        return {
            "instance_key": answer["processInstanceKey"],
            "process_id": answer["processDefinitionId"],
            "version": answer["processDefinitionVersion"],
            "completed": wait is not None,
            "variables": answer.get("variables") if wait is not None else None,
        }

    def instances(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search instances."""
        return self._search("/process-instances/search", wanted, "startDate", limit)

    def show(self, instance_key: int) -> Row:
        """Gather what is known of an instance."""
        mine = {"instance_key": instance_key}
        found = self._search(
            "/variables/search?truncateValues=false", mine | {"scope_key": instance_key}, "name", 500, "ASC"
        )
        return {
            "instance": _renamed(self._call("GET", f"/process-instances/{instance_key}")),
            "variables": {each["name"]: _loaded(each["value"]) for each in found},
            "elements": self._search("/element-instances/search", mine, "startDate", 500, "ASC"),
            "incidents": self._search("/incidents/search", mine | {"status": "ACTIVE"}, "creationTime", 500),
        }

    def cancel(self, instance_key: int) -> None:
        """Cancel an instance."""
        self._call("POST", f"/process-instances/{instance_key}/cancellation", json={})

    def publish(
        self, name: str, correlation_key: str, variables: Mapping[str, Any], *, keep: timedelta, message_id: str
    ) -> Row:
        """Publish a message."""
        body = {
            "name": name,
            "correlationKey": correlation_key,
            "variables": variables,
            "timeToLive": int(keep.total_seconds() * 1000),
            "messageId": message_id,
        }
        return {"message_key": self._call("POST", "/messages/publication", json=body)["messageKey"]}

    def tasks(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search user tasks."""
        return self._search("/user-tasks/search", wanted, "creationDate", limit)

    def complete(self, task_key: int, variables: Mapping[str, Any]) -> None:
        """Complete a user task."""
        self._call("POST", f"/user-tasks/{task_key}/completion", json={"variables": variables})

    def incidents(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search open incidents."""
        return self._search("/incidents/search", {"status": "ACTIVE", **wanted}, "creationTime", limit)

    def retry(self, incident_key: int) -> None:
        """Resolve an incident."""
        self._call("POST", f"/incidents/{incident_key}/resolution", json={})

    def create_token(self, name: str, roles: Sequence[str], lasts: timedelta | None) -> Row:
        """Make a token."""
        until = None if lasts is None else (datetime.now(UTC) + lasts).isoformat()
        return _renamed(self._call("POST", OWN + "/tokens", json={"name": name, "roles": roles, "expiresAt": until}))

    def tokens(self) -> list[Row]:
        """List tokens."""
        return self._search(OWN + "/tokens/search", {}, "createdAt", 1000)

    def revoke_token(self, key: int) -> None:
        """Revoke a token."""
        self._call("POST", f"{OWN}/tokens/{key}/revocation")

    def audit(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Search the audit log."""
        fields = {{"actor": "actorId", "resource": "entityKey"}[name]: value for name, value in wanted.items()}
        return self._search("/audit-logs/search", fields, "timestamp", limit)

    def verify_audit(self) -> Row:
        """Check the audit log's chain."""
        return _renamed(self._call("GET", OWN + "/audit-log/verification"))

    def _search(self, path: str, wanted: Mapping[str, Any], by: str, limit: int, order: str = "DESC") -> list[Row]:
        back = {ours: theirs for theirs, ours in NAMES.items() if theirs != "type"}
        fields = {
            _camel(back.get(name, name)): str(value) if name.endswith("_key") else value
            for name, value in wanted.items()
        }
        if fields.get("state") == "CANCELLED":
            fields["state"] = "TERMINATED"
        if "user-tasks" in path and fields.get("state") == "CANCELLED":
            fields["state"] = "CANCELED"
        body = {"filter": fields, "sort": [{"field": by, "order": order}], "page": {"limit": limit}}
        return [_renamed(each) for each in self._call("POST", path, json=body)["items"]]

    def _call(self, method: str, path: str, **more: Any) -> Any:
        try:
            response = self._client.request(method, path if path.startswith(OWN) else CAMUNDA + path, **more)
        except httpx2.HTTPError as problem:
            raise Refused(f"{self._client.base_url} cannot be reached: {problem}", UNAVAILABLE) from problem
        if response.is_success:
            return response.json() if response.content else None
        try:
            told = response.json()
            words = told.get("detail") or told.get("title") or response.reason_phrase
        except ValueError:
            words = response.reason_phrase
        raise Refused(f"{words} ({response.status_code})", CODES.get(response.status_code, REFUSED))


def _renamed(row: Mapping[str, Any]) -> Row:
    """Return a row of the wire with our names."""
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): value for name, value in row.items()}
    ours = {NAMES.get(name, name): value for name, value in snake.items()}
    return {name: _moment(value) if name == "at" or name.endswith("_at") else value for name, value in ours.items()}


def _moment(text: Any) -> Any:
    """Return a moment of the wire as one of ours."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return text


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def _loaded(text: Any) -> Any:
    """Return a variable's value; the wire has it as JSON text."""
    import orjson

    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, TypeError):
        return text
