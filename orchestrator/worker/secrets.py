"""Secrets by name, read when a call needs them: from ``BATON_SECRET_<NAME>`` or from a file; never stored."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from connectors.api import GiveUp

PREFIX = "BATON_SECRET_"


class Secrets:
    """Where secrets are looked up; the file is read anew each time, so that a changed one needs no restart."""

    def __init__(self, environment: Mapping[str, str], file: Path | None = None) -> None:
        self._environment = environment
        self._file = file

    def get(self, name: str) -> str:
        """Return a secret's value, or say where one would be looked for."""
        value = self._environment.get(PREFIX + name)
        if value is None:
            value = self._from_file().get(name)
        if value is None:
            places = f"the environment variable {PREFIX}{name}" + (f" or the file {self._file}" if self._file else "")
            raise GiveUp(f"there is no secret {name}: set {places}")
        return value

    def known(self) -> dict[str, str]:
        """Return everything there is, for taking it out of logs."""
        found = {
            name.removeprefix(PREFIX): value for name, value in self._environment.items() if name.startswith(PREFIX)
        }
        try:
            return self._from_file() | found
        except GiveUp:
            return found

    def _from_file(self) -> dict[str, str]:
        if self._file is None:
            return {}
        try:
            with self._file.open("rb") as opened:
                return {name: str(value) for name, value in tomllib.load(opened).items()}
        except (OSError, tomllib.TOMLDecodeError) as problem:
            raise GiveUp(f"the secrets file {self._file} cannot be read: {type(problem).__name__}") from problem
