"""The browser's own tests: lint rules, folds and comparisons, run by Node where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

DESIGNER = Path(__file__).resolve().parents[2] / "designer"


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node 20 or later")
@pytest.mark.skipif(not (DESIGNER / "node_modules").is_dir(), reason="needs the packages: npm ci in designer/")
def test_the_scripts_pass_their_own_tests():
    answer = subprocess.run(["node", "--test"], cwd=DESIGNER, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout[-6000:]
    assert "pass 0" not in answer.stdout
