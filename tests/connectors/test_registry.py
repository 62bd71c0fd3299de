"""What is installed is found, two of a kind are refused, a broken one keeps nobody from working."""

from importlib.metadata import EntryPoint

import pytest

from connectors import registry
from connectors.echo import echo


def test_the_shipped_connectors_are_installed():
    types = registry.installed().types

    assert {"echo:1", "http-request:1", "llm-chat:1", "notify:1"} <= set(types)


def test_two_connectors_of_one_type_are_refused():
    with pytest.raises(ValueError, match="two connectors serve 'echo:1'"):
        registry.registry([echo, echo])


def test_a_connector_that_cannot_be_imported_is_left_out_with_a_word_in_the_log(monkeypatch, caplog):
    broken = EntryPoint("broken", "no_such_package:thing", registry.GROUP)
    wrong = EntryPoint("wrong", "json:dumps", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: (broken, wrong))

    types = registry.installed().types

    assert "echo:1" in types
    assert "broken" in caplog.text
    assert "is no connector" in caplog.text


def test_a_worker_knows_which_variables_its_connectors_can_use():
    assert registry.registry([echo]).variables == ("value",)
