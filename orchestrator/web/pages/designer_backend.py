"""What the designer asks of its host, answered by our services for whoever is signed in."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

from flask import current_app

from designer import backend as designer
from orchestrator.domain import errors
from orchestrator.domain.access import Permission
from orchestrator.domain.finding import Finding
from orchestrator.domain.keys import Key
from orchestrator.domain.search import PageRequest
from orchestrator.services import deployments, expressions, importing, instances, models, queries, variables
from orchestrator.services.runtime import Runtime
from orchestrator.web.pages.blank import blank_decision, blank_form, blank_process, slug
from orchestrator.web.pages.door import caller, runtime
from orchestrator.web.wire import read_key

_TEMPLATES: Final = "BATON_ELEMENT_TEMPLATES"
_MOST_LINKS: Final = 200
_MOST_DRAFTS_READ: Final = 60
_IDS: Final[Mapping[str, re.Pattern[str]]] = {
    "bpmn": re.compile(r"<(?:[\w.-]+:)?process\b[^>]*?\sid=[\"']([^\"']+)[\"']"),
    "dmn": re.compile(r"<(?:[\w.-]+:)?decision\b[^>]*?\sid=[\"']([^\"']+)[\"']"),
}
"""Where a drawn file says what it will be called when it is deployed; good enough to offer it, never to deploy it."""


class Backend:
    """A :class:`designer.backend.DesignerBackend` over services; the caller is the one of the current request."""

    def list_models(self, query: str) -> Sequence[designer.ModelSummary]:
        """Return the drafts whose name has these words."""
        with _refusing():
            words = query.casefold().split()
            rows = models.list_all(runtime(), caller())
            return [_summary(row) for row in rows if all(word in row["name"].casefold() for word in words)]

    def create_model(self, kind: designer.Kind, name: str, source: str | None) -> designer.Model:
        """Begin a draft."""
        blanks: Mapping[str, Callable[[str], str]] = {
            "bpmn": blank_process,
            "form": blank_form,
            "dmn": blank_decision,
        }
        with _refusing():
            content = source if source is not None else blanks[kind](name)
            return _model(models.create(runtime(), caller(), name=name, kind=kind, content=content))

    def read_model(self, model_id: str) -> designer.Model:
        """Return a draft with its source."""
        with _refusing():
            return _model(models.read(runtime(), caller(), _key(model_id)))

    def save_model(self, model_id: str, source: str, revision: int, note: str = "") -> designer.Model:
        """Keep a new revision over exactly the one the page knows."""
        with _refusing():
            rt, key = runtime(), _key(model_id)
            try:
                return _model(models.save(rt, caller(), key, content=source, revision=revision, note=note))
            except errors.Conflict as reason:
                newest = models.read(rt, caller(), key)
                raise designer.Changed(by=newest.changed_by, at=newest.changed_at, revision=newest.revision) from reason

    def rename_model(self, model_id: str, name: str) -> designer.Model:
        """Give a draft another name."""
        with _refusing():
            return _model(models.rename(runtime(), caller(), _key(model_id), name))

    def delete_model(self, model_id: str) -> None:
        """Remove a draft."""
        with _refusing():
            models.delete(runtime(), caller(), _key(model_id))

    def versions(self, model_id: str) -> Sequence[designer.SavedVersion]:
        """Return the kept revisions, newest first."""
        with _refusing():
            return [
                designer.SavedVersion(
                    number=each.revision,
                    saved_at=each.saved_at,
                    saved_by=each.saved_by,
                    note=each.note,
                    deployed_version=each.deployed_as,
                )
                for each in models.versions(runtime(), caller(), _key(model_id))
            ]

    def read_version(self, model_id: str, number: int) -> str:
        """Return the source of a revision."""
        with _refusing():
            return models.read(runtime(), caller(), _key(model_id), number).content

    def restore(self, model_id: str, number: int) -> designer.Model:
        """Make an earlier revision the newest again."""
        with _refusing():
            return _model(models.restore(runtime(), caller(), _key(model_id), number))

    def check(self, kind: designer.Kind, source: str) -> Sequence[designer.Finding]:
        """Say what is wrong with a source."""
        with _refusing():
            resource = deployments.Resource(name=f"model.{kind}", content=source.encode())
            return [_finding(each) for each in deployments.check(runtime(), caller(), [resource])]

    def take_over(self, source: str) -> designer.Imported:
        """Convert a process of another tool, and draw it where it has no drawing."""
        with _refusing():
            made = importing.take_over(runtime(), caller(), source.encode())
            return designer.Imported(
                source=made.source.decode(),
                report=[_finding(each) for each in made.report],
                forms={name: content.decode() for name, content in made.forms},
                drawn=made.drawn,
            )

    def draw_anew(self, source: str) -> str:
        """Return a process with a fresh drawing."""
        with _refusing():
            return importing.draw_anew(runtime(), caller(), source.encode()).decode()

    def deploy(self, model_id: str, source: str) -> designer.Deployed:
        """Make a numbered version of exactly this source."""
        with _refusing():
            draft = models.read(runtime(), caller(), _key(model_id))
            resource = deployments.Resource(name=f"{slug(draft.name)}.{draft.kind}", content=source.encode())
            return _deployed(deployments.deploy(runtime(), caller(), [resource]))

    def start(self, model_id: str, variables: Mapping[str, Any], business_id: str) -> designer.Started:
        """Start an instance of the newest deployed version."""
        with _refusing():
            draft = models.read(runtime(), caller(), _key(model_id))
            process_id = drawn_id(draft.kind, draft.content)
            if process_id is None:
                raise designer.DesignerError("This model has no process that could be started.")
            begun = instances.start(
                runtime(),
                caller(),
                process_id=process_id,
                variables=variables,
                business_id=business_id.strip() or None,
            )
            key = str(begun.instance_key)
            return designer.Started(instance_key=key, href=f"/instances/{key}")

    def evaluate(self, expression: str, context: Mapping[str, Any]) -> designer.Evaluated:
        """Try an expression; a mistake in it is an answer."""
        with _refusing():
            try:
                value, warnings = expressions.evaluate(runtime(), caller(), expression, context)
            except errors.Invalid as reason:
                return designer.Evaluated(error=str(reason), position=getattr(reason, "position", None))
            return designer.Evaluated(value=value, warnings=tuple(warnings))

    def templates(self) -> Sequence[Mapping[str, Any]]:
        """Return the element templates of the installed connectors."""
        return cast("Sequence[Mapping[str, Any]]", current_app.config.get(_TEMPLATES, []))

    def links(self) -> designer.Links:
        """Return what a model can refer to: deployed first, then what is only drawn."""
        with _refusing():
            drawn = _drawn()
            return designer.Links(
                processes=_linked("definitions", "process_id", {"is_latest": True}, drawn.get("bpmn", {})),
                forms=_linked("forms", "form_id", {}, drawn.get("form", {})),
                decisions=_linked("decisions", "decision_id", {}, drawn.get("dmn", {})),
            )

    def form(self, form_id: str) -> Mapping[str, Any]:
        """Return the newest schema of a form."""
        with _refusing():
            try:
                schema: Mapping[str, Any] = deployments.form(runtime(), caller(), form_id)["schema"]
            except errors.NotFound:
                found = _drawn().get("form", {}).get(form_id)
                if found is None:
                    raise
                schema = json.loads(models.read(runtime(), caller(), found.model_key).content)
            return schema

    def example_variables(self, model_id: str) -> Mapping[str, Any]:
        """Return what the newest instance knew."""
        with _refusing():
            rt, who = runtime(), caller()
            draft = models.read(rt, who, _key(model_id))
            process_id = drawn_id(draft.kind, draft.content)
            if process_id is None or not who.may(Permission.READ):
                return {}
            page = PageRequest(limit=1)
            found = queries.search(
                rt, who, "instances", filter={"process_id": process_id}, sort=[("started_at", "desc")], page=page
            )
            return variables.visible(rt, who, found.items[0]["instance_key"]) if found.items else {}


def drawn_id(kind: str, content: str) -> str | None:
    """Return the id that a drawn file will be deployed under, None where it says none."""
    if kind == "form":
        try:
            schema = json.loads(content)
        except (ValueError, RecursionError):
            return None
        found = schema.get("id") if isinstance(schema, dict) else None
        return found if isinstance(found, str) else None
    match = _IDS[kind].search(content)
    return match[1] if match else None


def _drawn() -> dict[str, dict[str, models.Draft]]:
    """Return the drafts changed last, by kind and by the id they will have."""
    found: dict[str, dict[str, models.Draft]] = {}
    for row in models.list_all(runtime(), caller())[:_MOST_DRAFTS_READ]:
        draft = models.read(runtime(), caller(), row["model_key"])
        if name := drawn_id(draft.kind, draft.content):
            found.setdefault(draft.kind, {}).setdefault(name, draft)
    return found


def _linked(
    noun: queries.Noun, field: str, wanted: Mapping[str, Any], drawn: Mapping[str, models.Draft]
) -> list[designer.Linked]:
    page = PageRequest(limit=_MOST_LINKS)
    found: dict[str, designer.Linked] = {}
    for row in queries.search(runtime(), caller(), noun, filter=wanted, sort=[("version", "desc")], page=page).items:
        draft = drawn.get(row[field])
        found.setdefault(
            row[field],
            designer.Linked(
                id=row[field],
                name=row.get("name") or (draft.name if draft else row[field]),
                version=row["version"],
                model_id=str(draft.model_key) if draft else None,
            ),
        )
    for name, draft in drawn.items():
        found.setdefault(name, designer.Linked(id=name, name=draft.name, model_id=str(draft.model_key)))
    return sorted(found.values(), key=lambda linked: linked.name.casefold())


def _key(model_id: str) -> Key:
    try:
        return read_key(model_id, "The model")
    except errors.Invalid as reason:
        raise designer.NotFound(f"There is no model “{model_id}”.") from reason


def _summary(row: Mapping[str, Any]) -> designer.ModelSummary:
    return designer.ModelSummary(
        id=str(row["model_key"]),
        kind=row["kind"],
        name=row["name"],
        revision=row["revision"],
        changed_at=row["changed_at"],
        changed_by=row["changed_by"],
        deployed_version=row["deployed_as"],
    )


def _model(draft: models.Draft) -> designer.Model:
    who = caller()
    newest = _deployed_version(runtime(), draft)
    return designer.Model(
        id=str(draft.model_key),
        kind=cast("designer.Kind", draft.kind),
        name=draft.name,
        source=draft.content,
        revision=draft.revision,
        changed_at=draft.changed_at,
        changed_by=draft.changed_by,
        deployed_version=newest,
        is_deployed=newest is not None and draft.deployed_as == newest,
        rights=designer.Rights(
            edit=who.may(Permission.MODEL), deploy=who.may(Permission.DEPLOY), start=who.may(Permission.START)
        ),
    )


_NOUNS: Final[Mapping[str, tuple[queries.Noun, str]]] = {
    "bpmn": ("definitions", "process_id"),
    "dmn": ("decisions", "decision_id"),
    "form": ("forms", "form_id"),
}


def _deployed_version(rt: Runtime, draft: models.Draft) -> int | None:
    name = drawn_id(draft.kind, draft.content)
    if name is None or not caller().may(Permission.READ):
        return None
    noun, field = _NOUNS[draft.kind]
    page = PageRequest(limit=1)
    found = queries.search(rt, caller(), noun, filter={field: name}, sort=[("version", "desc")], page=page).items
    return found[0]["version"] if found else None


def _finding(found: Finding) -> designer.Finding:
    return designer.Finding(
        rule=found.rule,
        severity=found.severity.value,
        message=found.message,
        element_id=found.element_id,
        element_name=found.element_name,
        line=found.line,
    )


def _deployed(made: deployments.Deployment) -> designer.Deployed:
    findings = tuple(_finding(each) for each in made.findings)
    for process in made.processes:
        key = str(process.definition_key)
        return designer.Deployed(
            key=key,
            version=process.version,
            name=process.name or process.process_id,
            is_new=process.is_new,
            href=f"/definitions/{key}",
            findings=findings,
        )
    for decision in made.decisions:
        return designer.Deployed(
            key=str(decision.decision_key),
            version=decision.version,
            name=decision.name or decision.decision_id,
            is_new=decision.is_new,
            findings=findings,
        )
    for form in made.forms:
        return designer.Deployed(
            key=str(form.form_key), version=form.version, name=form.form_id, is_new=form.is_new, findings=findings
        )
    raise designer.DesignerError("There is nothing in this file that could be deployed.")


@contextmanager
def _refusing() -> Iterator[None]:
    """Hand our refusals over in the designer's words."""
    try:
        yield
    except errors.InvalidModel as reason:
        if not reason.findings:
            raise designer.DesignerError(str(reason)) from reason
        raise designer.Undeployable(tuple(_finding(each) for each in reason.findings)) from reason
    except errors.NotFound as reason:
        raise designer.NotFound(str(reason)) from reason
    except errors.Forbidden as reason:
        raise designer.Forbidden(str(reason)) from reason
    except (errors.Invalid, errors.TooLarge) as reason:
        raise designer.DesignerError(str(reason)) from reason
    except errors.Conflict as reason:
        refusal = designer.DesignerError(str(reason))
        refusal.status = 409
        raise refusal from reason
