"""JSON as text, and bytes that are compressed where it pays."""

import json
import threading
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

try:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from backports import zstd  # type: ignore[no-redef, unused-ignore]

_MAGIC = b"\x28\xb5\x2f\xfd"
_WORTH_IT = 2048  #: below it costs a tenth of a step and saves no page
_LEVEL = 1
_own = threading.local()  # making a compressor costs more than using it


def to_bytes(value: Any) -> bytes:
    """Return a value, dataclasses among it, as JSON."""
    try:
        return orjson.dumps(value, default=_plain)
    except TypeError:
        # whole numbers beyond 64 bits, which FEEL can make
        return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False).encode()


def to_text(value: Any) -> str:
    """Return a value as JSON text."""
    return to_bytes(value).decode()


def from_text(text: str | bytes | None) -> Any:
    """Read JSON; None stays None."""
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def value_hash(name: str, text: str) -> int:
    """Return a number to find equal variables by, fit for a 64-bit column."""
    hashed = blake2b(f"{name}\0{text}".encode(), digest_size=8).digest()
    return int.from_bytes(hashed, "big", signed=True)


def pack(content: bytes) -> bytes:
    """Compress what is long enough for it; zstd marks its own output."""
    if len(content) < _WORTH_IT and not content.startswith(_MAGIC):
        return content
    compressor = getattr(_own, "compressor", None)
    if compressor is None:
        compressor = _own.compressor = zstd.ZstdCompressor(level=_LEVEL)
    packed: bytes = compressor.compress(content, mode=zstd.ZstdCompressor.FLUSH_FRAME)
    return packed


def unpack(content: bytes) -> bytes:
    """Return what was packed."""
    content = bytes(content)
    return zstd.decompress(content) if content.startswith(_MAGIC) else content


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return value.isoformat()
        case frozenset() | set():
            return sorted(value)
        case _ if hasattr(value, "keys"):
            return dict(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not JSON")
