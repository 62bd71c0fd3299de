"""Secrets come from the environment or a file, and are read when they are needed."""

import pytest

from connectors.api import GiveUp
from orchestrator.worker.secrets import Secrets


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text('A = "file"\nB = "file"\n')
    secrets = Secrets({"BATON_SECRET_A": "environment"}, file)

    assert (secrets.get("A"), secrets.get("B")) == ("environment", "file")
    assert secrets.known() == {"A": "environment", "B": "file"}


def test_a_changed_file_needs_no_restart(tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text('A = "old"\n')
    secrets = Secrets({}, file)
    assert secrets.get("A") == "old"

    file.write_text('A = "new"\n')

    assert secrets.get("A") == "new"


def test_a_missing_secret_or_a_broken_file_is_told_without_any_value(tmp_path):
    file = tmp_path / "secrets.toml"
    file.write_text('A = "t0p')

    with pytest.raises(GiveUp, match="BATON_SECRET_X"):
        Secrets({}).get("X")
    with pytest.raises(GiveUp, match="cannot be read") as caught:
        Secrets({}, file).get("X")
    assert "t0p" not in str(caught.value)
    assert Secrets({"BATON_SECRET_B": "b"}, file).known() == {"B": "b"}
