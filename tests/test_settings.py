"""Settings: environment over file over defaults; what cannot be used is refused by name."""

from pathlib import Path

import pytest

from orchestrator import settings

LONG = "x" * 40


@pytest.fixture(autouse=True)
def _nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BATON_CONFIG", raising=False)


def test_the_defaults_are_an_embedded_database_with_the_demo_and_the_samples():
    found = settings.read()

    assert found.embedded
    assert found.database.startswith("sqlite:///")
    assert found.provider == "demo"
    assert found.deploys_samples


def test_arguments_win_over_the_environment_and_it_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "baton.toml").write_text('port = 1\nhost = "file"\nlog_level = "debug"\n')
    monkeypatch.setenv("BATON_PORT", "2")
    monkeypatch.setenv("BATON_HOST", "environment")

    found = settings.read(port=3, host=None)

    assert (found.port, found.host, found.log_level) == (3, "environment", "debug")


def test_a_server_database_has_no_demo_and_no_samples_unless_they_are_asked_for(monkeypatch):
    monkeypatch.setenv("BATON_DATABASE_URL", "postgresql+psycopg://db/baton")
    assert (settings.read().provider, settings.read().deploys_samples) == ("", False)

    monkeypatch.setenv("BATON_LLM_PROVIDER", "demo")
    monkeypatch.setenv("BATON_SAMPLES", "true")

    assert (settings.read().provider, settings.read().deploys_samples) == ("demo", True)


def test_limits_and_lists_and_connectors_can_be_set(tmp_path, monkeypatch):
    (tmp_path / "baton.toml").write_text(
        '[connectors.llm-chat.providers.local]\nbase_url = "http://127.0.0.1:11434/v1"\nmodel = "small"\n'
    )
    monkeypatch.setenv("BATON_LIMITS__FEEL_STEPS", "77")
    monkeypatch.setenv("BATON_HTTP_ALLOWED_NETWORKS", '["10.0.0.0/8"]')

    found = settings.read()

    assert found.limits.feel_steps == 77
    assert found.http_allowed_networks == ["10.0.0.0/8"]
    assert found.connectors["llm-chat"]["providers"]["local"]["model"] == "small"


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"BATON_PRODUCTION": "1"}, "secret must be set in production"),
        ({"BATON_PRODUCTION": "1", "BATON_SECRET": LONG, "BATON_DEBUG": "1"}, "debug must be off"),
        ({"BATON_SECRET": "short"}, "at least 32 characters"),
        ({"BATON_PORT": "many"}, "BATON_PORT"),
        ({"BATON_HTTP_ALLOWED_NETWORKS": "10.0.0.0/8"}, "http_allowed_networks"),
        ({"BATON_CONFIG": "missing.toml"}, "missing.toml, which is not a file"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(monkeypatch, environment, words):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(settings.WrongSettings, match=words):
        settings.read()


def test_a_misspelt_setting_in_the_file_is_refused(tmp_path):
    (tmp_path / "baton.toml").write_text("prot = 1\n")

    with pytest.raises(settings.WrongSettings, match="prot"):
        settings.read()


def test_a_refusal_never_shows_a_secret(monkeypatch):
    monkeypatch.setenv("BATON_SECRET", "t0p")

    with pytest.raises(settings.WrongSettings) as caught:
        settings.read()

    assert "t0p" not in str(caught.value)
    monkeypatch.setenv("BATON_SECRET", LONG)
    assert LONG not in repr(settings.read())


def test_production_with_everything_set_is_accepted(monkeypatch):
    monkeypatch.setenv("BATON_PRODUCTION", "1")
    monkeypatch.setenv("BATON_SECRET", LONG)

    assert settings.read().production


def test_the_reference_lists_every_setting():
    page = (Path(__file__).parents[1] / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert settings.reference() in page
