"""What commands ask for, wherever the answer comes from; rows are plain dictionaries with the same names in both."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

Row = dict[str, Any]
Files = Sequence[tuple[str, bytes]]


class Door(Protocol):
    """The acts behind the commands."""

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the REST API and return its JSON; what commands have no words of their own for."""

    def work_off(self) -> bool:
        """Do some of what batches ask for, where no server does; False: there is nothing, or it is not ours to do."""

    def deploy(self, files: Files) -> Row:
        """Return key, processes, decisions, forms (rows with id, version, resource) and findings."""

    def start(
        self,
        process_id: str,
        variables: Mapping[str, Any],
        *,
        version: int | None,
        business_id: str | None,
        wait: timedelta | None,
    ) -> Row:
        """Return instance_key, process_id, version, completed and variables."""

    def instances(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Return instances, newest first."""

    def show(self, instance_key: int) -> Row:
        """Return an instance with its variables, element instances and incidents."""

    def cancel(self, instance_key: int) -> None:
        """End an instance."""

    def publish(
        self, name: str, correlation_key: str, variables: Mapping[str, Any], *, keep: timedelta, message_id: str
    ) -> Row:
        """Return message_key."""

    def tasks(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Return user tasks, newest first."""

    def complete(self, task_key: int, variables: Mapping[str, Any]) -> None:
        """Complete a user task."""

    def incidents(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Return open incidents, newest first."""

    def retry(self, incident_key: int) -> None:
        """Resolve an incident: try again."""

    def create_token(self, name: str, roles: Sequence[str], lasts: timedelta | None) -> Row:
        """Return token (the text), key, roles and expires_at."""

    def tokens(self) -> list[Row]:
        """Return API tokens without their texts."""

    def revoke_token(self, key: int) -> None:
        """End a token."""

    def audit(self, wanted: Mapping[str, Any], limit: int) -> list[Row]:
        """Return entries of the audit log, newest first."""

    def verify_audit(self) -> Row:
        """Return entries, broken_at and a sentence."""
