"""Models: drafts somebody draws, and what has been deployed of them."""

from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.errors import Invalid
from orchestrator.domain.model_text import text_of
from orchestrator.domain.search import PageRequest
from orchestrator.services import models, queries
from orchestrator.web.pages.blank import blank_decision, blank_form, blank_process
from orchestrator.web.pages.door import caller, done, is_fragment, key_of, runtime

_KINDS: Final = {".bpmn": "bpmn", ".xml": "bpmn", ".dmn": "dmn", ".form": "form", ".json": "form"}
_BLANKS: Final = {"bpmn": blank_process, "dmn": blank_decision, "form": blank_form}
_MOST: Final = 500


def add_routes(pages: Blueprint) -> None:
    """Serve the list and its acts."""
    pages.add_url_rule("/models", "models", show)
    pages.add_url_rule("/models", "models_create", create, methods=["POST"])
    pages.add_url_rule("/models/import", "models_import", take_in, methods=["POST"])
    pages.add_url_rule("/models/<key>/source", "model_source", source)
    pages.add_url_rule("/models/<key>/rename", "model_rename", rename, methods=["POST"])
    pages.add_url_rule("/models/<key>/copy", "model_copy", copy, methods=["POST"])
    pages.add_url_rule("/models/<key>/delete", "model_delete", delete, methods=["POST"])


def show() -> Response:
    """List drafts and deployed definitions."""
    require(caller(), Permission.READ, Permission.MODEL)
    words = request.args.get("q", "").strip().casefold()
    drafts = models.list_all(runtime(), caller()) if caller().may(Permission.MODEL) else []
    deployed = _deployed() if caller().may(Permission.READ) else []
    shown = {
        "section": "Models",
        "drafts": [row for row in drafts if words in row["name"].casefold()],
        "deployed": [row for row in deployed if words in f"{row['name']} {row['process_id']}".casefold()],
        "is_empty": not drafts and not deployed,
        "q": request.args.get("q", ""),
    }
    return make_response(render_template("models_list.html" if is_fragment() else "models.html", **shown))


def _deployed() -> list[dict[str, Any]]:
    """Return the newest version of every process, with how many versions there are."""
    page = PageRequest(limit=_MOST)
    found = queries.search(
        runtime(), caller(), "definitions", filter={"deployed": True}, sort=[("version", "desc")], page=page
    )
    newest: dict[str, dict[str, Any]] = {}
    for row in found.items:
        seen = newest.setdefault(row["process_id"], row | {"name": row.get("name") or row["process_id"], "versions": 0})
        seen["versions"] += 1
    return sorted(newest.values(), key=lambda row: str(row["name"]).casefold())


def create() -> Response:
    """Begin an empty draft and open it."""
    name = request.form.get("name", "").strip() or "New process"
    kind = request.form.get("kind", "bpmn")
    blank = _BLANKS.get(kind)
    if blank is None:
        raise Invalid(f"There are no models of kind “{kind}”.")
    draft = models.create(runtime(), caller(), name=name, kind=kind, content=blank(name))
    return done(f"“{draft.name}” was created.", f"/designer/models/{draft.model_key}")


def take_in() -> Response:
    """Make drafts of files somebody chose or dropped."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        raise Invalid("Choose at least one .bpmn, .dmn or .form file.")
    made = [_draft_of(str(file.filename), file.read()) for file in files]
    if len(made) == 1:
        return done(f"“{made[0].name}” was imported.", f"/designer/models/{made[0].model_key}")
    return done(f"{len(made)} models were imported.", "/models")


def _draft_of(filename: str, content: bytes) -> models.Draft:
    stem, dot, ending = filename.replace("\\", "/").rpartition("/")[2].rpartition(".")
    kind = _KINDS.get(f"{dot}{ending}".lower())
    if kind is None:
        raise Invalid(f"“{filename}” is no .bpmn, .dmn or .form file.")
    try:
        text = text_of(content)
    except ValueError as reason:
        raise Invalid(f"“{filename}” is not text in the encoding that it declares: save it as UTF-8.") from reason
    return models.create(runtime(), caller(), name=stem or filename, kind=kind, content=text)


def source(key: str) -> Response:
    """Answer with the draft's file."""
    draft = models.read(runtime(), caller(), key_of(key))
    kind = "application/json" if draft.kind == "form" else "application/xml"
    answer = Response(draft.content, content_type=f"{kind}; charset=utf-8")
    if request.args.get("download"):
        answer.headers["Content-Disposition"] = f'attachment; filename="{draft.model_key}.{draft.kind}"'
    return answer


def rename(key: str) -> Response:
    """Give a draft another name."""
    name = request.form.get("name", "").strip()
    if not name:
        raise Invalid("A model needs a name.")
    models.rename(runtime(), caller(), key_of(key), name)
    return done(f"Renamed to “{name}”.", "/models")


def copy(key: str) -> Response:
    """Begin a draft with the content of another."""
    draft = models.read(runtime(), caller(), key_of(key))
    made = models.create(runtime(), caller(), name=f"{draft.name} (copy)", kind=draft.kind, content=draft.content)
    return done(f"“{made.name}” was created.", f"/designer/models/{made.model_key}")


def delete(key: str) -> Response:
    """Remove a draft."""
    draft = models.read(runtime(), caller(), key_of(key))
    models.delete(runtime(), caller(), draft.model_key)
    return done(f"“{draft.name}” was deleted.", "/models")
