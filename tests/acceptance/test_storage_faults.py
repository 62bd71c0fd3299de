"""The disk is full, the tables are old, the file is gone or no database: a sentence, and nothing lost."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from orchestrator.domain.errors import Unavailable
from orchestrator.services import runtime
from tests.acceptance.conftest import Place
from tests.acceptance.models import one_job
from tests.support.houses import open_house

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 8 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(file: Path) -> None:
    with suppress(OSError), file.open("wb", buffering=0) as rest:
        while True:
            rest.write(b"x" * 4_096)


def start_until_refused(place: Place) -> tuple[int, str]:
    """Start instances until there is no room for another; say how many were accepted, and the refusal."""
    for accepted in range(100):
        try:
            place.start("job", text="y" * 200_000)
        except Unavailable as refusal:
            return accepted, str(refusal)
    raise AssertionError("the disk never became full")


def test_a_full_disk_refuses_in_words_and_everything_goes_on_when_there_is_room(small_disk: Path, opened: Any) -> None:
    place: Place = opened(small_disk)
    place.deploy(one_job("job"))
    key = place.start("job", sum=7)
    (job,) = place.claim("job")
    filler = small_disk / "filler"
    fill(filler)

    accepted, refusal = start_until_refused(place)
    assert "no room left" in refusal
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


def statement(text: str) -> Any:
    def change(file: Path) -> None:
        with sqlite3.connect(file) as connection:
            connection.execute(text)
        connection.close()

    return change


DAMAGE = {
    "newer tables": (statement("UPDATE alembic_version SET version_num = '9999'"), "newer release"),
    "tables without a revision": (statement("DELETE FROM alembic_version"), "empty database"),
    "half a file": (lambda file: file.write_bytes(file.read_bytes()[:20_000]), "malformed"),
    "another file": (lambda file: file.write_text("no database at all, really none"), "not a database"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_server_on_a_database_it_cannot_use_says_so_and_changes_nothing(tmp_path: Path, what: str) -> None:
    runtime.close(open_house(f"sqlite:///{tmp_path}/baton.db", None).rt)
    damage, sentence = DAMAGE[what]
    file = tmp_path / "baton.db"
    damage(file)
    before = file.read_bytes()

    done = subprocess.run(
        [sys.executable, "-m", "orchestrator", "serve", "--port", "0", "--data-dir", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 5, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_bytes() == before
