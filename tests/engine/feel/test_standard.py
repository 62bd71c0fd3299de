"""What DMN 1.5 says of every operator and function, line by line: ``standard/*.txt`` hold ``expression => value``."""

from pathlib import Path

import pytest

from orchestrator.engine import feel
from tests.engine.feel.asking import same, value

FOLDER = Path(__file__).parent / "standard"


def holds(expression: str, expected: str) -> bool:
    try:
        value(expression)
    except feel.FeelSyntaxError:
        return expected == "syntax error"
    except feel.FeelError:
        return expected == "error"
    return "error" not in expected and same(expression, expected)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.txt")))
def test_every_line_has_the_value_that_the_standard_gives_it(name: str) -> None:
    lines = [line for line in (FOLDER / f"{name}.txt").read_text().splitlines() if line and not line.startswith("# ")]
    wrong = []
    for line in lines:
        expression, _, expected = line.rpartition("  =>  ")
        if not holds(expression, expected):
            wrong.append(line)
    assert len(lines) > 20
    assert wrong == []
