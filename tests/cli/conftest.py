"""A terminal for tests: runs a command and hands back what it printed."""

import pytest

from orchestrator.cli import main


@pytest.fixture
def baton(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("BATON_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("BATON_URL", raising=False)

    def run(*arguments, code=0, errors=None):
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        told = capsys.readouterr()
        assert (ended.value.code or 0) == code, told.err
        return told.err if (bool(code) if errors is None else errors) else told.out

    return run
