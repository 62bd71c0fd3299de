"""A file is checked in another process, and one that hurts that process hurts nobody else."""

import concurrent.futures

import pytest

from orchestrator.domain.errors import Invalid, TooLarge
from orchestrator.domain.limits import Limits
from orchestrator.engine import checking_safely
from orchestrator.engine.checking import check
from orchestrator.engine.checking_safely import CHILDREN, check_safely, take_over_safely
from tests.engine.front.models import process

GOOD = process('<startEvent id="s"/><userTask id="x"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/>')
BAD = process('<serviceTask id="x"/>')


@pytest.fixture(autouse=True, scope="module")
def _no_child_is_left() -> object:
    yield
    CHILDREN.end()


@pytest.mark.parametrize("source", [GOOD, BAD, b"", b"no xml", BAD.replace(b"serviceTask", "größe".encode())])
def test_the_answer_is_that_of_a_plain_check(source) -> None:
    assert check_safely(source, filename="a.bpmn").findings == check(source, filename="a.bpmn").findings
    assert check_safely(GOOD).processes == check(GOOD).processes


def test_a_started_child_is_asked_again() -> None:
    CHILDREN.end()
    check_safely(GOOD)
    (only,) = CHILDREN._idle

    check_safely(GOOD)

    assert CHILDREN._idle == [only]


def test_a_child_that_takes_too_long_is_killed_and_the_next_file_is_checked() -> None:
    many = process("".join(f'<task id="t{n}"/>' for n in range(40_000)))

    assert [one.rule for one in check_safely(many, seconds=0.01).findings] == ["check-too-slow"]
    assert check_safely(BAD).findings == check(BAD).findings


def test_a_child_that_runs_out_of_memory_is_a_finding() -> None:
    many = process("".join(f'<task id="t{n}"/>' for n in range(40_000)))

    assert [one.rule for one in check_safely(many, megabytes=70, seconds=90).findings] == ["check-broke-off"]
    assert check_safely(BAD).findings == check(BAD).findings


def test_a_huge_file_is_not_even_sent() -> None:
    assert [one.rule for one in check_safely(b" " * 3_000_000, seconds=0).findings] == ["file-too-large"]


def test_many_threads_may_ask_at_once() -> None:
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: check_safely(BAD if n % 2 else GOOD).errors != (), range(12)))

    assert answers == [bool(n % 2) for n in range(12)]
    assert len(CHILDREN._idle) <= checking_safely.IDLE_CHILDREN


def test_an_import_that_takes_too_long_is_refused_and_the_next_one_is_done() -> None:
    many = process("".join(f'<task id="t{n}"/>' for n in range(5_000)))

    with pytest.raises(Invalid, match="took longer than"):
        take_over_safely(many, Limits(), seconds=0.01)
    made = take_over_safely(GOOD, Limits())
    assert made.drawn
    assert b"BPMNShape" in made.source
    assert take_over_safely(made.source, Limits()).source == made.source
    with pytest.raises(TooLarge):
        take_over_safely(b" " * 3_000_000, Limits())
