"""SpiffWorkflow: what a message carries when it is sent, and where it goes when it is caught."""

import ast

from orchestrator.engine.dialects import python, tree
from orchestrator.engine.dialects.terms import Untranslatable
from orchestrator.engine.dialects.tree import Report, add_line
from orchestrator.engine.reading.names import BPMN, EXTENSIONS, SPIFF_SPACE, attribute, text
from orchestrator.engine.xml import Element

_SENDING = ("sendTask", "intermediateThrowEvent", "endEvent")
_CATCHING = ("receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent")
_SPACE = f"{{{SPIFF_SPACE}}}"


def convert_messages(root: Element, report: Report) -> None:
    """Turn payloads into the mappings of who sends, and variables of messages into those of who catches."""
    sending, catching = _users(root, *_SENDING), _users(root, *_CATCHING)
    for message in tree.elements(root, "message"):
        identity = attribute(message, "id") or ""
        payload = message.find(f"{EXTENSIONS}/{_SPACE}messagePayload")
        variable = message.find(f"{EXTENSIONS}/{_SPACE}messageVariable")
        parts = _parts(message, payload, report)
        if parts is None:
            continue
        for element in sending.get(identity, ()):
            for name, source in parts.items():
                add_line(element, "ioMapping", "input", {"source": source, "target": name})
            report.changed(element, f"the payload of the message is now {len(parts)} input mappings.")
        if payload is not None:
            tree.drop(payload)
        target = text(variable)
        if variable is None or target is None or not parts:
            continue
        whole = ", ".join(f"{name}: {name}" for name in parts)
        for element in catching.get(identity, ()):
            add_line(element, "ioMapping", "output", {"source": f"={{{whole}}}", "target": target})
            report.changed(element, f"the payload is gathered in «{target}» by an output mapping.")
        tree.drop(variable)


def _users(root: Element, *kinds: str) -> dict[str, list[Element]]:
    """Return the elements that send or catch, by the message that they refer to."""
    found: dict[str, list[Element]] = {}
    for element in tree.elements(root, *kinds):
        said = {attribute(element, "messageRef")}
        said |= {attribute(each, "messageRef") for each in element.iterfind(BPMN + "messageEventDefinition")}
        for identity in said:
            if identity is not None:
                found.setdefault(identity, []).append(element)
    return found


def _parts(message: Element, payload: Element | None, report: Report) -> dict[str, str] | None:
    """Return the payload's parts as FEEL; None where it is no literal dictionary, which is told."""
    source = text(payload)
    if source is None:
        return None
    try:
        return _entries(ast.parse(source, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        report.left(message, f"the payload «{source[:120]}» is no Python: write input mappings where it is sent.")
    except Untranslatable as problem:
        report.left(message, f"the payload could not be translated, because of {problem}: write input mappings.")
    return None


def _entries(node: ast.expr) -> dict[str, str]:
    if not isinstance(node, ast.Dict):
        raise Untranslatable(f"«{ast.unparse(node)[:80]}»")
    return {_name(key): f"={python.term(value).text}" for key, value in zip(node.keys, node.values, strict=True)}


def _name(key: ast.expr | None) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isidentifier():
        return key.value
    raise Untranslatable("a key that is no name")
