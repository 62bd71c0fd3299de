"""What makes a message and a subscription meet: tenant, name and correlation key, as one digest."""

import hashlib

SLOTS = 4096
"""Rows of the lock table: publishing and subscribing take the same one, so that they cannot miss each other."""


def digest(*parts: str) -> bytes:
    """Return the SHA-256 of texts, each with its length so that borders count."""
    hashed = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        hashed.update(len(encoded).to_bytes(8, "big"))
        hashed.update(encoded)
    return hashed.digest()


def correlation_digest(tenant: str, name: str, correlation_key: str) -> bytes:
    """Name the place where messages and subscriptions with these words meet."""
    return digest(tenant, name, correlation_key)


def name_digest(tenant: str, name: str) -> bytes:
    """Name the place where messages (or signals) of this name meet start events."""
    return digest(tenant, name)


def id_digest(tenant: str, name: str, correlation_key: str, message_id: str) -> bytes:
    """Name a message that its publisher gave an id."""
    return digest(tenant, name, correlation_key, message_id)


def start_lock(tenant: str, process_id: str, correlation_key: str) -> bytes:
    """Name the one instance that messages with a correlation key may have started of a process."""
    return digest(tenant, process_id, correlation_key)


def slot(digest_: bytes) -> int:
    """Return the lock row of a digest."""
    return int.from_bytes(digest_[:4], "big") % SLOTS
