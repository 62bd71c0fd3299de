"""The disk is full, the tables are old, the file is gone or no database: a sentence, and nothing lost."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.errors import Unavailable
from orchestrator.services import status
from tests.acceptance.conftest import PASSWORD, Place
from tests.acceptance.models import one_job

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_in_words_and_everything_goes_on_when_there_is_room(small_disk: Path, opened: Any) -> None:
    place: Place = opened(small_disk)
    place.deploy(one_job("job"))
    key = place.start("job", sum=7)
    (job,) = place.claim("job")
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4_096)

    accepted = 0
    with pytest.raises(Unavailable, match="no room left"):
        for _ in range(100):
            place.start("job", text="y" * 200_000)
            accepted += 1
    with pytest.raises(Unavailable, match="no room left"):
        place.complete(job, text="y" * 200_000)
    assert place.instance(key)["status"] == "ACTIVE"  # reading goes on

    filler.unlink()
    place.complete(job, text="y")
    assert place.instance(key)["status"] == "COMPLETED"
    assert len(place.found("instances", process_id="job")) == 1 + accepted
    for left in place.claim("job", 100):
        place.complete(left)
    assert place.found("instances", status="ACTIVE") == []
    assert place.found("incidents") == []
