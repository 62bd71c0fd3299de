"""A backend that keeps models in memory: what stands outside the designer, and is therefore faked in its tests."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from designer.backend import (
    Changed,
    Deployed,
    Evaluated,
    Finding,
    Forbidden,
    Imported,
    Kind,
    Linked,
    Links,
    Model,
    ModelSummary,
    NotFound,
    Rights,
    SavedVersion,
    Started,
    Undeployable,
)
from orchestrator.domain.limits import Limits
from orchestrator.engine import importing

HERE = Path(__file__).parent
EPOCH = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TEMPLATE = {
    "$schema": "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json",
    "id": "test.ask-a-model",
    "name": "Ask a language model",
    "version": 1,
    "description": "Send a prompt, get an answer.",
    "appliesTo": ["bpmn:Task"],
    "elementType": {"value": "bpmn:ServiceTask"},
    "groups": [{"id": "prompt", "label": "Prompt"}],
    "properties": [
        {"type": "Hidden", "value": "llm-chat:1", "binding": {"type": "zeebe:taskDefinition", "property": "type"}},
        {
            "id": "prompt",
            "label": "Prompt",
            "group": "prompt",
            "type": "Text",
            "feel": "required",
            "constraints": {"notEmpty": True},
            "binding": {"type": "zeebe:input", "name": "prompt"},
        },
    ],
}


def sample(name: str) -> str:
    """Return a sample file."""
    return (HERE / "samples" / name).read_text()


@dataclass
class MemoryBackend:
    """Models in a dictionary; a clock that goes on a minute with every save."""

    person: str = "mia"
    rights: Rights = field(default_factory=Rights)
    models: dict[str, Model] = field(default_factory=dict)
    kept: dict[str, list[tuple[SavedVersion, str]]] = field(default_factory=dict)
    started: list[Mapping[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    example: Mapping[str, Any] = field(default_factory=lambda: {"amount": 240, "order": {"id": "A-1009", "paid": True}})

    def put(self, model_id: str, kind: Kind, name: str, source: str) -> Model:
        """Place a model without a request."""
        model = Model(
            id=model_id, kind=kind, name=name, source=source, revision=1, changed_at=EPOCH, changed_by=self.person
        )
        self._keep(model, "")
        return model

    def list_models(self, query: str) -> Sequence[ModelSummary]:
        found = [model for model in self.models.values() if query.casefold() in model.name.casefold()]
        return [
            ModelSummary(
                id=model.id,
                kind=model.kind,
                name=model.name,
                revision=model.revision,
                changed_at=model.changed_at,
                changed_by=model.changed_by,
            )
            for model in found
        ]

    def create_model(self, kind: Kind, name: str, source: str | None) -> Model:
        self._may_edit()
        return self.put(str(len(self.models) + 100), kind, name, source or sample(f"blank.{kind}"))

    def read_model(self, model_id: str) -> Model:
        if model_id not in self.models:
            raise NotFound(f"There is no model {model_id}.")
        return replace(self.models[model_id], rights=self.rights)

    def save_model(self, model_id: str, source: str, revision: int, note: str = "") -> Model:
        self._may_edit()
        model = self.read_model(model_id)
        if model.revision != revision:
            raise Changed(by=model.changed_by, at=model.changed_at, revision=model.revision)
        return self._save(model, source, note)

    def save_as(self, person: str, model_id: str, source: str) -> None:
        """Let somebody else save."""
        me, self.person = self.person, person
        self._save(self.read_model(model_id), source, "")
        self.person = me

    def rename_model(self, model_id: str, name: str) -> Model:
        self._may_edit()
        self.models[model_id] = replace(self.read_model(model_id), name=name)
        return self.models[model_id]

    def delete_model(self, model_id: str) -> None:
        self._may_edit()
        self.read_model(model_id)
        del self.models[model_id], self.kept[model_id]

    def versions(self, model_id: str) -> Sequence[SavedVersion]:
        self.read_model(model_id)
        return [version for version, _ in reversed(self.kept[model_id])]

    def read_version(self, model_id: str, number: int) -> str:
        for version, source in self.kept.get(model_id, ()):
            if version.number == number:
                return source
        raise NotFound(f"Model {model_id} has no version {number}.")

    def restore(self, model_id: str, number: int) -> Model:
        self._may_edit()
        return self._save(self.read_model(model_id), self.read_version(model_id, number), f"Version {number} again")

    def check(self, kind: Kind, source: str) -> Sequence[Finding]:
        return [each for each in self.findings if each.element_id is None or f'id="{each.element_id}"' in source]

    def take_over(self, source: str) -> Imported:
        made = importing.take_over(source.encode(), Limits())
        findings = [
            Finding(rule=each.rule, severity=each.severity.value, message=each.message, element_id=each.element_id)
            for each in made.report
        ]
        forms = {name: content.decode() for name, content in made.forms}
        return Imported(source=made.source.decode(), report=findings, forms=forms, drawn=made.drawn)

    def draw_anew(self, source: str) -> str:
        return importing.draw_anew(source.encode(), Limits()).source.decode()

    def deploy(self, model_id: str, source: str) -> Deployed:
        model = self.read_model(model_id)
        found = self.check(model.kind, source)
        if any(each.severity == "error" for each in found):
            raise Undeployable(findings=found)
        version = (model.deployed_version or 0) + 1
        self.models[model_id] = replace(model, deployed_version=version, is_deployed=True)
        last, kept = self.kept[model_id][-1]
        self.kept[model_id][-1] = (replace(last, deployed_version=version), kept)
        return Deployed(key="2251799813685250", version=version, name=model.name, findings=found)

    def start(self, model_id: str, variables: Mapping[str, Any], business_id: str) -> Started:
        self.started.append({"model": model_id, "variables": variables, "business_id": business_id})
        return Started(instance_key=f"225179981368530{len(self.started)}")

    def evaluate(self, expression: str, context: Mapping[str, Any]) -> Evaluated:
        name = expression.removeprefix("=").strip()
        if name not in context:
            return Evaluated(error=f"There is no variable “{name}”.", position=expression.find(name))
        return Evaluated(value=context[name])

    def templates(self) -> Sequence[Mapping[str, Any]]:
        return [TEMPLATE]

    def links(self) -> Links:
        forms = [
            Linked(id=str(json.loads(model.source)["id"]), name=model.name, model_id=model.id)
            for model in self.models.values()
            if model.kind == "form"
        ]
        processes = [
            Linked(id=found[0], name=model.name, model_id=model.id)
            for model in self.models.values()
            if (found := re.findall(r'<bpmn:process id="([^"]+)"', model.source))
        ]
        return Links(forms=forms, processes=processes)

    def form(self, form_id: str) -> Mapping[str, Any]:
        for model in self.models.values():
            if model.kind == "form" and json.loads(model.source)["id"] == form_id:
                schema: dict[str, Any] = json.loads(model.source)
                return schema
        raise NotFound(f"There is no form “{form_id}”.")

    def example_variables(self, model_id: str) -> Mapping[str, Any]:
        return self.example

    def _may_edit(self) -> None:
        if not self.rights.edit:
            raise Forbidden("You may look at models, but not change them.")

    def _save(self, model: Model, source: str, note: str) -> Model:
        saved = replace(
            model,
            source=source,
            revision=model.revision + 1,
            changed_at=model.changed_at + timedelta(minutes=1),
            changed_by=self.person,
        )
        return self._keep(saved, note)

    def _keep(self, model: Model, note: str) -> Model:
        version = SavedVersion(number=model.revision, saved_at=model.changed_at, saved_by=model.changed_by, note=note)
        self.models[model.id] = model
        self.kept.setdefault(model.id, []).append((version, model.source))
        return model
