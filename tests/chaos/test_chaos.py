"""Processes are killed for real, for a short while; ``python -m benchmarks.chaos`` does it for as long as one likes."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.houses import POSTGRESQL, is_there

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kill_9_loses_nothing_and_doubles_nothing(kind: str) -> None:
    if kind == "postgresql" and not is_there(kind):
        pytest.skip("no postgresql answers")
    database = "sqlite" if kind == "sqlite" else POSTGRESQL
    seed = random.randrange(2**32)

    # a process of its own: it forks, which a process full of threads and fixtures should not
    command = [sys.executable, "-m", "benchmarks.chaos", "--seconds", "6", "--database", database, "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)

    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert "holds" in done.stdout
