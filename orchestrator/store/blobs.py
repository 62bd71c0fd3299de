"""Files by digest, compressed, each kept once."""

import hashlib

from sqlalchemy import insert, select

from orchestrator.domain.errors import NotFound
from orchestrator.store.encoding import pack, unpack
from orchestrator.store.schema.definitions import blobs
from orchestrator.store.transaction import Transaction


def keep(tx: Transaction, content: bytes) -> bytes:
    """Keep content; return its digest."""
    digest = hashlib.sha256(content).digest()
    if tx.value(select(blobs.c.size).where(blobs.c.digest == digest)) is None:
        packed = pack(content)
        encoding = "zstd" if packed != content else "plain"
        tx.write(insert(blobs), {"digest": digest, "encoding": encoding, "size": len(content), "content": packed})
    return digest


def read(tx: Transaction, digest: bytes) -> bytes:
    """Return the content of a digest."""
    row = tx.row(select(blobs.c.encoding, blobs.c.content).where(blobs.c.digest == digest))
    if row is None:
        raise NotFound(f"There is no file {digest.hex()[:12]}….")
    content: bytes = bytes(row.content)
    return unpack(content) if row.encoding == "zstd" else content
