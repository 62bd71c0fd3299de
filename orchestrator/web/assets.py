"""The browser's files: hashed names from the build's manifest, and ready-made .gz."""

import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, abort, request, send_file
from werkzeug.security import safe_join

_FOR_EVER: Final = 31_536_000
_PACKED: Final = frozenset({".js", ".css", ".svg", ".json", ".map", ".txt"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What one page entry of the bundle consists of."""

    script: str
    styles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assets:
    """The static folder; names are looked up once, since a build makes new names."""

    folder: Path
    _digests: dict[str, str] = field(default_factory=dict)

    @property
    def manifest(self) -> Mapping[str, Entry]:
        """Entry name to its files; empty where nothing has been built. A new build is noticed."""
        path = self.folder / "dist" / "manifest.json"
        try:
            return _read_manifest(path, path.stat().st_mtime_ns)
        except FileNotFoundError:
            return {}

    def entry(self, name: str) -> Entry | None:
        """Return the files of an entry, None where it has not been built."""
        return self.manifest.get(name)

    def url(self, name: str) -> str:
        """Return the address of a file that keeps its name, with a digest so that it may be cached for ever."""
        if name not in self._digests:
            path = self.folder / name
            self._digests[name] = blake2b(path.read_bytes(), digest_size=6).hexdigest() if path.is_file() else "none"
        return f"/static/{name}?v={self._digests[name]}"


@lru_cache(maxsize=4)
def _read_manifest(path: Path, changed: int) -> Mapping[str, Entry]:
    """Read it once for each time it was written."""
    del changed
    raw: dict[str, Any] = json.loads(path.read_bytes())
    return {name: _entry(value) for name, value in raw.items()}


def _entry(value: Any) -> Entry:
    styles = value.get("css") or ()
    styles = (styles,) if isinstance(styles, str) else tuple(styles)
    return Entry(_address(value["js"]), tuple(_address(style) for style in styles))


def _address(name: str) -> str:
    return name if name.startswith("/") else f"/static/dist/{name}"


def register(app: Flask) -> Assets:
    """Take over the application's static route: packed twins, long lives."""
    folder = Path(app.static_folder or "static")
    assets = Assets(folder)

    def static_file(filename: str) -> Response:
        return _send(folder, filename)

    app.view_functions["static"] = static_file
    app.extensions["assets"] = assets
    return assets


def _send(folder: Path, name: str) -> Response:
    """Send the packed twin where there is one and the browser takes it."""
    found = safe_join(str(folder), name)
    if found is None or not Path(found).is_file():
        abort(404)
    path = Path(found)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kept = _FOR_EVER if name.startswith("dist/") or "v" in request.args else 3600
    packed = path.with_name(path.name + ".gz")
    take_packed = path.suffix in _PACKED and packed.is_file() and request.accept_encodings["gzip"] > 0
    answer = send_file(packed if take_packed else path, mimetype=kind, max_age=kept, conditional=True)
    if take_packed:
        answer.headers["Content-Encoding"] = "gzip"
    if path.suffix in _PACKED:
        answer.vary.add("Accept-Encoding")
    if kept == _FOR_EVER:
        answer.cache_control.immutable = True
    return answer
