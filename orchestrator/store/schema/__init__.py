"""The tables, grouped by what they are about; ``metadata`` knows them all.

Keys are 64-bit numbers handed out in blocks. What an instance owns carries ``root_instance_key``: the key of the one
row that is locked when anything of it moves. What is finished leaves the indexes that the hot path reads, by columns
that become null (``open_type``, ``wake_at``), so that history costs nothing.
"""

from orchestrator.store.schema import access, calls, definitions, instances, operations, waiting
from orchestrator.store.schema.types import metadata

__all__ = ["access", "calls", "definitions", "instances", "metadata", "operations", "waiting"]
