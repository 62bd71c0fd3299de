"""What is to be seen of a case's instances: where they are, what they wait for, which way they went."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.domain.access import SYSTEM
from orchestrator.domain.search import PageRequest
from orchestrator.services import journal, queries
from orchestrator.services.queries import Noun
from orchestrator.services.runtime import Runtime

EVERYTHING = PageRequest(limit=1000)
BODY = "MULTI_INSTANCE_BODY"
_NO_NODES = frozenset({"SEQUENCE_FLOW", "PROCESS"})


@dataclass(frozen=True, slots=True)
class Seen:
    """The read side of a case."""

    rt: Runtime

    def rows(self, noun: Noun, **wanted: Any) -> list[Mapping[str, Any]]:
        """Return the rows that fit."""
        return list(queries.search(self.rt, SYSTEM, noun, filter=wanted, page=EVERYTHING).items)

    def elements(self) -> frozenset[str]:
        """Return the ids of all elements of the deployed processes."""
        return frozenset(
            element
            for row in self.rows("definitions")
            for element, about in dict(row.get("elements") or {}).items()
            if about.get("type") not in _NO_NODES
        )

    def active(self) -> list[str]:
        """Return the elements that are active, each once."""
        return sorted({each["element_id"] for each in self.rows("element_instances", status="ACTIVE")})

    def way(self) -> list[str]:
        """Return all activations in their order, also of called processes, but not the frames of many."""
        return [
            body["element_id"]
            for kind, body in self._records()
            if kind == "ElementActivated" and body["element_type"] not in (BODY, "PROCESS")
        ]

    def taken(self) -> Counter[str]:
        """Count how often each sequence flow was taken."""
        return Counter(body["flow_id"] for kind, body in self._records() if kind == "FlowTaken")

    def decided(self) -> dict[str, Any]:
        """Return the last answer of each decision."""
        return {body["decision_id"]: body["output"] for kind, body in self._records() if kind == "DecisionEvaluated"}

    def stuck(self) -> dict[str, Mapping[str, Any]]:
        """Return the open incidents by element."""
        return {each["element_id"]: each for each in self.rows("incidents", status="ACTIVE")}

    def waits(self) -> Iterator[tuple[str, str, str]]:
        """Return each wait: its element, what it waits for, and the part of a case that moves it on."""
        for task in self.rows("user_tasks", status="CREATED"):
            element = task["element_id"]
            yield element, "a task for a person", f'the step {{"complete": "{element}", "variables": {{…}}}}'
        for job in self.rows("jobs"):
            if job["status"] in {"AVAILABLE", "FAILED"}:
                element = job["element_id"]
                yield (
                    element,
                    f"a job of type {job['type']}",
                    f'an answer in "jobs": {{"{element}": [{{"variables": {{…}}}}]}}',
                )
        for timer in self.rows("timers"):
            due = timer["due_at"].isoformat()
            yield timer["element_id"], f"the time {due}", 'the step {"advance": "…"}'
        for row in self.rows("message_subscriptions"):
            name, key = row["message_name"], row.get("correlation_key") or ""
            words = f"the message {name}" + (f" with the key {key}" if key else "")
            yield row["element_id"], words, f'the step {{"publish": "{name}", "key": "{key}"}}'

    def _records(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        roots = [each["instance_key"] for each in self.rows("instances") if not each.get("parent_instance_key")]
        for root in roots:
            after = 0
            while page := journal.read(self.rt, SYSTEM, root, after=after):
                after = page[-1]["sequence"]
                yield from ((record["kind"], record["body"]) for record in page)
