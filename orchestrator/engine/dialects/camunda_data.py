"""Camunda 7: what data goes where, who listens, and how often."""

import json

from orchestrator.engine.dialects import juel, tree
from orchestrator.engine.dialects.terms import Untranslatable
from orchestrator.engine.dialects.tree import Report, add, add_line, take
from orchestrator.engine.reading.names import EXTENSIONS
from orchestrator.engine.xml import Element

_EXECUTION = {"start": "start", "end": "end"}
_TASK = {
    "create": "creating",
    "assignment": "assigning",
    "update": "updating",
    "complete": "completing",
    "delete": "canceling",
}
_CODE = ("class", "delegateExpression", "expression")


def convert_mappings(root: Element, mark: str, report: Report) -> None:
    """Turn input and output parameters, fields and properties into mappings and properties."""
    for group in list(root.iter(mark + "inputOutput")):
        element = _owner(group)
        if element is None:
            continue
        done = [_parameter(element, line, mark, report) for line in list(group.iterchildren("*"))]
        for line in done:
            if line is not None:
                group.remove(line)
        if not len(group):
            tree.drop(group)
    for field in list(root.iter(mark + "field")):
        _field(field, mark, report)
    for group in list(root.iter(mark + "properties")):
        element = _owner(group)
        if element is not None:
            report.changed(element, f"its {len(group)} properties are kept.")
            for line in group.iterchildren(mark + "property"):
                entry = {"name": line.get("name") or line.get("id") or "", "value": line.get("value") or ""}
                add_line(element, "properties", "property", entry)
            tree.drop(group)


def _owner(group: Element) -> Element | None:
    """Return the BPMN element that an extension belongs to; a connector's parameters belong to nobody here."""
    parent = group.getparent()
    return parent.getparent() if parent is not None and parent.tag == EXTENSIONS else None


def _parameter(element: Element, line: Element, mark: str, report: Report) -> Element | None:
    """Convert one line; return it if that worked."""
    direction = {"inputParameter": "input", "outputParameter": "output"}.get(str(line.tag).removeprefix(mark))
    name = line.get("name")
    if direction is None or name is None:
        return None
    try:
        source = _source(line, mark)
    except Untranslatable as problem:
        report.left(element, f"the {direction} «{name}» could not be translated, because of {problem}.")
        return None
    add_line(element, "ioMapping", direction, {"source": source, "target": name})
    report.changed(element, f"the {direction} «{name}» is now «{source[:120]}».")
    return line


def _source(line: Element, mark: str) -> str:
    """Return the source of a mapping: text, expression, list or map."""
    inner = next(line.iterchildren("*"), None)
    if inner is None:
        text = (line.text or "").strip()
        return juel.to_feel(text) if text else "=null"
    return f"={_structure(inner, mark)}"


def _structure(element: Element, mark: str) -> str:
    match str(element.tag).removeprefix(mark):
        case "list":
            return f"[{', '.join(_structure(value, mark) for value in element.iterchildren('*'))}]"
        case "map":
            entries = (
                f"{json.dumps(entry.get('key') or '')}: {_value(entry, mark)}" for entry in element.iterchildren("*")
            )
            return "{" + ", ".join(entries) + "}"
        case "value":
            return _value(element, mark)
        case other:
            message = f"the {other}"
            raise Untranslatable(message)


def _value(element: Element, mark: str) -> str:
    inner = next(element.iterchildren("*"), None)
    if inner is not None:
        return _structure(inner, mark)
    text = (element.text or "").strip()
    feel = juel.to_feel(text)
    return feel.removeprefix("=") if juel.is_juel(text) else json.dumps(text, ensure_ascii=False)


def _field(field: Element, mark: str, report: Report) -> None:
    element, name = _owner(field), field.get("name")
    if element is None or name is None:
        return
    text = field.get("stringValue") or field.get("expression")
    for inner in field.iterchildren(mark + "string", mark + "expression"):
        text = text or (inner.text or "").strip()
    source = None if not text else report.translated(element, text, juel.to_feel, f"field {name}")
    if source is not None:
        add_line(element, "ioMapping", "input", {"source": source, "target": name})
        report.changed(element, f"the field «{name}» is now an input mapping.")
        tree.drop(field)


def convert_listeners(root: Element, mark: str, report: Report) -> None:
    """Turn listeners that call code into listener jobs."""
    for name, events in (("executionListener", _EXECUTION), ("taskListener", _TASK)):
        for listener in list(root.iter(mark + name)):
            element, event = _owner(listener), events.get(listener.get("event") or "")
            code = next(
                (listener.get(key) for key in ("class", "delegateExpression", "expression") if listener.get(key)), None
            )
            if element is None or event is None or code is None:
                continue
            job_type = code.strip("${}# ").partition("(")[0].rpartition(".")[2] if "class" in listener.attrib else code
            job_type = job_type.strip("${}# ").partition("(")[0]
            line = {"eventType": event, "type": job_type}
            add_line(element, f"{name}s", name, line)
            report.left(element, f"«{code}» was code in the engine; write a worker for the listener job «{job_type}».")
            if lost := [str(field.get("name")) for field in listener.iter(mark + "field")]:
                report.left(
                    element, f"the listener's fields were dropped, its worker has to know them: {', '.join(lost)}."
                )
            tree.drop(listener)


def convert_loops(root: Element, mark: str, report: Report) -> None:
    """Turn collections into zeebe's loop characteristics."""
    for loop in tree.elements(root, "multiInstanceLoopCharacteristics"):
        collection = take(loop, mark + "collection")
        if collection is None:
            continue
        variable = take(loop, mark + "elementVariable")
        text = collection if juel.is_juel(collection) else f"${{{collection}}}"
        translated = report.translated(loop, text, juel.to_feel, "collection")
        if translated is None:
            loop.set(mark + "collection", collection)
            if variable is not None:
                loop.set(mark + "elementVariable", variable)
            continue
        add(loop, "loopCharacteristics", {"inputCollection": translated, "inputElement": variable})
        report.changed(
            loop, f"the collection is «{translated}»; where loopCounter is read, 1 is taken off: it began at 0."
        )
