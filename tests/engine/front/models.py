"""Small files for tests: a process, and what stands beside it."""

# ruff: noqa: E501 - files are quoted as they are

import itertools

from orchestrator.domain.finding import Severity
from orchestrator.engine.checking import Checked, check
from orchestrator.engine.model import Node, Process

SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def definitions(content: str) -> bytes:
    return f"<definitions {SPACES} targetNamespace='urn:test'>{content}</definitions>".encode()


def process(content: str, beside: str = "", attributes: str = 'isExecutable="true"') -> bytes:
    return definitions(f'{beside}\n<process id="p" {attributes}>\n{content}\n</process>')


def flow(source: str, target: str, content: str = "", attributes: str = "") -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}" {attributes}>{content}</sequenceFlow>\n'


def extended(content: str) -> str:
    return f"<extensionElements>{content}</extensionElements>"


def chain(*elements: str, beside: str = "") -> bytes:
    """Return a process of these elements one after another; each names its id first."""
    names = [element.split('id="', 1)[1].split('"', 1)[0] for element in elements]
    flows = "".join(flow(source, target) for source, target in itertools.pairwise(names))
    return process("\n".join(elements) + flows, beside)


def only(source: bytes) -> Process:
    """Return the one process of a file that has no errors."""
    checked = check(source)
    assert not checked.errors, checked.errors
    (found,) = checked.processes
    return found


def node(source: bytes, identity: str = "x") -> Node:
    """Return one node of a file that has no errors, from whatever scope."""
    waiting = [only(source).body]
    while waiting:
        scope = waiting.pop()
        if identity in scope.nodes:
            return scope.nodes[identity]
        waiting += [inner.body for inner in scope.nodes.values() if inner.body is not None]
    raise KeyError(identity)


def rules(source: bytes, severity: Severity = Severity.ERROR) -> set[str]:
    return {finding.rule for finding in check(source).findings if finding.severity is severity}


def where(checked: Checked, rule: str) -> list[str | None]:
    return [finding.element_id for finding in checked.findings if finding.rule == rule]
