"""Models gone wrong: seeds of many tools, and mutants of them that a seeded chance makes, the same each time."""

# ruff: noqa: E501 - lists of words are read across

import copy
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from lxml import etree

from tests.support.reference import reference_models

ROOT = Path(__file__).parents[3]
SAMPLES = Path(__file__).parent / "samples"
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
FOLDERS = (SAMPLES, ROOT / "process_models")
LARGEST = 120_000
"""Larger seeds would spend the time on copying."""

TAGS = (
    "process subProcess transaction adHocSubProcess startEvent endEvent boundaryEvent intermediateCatchEvent "
    "intermediateThrowEvent task serviceTask userTask receiveTask sendTask scriptTask callActivity businessRuleTask "
    "manualTask exclusiveGateway parallelGateway inclusiveGateway complexGateway eventBasedGateway sequenceFlow "
    "association timerEventDefinition messageEventDefinition errorEventDefinition compensateEventDefinition "
    "linkEventDefinition signalEventDefinition escalationEventDefinition conditionalEventDefinition "
    "cancelEventDefinition terminateEventDefinition multiInstanceLoopCharacteristics standardLoopCharacteristics "
    "laneSet lane dataObject dataObjectReference dataStoreReference extensionElements documentation "
    "choreographyTask collaboration participant globalUserTask conditionExpression textAnnotation group nonsense"
)
VALUES = (
    "", " ", "=", "=a", "=(", "${x}", "#{y.z(1)}", "true", "TRUE", "maybe", "-1", "0", "1e9", "9" * 40, "PT1S", "R/PT0S",
    "P-1Y", "0 0 * * * *", "2030-13-45", "ä ö", "a:b", "a b", "../etc", "\u202eabc", "x" * 300, "null", "[1", '"', "<&>",
)  # fmt: skip

Change = Callable[[random.Random, etree._Element], None]


@cache
def seeds(*endings: str) -> tuple[tuple[str, bytes], ...]:
    """Return the files that there are, by name."""
    found = [file for folder in FOLDERS for file in sorted(folder.rglob("*"))]
    found += reference_models()
    found = [file for file in found if file.name.endswith(endings) and file.stat().st_size < LARGEST]
    return tuple((file.name, file.read_bytes()) for file in found)


def mutant(number: int, *endings: str) -> tuple[str, bytes]:
    """Return the mutant of that number and what it is called."""
    chance = random.Random(number)
    name, source = chance.choice(seeds(*endings))
    root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, huge_tree=True))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        chance.choice(CHANGES)(chance, root)
    written = chance.choice(WRITERS)(chance, root) if chance.random() < 0.5 else etree.tostring(root)
    if chance.random() < 0.15:
        written = chance.choice(DAMAGES)(chance, written)
    return f"{number}-{name}", written


def _any(chance: random.Random, root: etree._Element) -> etree._Element:
    """Return some element, mostly of the model and not of its drawing."""
    everything = [each for each in root.iter("*") if "/DI}" not in each.tag and "/DC}" not in each.tag]
    return chance.choice(everything)


def _inner(chance: random.Random, root: etree._Element) -> etree._Element | None:
    found = _any(chance, root)
    return found if found.getparent() is not None else None


def drop(chance: random.Random, root: etree._Element) -> None:
    element = _inner(chance, root)
    if element is not None:
        element.getparent().remove(element)


def double(chance: random.Random, root: etree._Element) -> None:
    element = _inner(chance, root)
    if element is not None:
        element.addnext(copy.deepcopy(element))


def move(chance: random.Random, root: etree._Element) -> None:
    element, target = _inner(chance, root), _any(chance, root)
    if element is not None and element not in {target, *target.iterancestors()}:
        target.insert(chance.randrange(len(target) + 1), element)


def swap(chance: random.Random, root: etree._Element) -> None:
    first, second = _any(chance, root), _any(chance, root)
    first.text, second.text = second.text, first.text
    ours, theirs = dict(first.attrib), dict(second.attrib)
    if chance.random() < 0.5:
        first.attrib.clear()
        second.attrib.clear()
        first.attrib.update(theirs)
        second.attrib.update(ours)


def rename(chance: random.Random, root: etree._Element) -> None:
    _any(chance, root).tag = f"{{{MODEL}}}{chance.choice(TAGS.split())}"


def respace(chance: random.Random, root: etree._Element) -> None:
    """Put an element into no namespace, or into a stranger's."""
    element = _any(chance, root)
    name = etree.QName(element).localname
    element.tag = chance.choice((name, f"{{urn:stranger}}{name}", f"{{http://camunda.org/schema/zeebe/1.0}}{name}"))


def forget(chance: random.Random, root: etree._Element) -> None:
    """Take an attribute away, most often an id."""
    element = _any(chance, root)
    for name in ["id"] if chance.random() < 0.4 else list(element.attrib)[: chance.randrange(3)]:
        element.attrib.pop(name, None)


def set_value(chance: random.Random, root: etree._Element) -> None:
    element = _any(chance, root)
    if len(element.attrib):
        element.set(chance.choice(list(element.attrib)), chance.choice(VALUES))


def refer(chance: random.Random, root: etree._Element) -> None:
    """Let one attribute say what another one says, so that ids are twice and references mean the wrong thing."""
    first, second = _any(chance, root), _any(chance, root)
    if len(first.attrib) and len(second.attrib):
        first.set(chance.choice(list(first.attrib)), second.get(chance.choice(list(second.attrib))))


def say(chance: random.Random, root: etree._Element) -> None:
    _any(chance, root).text = chance.choice(VALUES)


def remark(chance: random.Random, root: etree._Element) -> None:
    """Put a comment or an instruction into the middle of a text."""
    element = _any(chance, root)
    made = etree.Comment(" a remark ") if chance.random() < 0.5 else etree.ProcessingInstruction("pi", "x='1'")
    text = element.text or ""
    half = len(text) // 2
    element.text, made.tail = text[:half], text[half:]
    element.insert(0, made)


def quote(chance: random.Random, root: etree._Element) -> None:
    element = _any(chance, root)
    if element.text and "]]>" not in element.text:
        element.text = etree.CDATA(element.text)


def nest(chance: random.Random, root: etree._Element) -> None:
    """Put an element into many others."""
    element = _inner(chance, root)
    if element is None:
        return
    tag, parent = f"{{{MODEL}}}{chance.choice(TAGS.split())}", element.getparent()
    place = parent.index(element)
    for _ in range(chance.choice((1, 3, 70))):
        wrapper = etree.Element(tag, {"id": f"n{chance.randrange(10**6)}"})
        wrapper.append(element)
        element = wrapper
    parent.insert(place, element)


def multiply(chance: random.Random, root: etree._Element) -> None:
    element = _inner(chance, root)
    if element is None or len(element) > 20:
        return
    for number in range(chance.choice((3, 40))):
        copied = copy.deepcopy(element)
        if copied.get("id"):
            copied.set("id", f"{copied.get('id')}_{number}")
        element.addnext(copied)


CHANGES: tuple[Change, ...] = (
    drop, double, move, swap, rename, respace, forget, forget, set_value, set_value, refer, refer, say, remark, quote,
    nest, multiply,
)  # fmt: skip


def _prefixed(chance: random.Random, root: etree._Element) -> bytes:
    """Write the same with another prefix for BPMN; names in values keep theirs."""
    prefix = chance.choice((None, "semantic", "bpmn2", "b", "ns0"))
    made = etree.Element(
        root.tag, dict(root.attrib), {**{k: v for k, v in root.nsmap.items() if v != MODEL}, prefix: MODEL}
    )
    made.text = root.text
    made.extend(copy.deepcopy(list(root)))
    return etree.tostring(made)


def _encoded(chance: random.Random, root: etree._Element) -> bytes:
    encoding = chance.choice(("UTF-16", "ISO-8859-1", "US-ASCII", "windows-1252", "UTF-8"))
    return etree.tostring(root, xml_declaration=True, encoding=encoding)


def _marked(chance: random.Random, root: etree._Element) -> bytes:
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return b"\xef\xbb\xbf" + text.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n")))


def _lied(chance: random.Random, root: etree._Element) -> bytes:
    """Declare an encoding that it is not in."""
    text = etree.tostring(root, encoding="unicode").encode(chance.choice(("utf-8", "utf-16-le", "latin-1")), "replace")
    return f'<?xml version="1.0" encoding="{chance.choice(("UTF-16", "ISO-8859-1", "UTF-8", "x"))}"?>'.encode() + text


def _typed(chance: random.Random, root: etree._Element) -> bytes:
    return chance.choice((b"<!DOCTYPE definitions>", b'<!DOCTYPE d [<!ENTITY e "x">]>', b"")) + etree.tostring(root)


WRITERS = (_prefixed, _encoded, _marked, _lied, _typed)


def _cut(chance: random.Random, source: bytes) -> bytes:
    return source[: chance.randrange(len(source))]


def _flip(chance: random.Random, source: bytes) -> bytes:
    made = bytearray(source)
    for _ in range(chance.choice((1, 5))):
        made[chance.randrange(len(made))] = chance.randrange(256)
    return bytes(made)


def _shuffle(chance: random.Random, source: bytes) -> bytes:
    pieces = source.split(b"<")
    first, second = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    pieces[first], pieces[second] = pieces[second], pieces[first]
    return b"<".join(pieces)


DAMAGES = (_cut, _flip, _shuffle)


def flow_elements(source: bytes) -> Iterator[etree._Element]:
    """Return every flow node and sequence flow below a process, as the file has them; none where it is no BPMN."""
    try:
        root = etree.fromstring(source, etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True))
    except (etree.XMLSyntaxError, ValueError):
        return
    if root.tag != f"{{{MODEL}}}definitions":
        return
    extension = f"{{{MODEL}}}extensionElements"
    for process in root.iterchildren(f"{{{MODEL}}}process"):
        for element in process.iter(*(f"{{{MODEL}}}{name}" for name in FLOW_ELEMENTS.split())):
            if next(element.iterancestors(extension), None) is None:
                yield element


FLOW_ELEMENTS = (
    "sequenceFlow task manualTask userTask serviceTask sendTask receiveTask scriptTask businessRuleTask "
    "callActivity subProcess transaction adHocSubProcess startEvent endEvent intermediateCatchEvent "
    "intermediateThrowEvent boundaryEvent exclusiveGateway parallelGateway inclusiveGateway complexGateway "
    "eventBasedGateway"
)
