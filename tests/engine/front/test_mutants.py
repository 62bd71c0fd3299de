"""Public files come in every shape: nothing raises, nothing is lost in silence, every remark says where.

``BATON_MUTANTS`` sets how many mutants are tried, ``BATON_MUTANT_FROM`` the first number: a long run goes in batches.
"""

import os

import pytest

from orchestrator.domain.finding import Finding
from orchestrator.domain.limits import Limits
from orchestrator.engine.checking import Checked, check
from orchestrator.engine.compile import compile_process
from orchestrator.engine.dialects import convert
from orchestrator.engine.files import check_file
from orchestrator.engine.layout import layout
from orchestrator.engine.model import Scope
from tests.engine.front.mutants import flow_elements, mutant

COUNT = int(os.environ.get("BATON_MUTANTS", "400"))
FIRST = int(os.environ.get("BATON_MUTANT_FROM", "0"))
BATCH = 50
BPMN = (".bpmn", ".bpmn2", ".bpmn20.xml")


def batches() -> list[range]:
    return [range(start, min(start + BATCH, FIRST + COUNT)) for start in range(FIRST, FIRST + COUNT, BATCH)]


@pytest.mark.parametrize("numbers", batches(), ids=str)
@pytest.mark.timeout(300)  # what hangs is caught by the clock of the test run
def test_every_mutant_is_read_or_refused_where_it_is_wrong_and_nothing_is_missing(numbers: range) -> None:
    for number in numbers:
        name, source = mutant(number, *BPMN)

        checked = check(source)

        assert not [finding for finding in checked.findings if not says_where(finding)], name
        assert not missing(source, checked), name
        for process in () if checked.errors else checked.processes:
            compile_process(source, process.id, key=1, version=1, digest="d")


@pytest.mark.parametrize("numbers", batches()[::4], ids=str)
@pytest.mark.timeout(300)
def test_every_mutant_is_converted_and_drawn_without_breaking(numbers: range) -> None:
    for number in numbers:
        name, source = mutant(number, *BPMN)

        converted = convert(source)
        drawn = layout(converted.source)

        assert not [finding for finding in converted.report if not says_where(finding)], name
        before, after = check(converted.source), check(drawn)
        assert {each.rule for each in after.errors} <= {each.rule for each in before.errors}, name


@pytest.mark.parametrize("numbers", batches()[::4], ids=str)
@pytest.mark.timeout(300)
def test_every_mutant_of_a_decision_is_read_or_refused_where_it_is_wrong(numbers: range) -> None:
    for number in numbers:
        name, source = mutant(number, ".dmn")

        found = check_file(source, filename="m.dmn", limits=Limits())

        assert not [finding for finding in found if not says_where(finding)], name


def says_where(finding: Finding) -> bool:
    return bool(finding.message) and (finding.element_id is not None or finding.line is not None)


def missing(source: bytes, checked: Checked) -> list[str]:
    """Return the flow elements that are neither in the model nor in any remark; a file refused as a whole has none."""
    if not checked.processes and checked.errors:
        return []
    known = {identity for process in checked.processes for identity in ids(process.body)}
    known |= {finding.element_id for finding in checked.findings if finding.element_id is not None}
    lines = {finding.line for finding in checked.findings}
    found = [(str(element.get("id") or "").strip(), element.sourceline) for element in flow_elements(source)]
    left = [identity for identity, line in found if identity and identity not in known and line not in lines]
    unnamed = sum(not identity for identity, _ in found)
    generated = sum(made(identity) for process in checked.processes for identity in ids(process.body))
    remarked = sum(finding.element_id is None or made(finding.element_id) for finding in checked.findings)
    return left + ["without id"] * max(0, unnamed - generated - remarked)


def made(identity: str) -> bool:
    """Say whether an id is one that the reader gave, since the file has none there."""
    return ":" in identity or "->" in identity


def ids(scope: Scope) -> set[str]:
    found = {*scope.nodes, *scope.flows}
    for node in scope.nodes.values():
        if node.body is not None:
            found |= ids(node.body)
    return found
