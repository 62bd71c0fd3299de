"""Files for the visitor: named by the build, packed, kept, and none from outside the folder."""

import gzip
import json
import os
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from orchestrator.web import assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dist = tmp_path / "static" / "dist"
    dist.mkdir(parents=True)
    (dist / "app-ABC.js").write_text("let x = 1;")
    (dist / "app-ABC.js.gz").write_bytes(gzip.compress(b"let x = 1;"))
    (dist / "app-DEF.css").write_text("b{}")
    (dist / "manifest.json").write_text(json.dumps({"app": {"js": "app-ABC.js", "css": ["app-DEF.css"]}}))
    (tmp_path / "static" / "icons").mkdir()
    (tmp_path / "static" / "icons" / "sprite.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "static"


@pytest.fixture
def app(folder: Path) -> Flask:
    made = Flask("test", static_folder=str(folder), static_url_path="/static")
    assets.register(made)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_manifest_names_the_files_of_an_entry(app: Flask) -> None:
    entry = app.extensions["assets"].entry("app")

    assert entry.script == "/static/dist/app-ABC.js"
    assert entry.styles == ("/static/dist/app-DEF.css",)
    assert app.extensions["assets"].entry("nothing") is None


def test_a_new_build_is_noticed_without_a_restart(app: Flask, folder: Path) -> None:
    found = app.extensions["assets"]
    assert "app" in found.manifest
    manifest = folder / "dist" / "manifest.json"
    before = manifest.stat().st_mtime_ns

    manifest.write_text(json.dumps({"other": {"js": "other-1.js", "css": []}}))
    os.utime(manifest, ns=(before + 1_000_000, before + 1_000_000))

    assert set(found.manifest) == {"other"}


def test_a_missing_build_is_no_error(tmp_path: Path) -> None:
    app = Flask("test", static_folder=str(tmp_path), static_url_path="/static")

    assert assets.register(app).manifest == {}


def test_the_packed_twin_is_sent_to_those_who_take_it(client: FlaskClient) -> None:
    packed = client.get("/static/dist/app-ABC.js", headers={"Accept-Encoding": "gzip"}, buffered=True)
    plain = client.get("/static/dist/app-ABC.js", headers={"Accept-Encoding": "identity"}, buffered=True)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == b"let x = 1;"
    assert packed.mimetype == plain.mimetype == "text/javascript"
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_hashed_names_are_kept_for_ever_and_others_for_an_hour(client: FlaskClient, app: Flask) -> None:
    hashed = client.get("/static/dist/app-DEF.css", buffered=True)
    named = client.get("/static/icons/sprite.svg", buffered=True)
    marked = client.get(app.extensions["assets"].url("icons/sprite.svg"), buffered=True)

    assert "immutable" in hashed.headers["Cache-Control"]
    assert "max-age=3600" in named.headers["Cache-Control"]
    assert "immutable" in marked.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["../secret.txt", "dist/../../secret.txt", "%2e%2e/secret.txt", "nothing.js", "dist"])
def test_nothing_outside_the_folder_is_sent(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/{name}", buffered=True).status_code == 404
