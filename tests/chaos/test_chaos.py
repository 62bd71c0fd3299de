"""Processes are killed for real, for a short while; ``python -m benchmarks.chaos`` does it for as long as one likes."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.rules import RULES
from tests.support.houses import SERVERS, is_there

ROOT = Path(__file__).resolve().parents[2]


def chaos(kind: str, *options: str) -> subprocess.CompletedProcess[str]:
    if kind != "sqlite" and not is_there(kind):
        pytest.skip(f"no {kind} answers")
    # a process of its own: it forks, which a process full of threads and fixtures should not
    command = [sys.executable, "-m", "benchmarks.chaos", "--database", SERVERS.get(kind, kind), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_kill_9_loses_nothing_and_doubles_nothing(kind: str) -> None:
    seed = random.randrange(2**32)

    done = chaos(kind, "--seconds", "6", "--seed", str(seed))

    assert done.returncode == 0, f"seed {seed}: {done.stdout}{done.stderr}"
    assert "holds" in done.stdout


@pytest.mark.chaos
@pytest.mark.slow
def test_the_killer_would_see_a_missing_rule() -> None:
    done = chaos("sqlite", "--seconds", "3", "--without", "same-key")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


@pytest.mark.chaos
def test_the_rules_that_can_be_removed_are_listed() -> None:
    said = chaos("sqlite", "--help").stdout

    assert all(rule.name in said and rule.says in said for rule in RULES.values())
