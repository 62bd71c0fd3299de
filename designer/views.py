"""The designer's pages and the JSON that they ask for. Views parse, call the backend, answer."""

from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup

from designer.backend import DesignerBackend, DesignerError, Kind, Model, SavedVersion
from designer.documents import dump, load_object

PAGES: Final[Mapping[str, str]] = {"bpmn": "modeler.html", "form": "forms.html", "dmn": "decisions.html"}
PROBLEM: Final = "application/problem+json"
LONGEST_NAME: Final = 200


def blueprint(backend: DesignerBackend) -> Blueprint:
    """Return the designer for this backend. The host gives ``base.html``, the CSRF check and the signed-in person."""
    designer = Blueprint("designer", __name__, url_prefix="/designer", template_folder="templates")
    designer.register_error_handler(DesignerError, _refused)
    _add_pages(designer, backend)
    _add_models(designer, backend)
    _add_versions(designer, backend)
    _add_helpers(designer, backend)
    return designer


def _add_pages(designer: Blueprint, backend: DesignerBackend) -> None:
    @designer.get("/models/<model_id>")
    def edit(model_id: str) -> str:
        """Show the editor of a model."""
        model = backend.read_model(model_id)
        page = _page(model) | {"element": request.args.get("element", "")}
        return render_template(f"designer/{PAGES[model.kind]}", section="Models", model=model, page=as_script(page))

    @designer.get("/models/<model_id>/compare")
    def compare(model_id: str) -> str:
        """Show two versions side by side; without ``to``, an old one beside the draft."""
        model = backend.read_model(model_id)
        versions = [_version(each) for each in backend.versions(model_id)]
        chosen = {"from": _number("from"), "to": _number("to")}
        page = _page(model) | {"versions": versions} | chosen
        return render_template("designer/compare.html", section="Models", model=model, page=as_script(page))


def _add_models(designer: Blueprint, backend: DesignerBackend) -> None:
    @designer.get("/api/models")
    def list_models() -> Response:
        """List models by words of their name."""
        return answer({"items": backend.list_models(request.args.get("q", "").strip())})

    @designer.post("/api/models")
    def create_model() -> Response:
        """Begin a model."""
        sent = load_object(request.get_data(cache=False))
        kind, name = _kind(sent), _name(sent)
        source = _text(sent, "source") if sent.get("source") is not None else None
        model = backend.create_model(kind, name, source)
        return answer(_saved(model), 201)

    @designer.get("/api/models/<model_id>")
    def read_model(model_id: str) -> Response:
        """Read a model with its source."""
        return answer(_page(backend.read_model(model_id)))

    @designer.put("/api/models/<model_id>")
    def save_model(model_id: str) -> Response:
        """Save over exactly the revision that the page knows."""
        sent = load_object(request.get_data(cache=False))
        revision = sent.get("revision")
        if not isinstance(revision, int) or isinstance(revision, bool):
            raise DesignerError("A save needs the number of the revision it starts from.")
        note = _text(sent, "note") if sent.get("note") else ""
        return answer(_saved(backend.save_model(model_id, _text(sent, "source"), revision, note)))

    @designer.patch("/api/models/<model_id>")
    def rename_model(model_id: str) -> Response:
        """Give a model another name."""
        return answer(_saved(backend.rename_model(model_id, _name(load_object(request.get_data(cache=False))))))

    @designer.delete("/api/models/<model_id>")
    def delete_model(model_id: str) -> Response:
        """Remove a model."""
        backend.delete_model(model_id)
        return Response(status=204)

    @designer.post("/api/models/<model_id>/deploy")
    def deploy(model_id: str) -> Response:
        """Make a numbered version."""
        return answer(backend.deploy(model_id, _text(load_object(request.get_data(cache=False)), "source")), 201)

    @designer.post("/api/models/<model_id>/start")
    def start(model_id: str) -> Response:
        """Start an instance."""
        sent = load_object(request.get_data(cache=False))
        variables = sent.get("variables", {})
        if not isinstance(variables, dict):
            raise DesignerError('The variables must be a JSON object such as {"amount": 240}.')
        business_id = _text(sent, "business_id") if sent.get("business_id") else ""
        return answer(backend.start(model_id, variables, business_id), 201)

    @designer.get("/api/models/<model_id>/example")
    def example(model_id: str) -> Response:
        """Read variables of earlier instances."""
        return answer(backend.example_variables(model_id))


def _add_versions(designer: Blueprint, backend: DesignerBackend) -> None:
    @designer.get("/api/models/<model_id>/versions")
    def versions(model_id: str) -> Response:
        """List versions, newest first."""
        return answer({"items": [_version(each) for each in backend.versions(model_id)]})

    @designer.get("/api/models/<model_id>/versions/<int:number>")
    def read_version(model_id: str, number: int) -> Response:
        """Read the source of a version."""
        return answer({"number": number, "source": backend.read_version(model_id, number)})

    @designer.post("/api/models/<model_id>/versions/<int:number>/restore")
    def restore(model_id: str, number: int) -> Response:
        """Go back to a version."""
        return answer(_page(backend.restore(model_id, number)))


def _add_helpers(designer: Blueprint, backend: DesignerBackend) -> None:
    @designer.post("/api/check")
    def check() -> Response:
        """Check a source without saving it."""
        sent = load_object(request.get_data(cache=False))
        return answer({"findings": backend.check(_kind(sent), _text(sent, "source"))})

    @designer.post("/api/import")
    def take_over() -> Response:
        """Convert a process of another tool, and draw it where it has no drawing."""
        return answer(backend.take_over(_text(load_object(request.get_data(cache=False)), "source")))

    @designer.post("/api/layout")
    def draw_anew() -> Response:
        """Draw a process anew."""
        return answer({"source": backend.draw_anew(_text(load_object(request.get_data(cache=False)), "source"))})

    @designer.post("/api/evaluate")
    def evaluate() -> Response:
        """Try an expression; a mistake in it is an answer, not an error."""
        sent = load_object(request.get_data(cache=False))
        context = sent.get("context", {})
        if not isinstance(context, dict):
            raise DesignerError('The variables must be a JSON object such as {"amount": 240}.')
        return answer(backend.evaluate(_text(sent, "expression"), context))

    @designer.get("/api/templates")
    def templates() -> Response:
        """List the element templates of the installed connectors."""
        return answer({"items": backend.templates()})

    @designer.get("/api/links")
    def links() -> Response:
        """List what a model can refer to."""
        return answer(backend.links())

    @designer.get("/api/forms/<form_id>")
    def form(form_id: str) -> Response:
        """Read a form's schema."""
        return answer(backend.form(form_id))


def answer(value: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(dump(value), status, content_type="application/json")


def as_script(value: Any) -> Markup:
    """Put JSON into a page where no character of it can end the script element."""
    text = dump(value).decode()
    for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - escaped right above


def _refused(reason: DesignerError) -> tuple[str, int] | Response:
    """Tell a script with a problem document and a person with a page."""
    if request.path.startswith(f"{request.script_root}/designer/api/") or not request.accept_mimetypes.accept_html:
        body = {"type": f"urn:baton:designer:{reason.rule}", "title": reason.rule, "status": reason.status}
        return Response(dump(body | reason.document()), reason.status, content_type=PROBLEM)
    sentence = reason.document()["detail"]
    return render_template("designer/refused.html", section="Models", sentence=sentence), reason.status


def _page(model: Model) -> dict[str, Any]:
    return _saved(model) | {
        "source": model.source,
        "rights": model.rights,
        "api": url_for("designer.list_models").removesuffix("/models"),
    }


def _saved(model: Model) -> dict[str, Any]:
    return {
        "id": model.id,
        "kind": model.kind,
        "name": model.name,
        "revision": model.revision,
        "changed_at": model.changed_at,
        "changed_by": model.changed_by,
        "deployed_version": model.deployed_version,
        "is_deployed": model.is_deployed,
    }


def _version(version: SavedVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        "saved_at": version.saved_at,
        "saved_by": version.saved_by,
        "note": version.note,
        "deployed_version": version.deployed_version,
    }


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str):
        raise DesignerError(f"“{name}” must be text.")
    return value


def _name(sent: Mapping[str, Any]) -> str:
    name = " ".join(_text(sent, "name").split())
    if not name or len(name) > LONGEST_NAME:
        raise DesignerError(f"A name has between 1 and {LONGEST_NAME} characters.")
    return name


def _kind(sent: Mapping[str, Any]) -> Kind:
    kind = sent.get("kind")
    if kind not in get_args(Kind):
        raise DesignerError(f"A model is one of {', '.join(get_args(Kind))}, not {kind!r}.")
    return cast("Kind", kind)


def _number(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() else None
