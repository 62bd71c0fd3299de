"""Keys name things for ever: 64-bit numbers in the database, strings of digits in JSON."""

from typing import NewType

Key = NewType("Key", int)

DEFAULT_TENANT = "<default>"
"""The tenant of an installation that has no others; Camunda's word, so that its clients fit."""
