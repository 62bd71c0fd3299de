"""Whatever bytes come in, findings come out, soon."""

# ruff: noqa: E501 - files are quoted as they are

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.limits import Limits
from orchestrator.engine.checking import check
from tests.engine.front.models import SPACES, definitions, flow, process
from tests.support.reference import needs_reference_models, reference_models

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
TASK = '<task id="x"/>'


def after(prolog: str, text: str = "") -> bytes:
    return (
        f"{prolog}<definitions {SPACES}><process id='p'><task id='x' name='{text}'/></process></definitions>".encode()
    )


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("xml-syntax", b""),
        ("xml-syntax", b"   \n"),
        ("xml-syntax", b"<"),
        ("xml-syntax", b"<definitions"),
        ("xml-syntax", b"no xml at all"),
        ("xml-syntax", b"\x00\x01\x02"),
        ("xml-syntax", b"\xff\xfe"),
        ("xml-syntax", after("", "\x00")),
        ("xml-syntax", after("", "&#0;")),
        ("xml-syntax", after("", "&unknown;")),
        ("xml-syntax", after('<?xml version="1.0" encoding="utf-8"?>', "é").replace("é".encode(), b"\xe9")),
        ("xml-syntax", after('<?xml version="1.0" encoding="klingon"?>')),
        ("xml-syntax", b"<!-- nothing -->"),
        ("xml-syntax", b"<a>" * 10_000 + b"</a>" * 10_000),
        ("xml-syntax", b"PK\x03\x04 a zip"),
        ("document-type", after("<!DOCTYPE definitions>")),
        ("document-type", after(f"<!DOCTYPE definitions [{LAUGHS}]>", "&l9;")),
        ("document-type", after('<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "&e;")),
        ("document-type", after('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/evil.dtd">')),
        ("document-type", after('<!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1:1/">%p;]>')),
        ("document-type", after("\ufeff<?xml version='1.0'?><!-- a --><!DOCTYPE d>")),
        ("document-type", after(f"<!DOCTYPE d [{LAUGHS}]>", "&l9;").decode().encode("utf-16")),
        (
            "document-type",
            process('<include xmlns="http://www.w3.org/2001/XInclude" href="file:///etc/hostname"/>' + TASK),
        ),
        ("file-too-large", b"<a>" + b" " * 3_000_000 + b"</a>"),
        ("file-too-large", definitions("<a/>" * 120_000)),
        ("not-bpmn", b"<html/>"),
        ("not-bpmn", b"<definitions/>"),
        ("not-bpmn", b"<definitions xmlns='http://schema.omg.org/spec/BPMN/2.0'/>"),
        ("not-bpmn", b"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/'/>"),
    ],
)
def test_what_is_no_bpmn_is_refused(rule, source) -> None:
    checked = check(source)

    assert [one.rule for one in checked.findings] == [rule]
    assert checked.processes == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1"])
def test_other_encodings_are_read(encoding) -> None:
    name = encoding.removesuffix("-sig").removesuffix("-le")
    text = after(f'<?xml version="1.0" encoding="{name}"?>', "Größe").decode()
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""

    checked = check(mark + text.encode(encoding))

    assert checked.errors == ()
    assert checked.processes[0].body.nodes["x"].name == "Größe"


def test_a_comment_inside_an_expression_does_not_cut_it() -> None:
    condition = "<conditionExpression>=a <!-- and --> = 1<![CDATA[ + 1]]></conditionExpression>"
    content = '<task id="a"/><task id="b"/>' + flow("a", "b", condition)

    found = check(process(content)).processes[0].body.flows["a_b"].condition

    assert found is not None
    assert found.source == "=a  = 1 + 1"


def test_a_document_type_inside_a_text_is_a_text() -> None:
    assert check(process(f"<documentation><![CDATA[<!DOCTYPE html>]]></documentation>{TASK}")).errors == ()


@pytest.mark.parametrize(
    "source",
    [
        b" " * 52_428_800,
        definitions("<process id='q'>" + "<task/>" * 90_000 + "</process>"),
        process("".join(f'<task id="t{n}"/>' for n in range(9_000)) + flow("t0", "t1") * 9_000),
        process('<subProcess id="s">' * 200 + TASK + "</subProcess>" * 200),
        process("<conditionExpression>" + "(" * 100_000 + "</conditionExpression>" + TASK),
        process('<task id="a"/><task id="b"/>' + flow("a", "b", "<conditionExpression>=" + "(" * 60_000 + "</conditionExpression>")),
        process('<task id="a"/><task id="b"/>' + flow("a", "b", "<conditionExpression>=" + "1+" * 60_000 + "1</conditionExpression>")),
        process(f'<task id="{"a" * 1_000_000}"/>'),
        process('<startEvent id="s"><timerEventDefinition><timeCycle>' + "R/" * 100_000 + "</timeCycle></timerEventDefinition></startEvent>"),
        process(TASK + '<association sourceRef="x" targetRef="x"/>' * 20_000),
        process('<parallelGateway id="x"/>' + "".join(f'<sequenceFlow id="f{n}" sourceRef="x" targetRef="x"/>' for n in range(15_000))),
    ],
    ids=range(11),
)  # fmt: skip
@pytest.mark.timeout(60)  # what hangs or explodes is caught by the clock of the test run
def test_files_made_to_hurt_end_soon(source) -> None:
    checked = check(source)

    assert checked.processes or checked.findings


SEED = process(
    '<startEvent id="s"/><exclusiveGateway id="g" default="g_a"/><userTask id="a" name="A"/><subProcess id="b">'
    '<startEvent id="bs"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition></startEvent>'
    '<task id="bt"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics></task></subProcess>"
    '<boundaryEvent id="e" attachedToRef="b" cancelActivity="false"><errorEventDefinition errorRef="er"/></boundaryEvent>'
    + flow("s", "g") + flow("g", "a") + flow("g", "b", "<conditionExpression>=x &gt; 1</conditionExpression>"),
    '<error id="er" errorCode="E"/><message id="m" name="M"/>',
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32), cuts=st.integers(1, 6))
def test_a_file_with_pieces_cut_swapped_and_doubled_never_raises(seed, cuts) -> None:
    chance = random.Random(seed)
    source = SEED
    for _ in range(cuts):
        pieces = source.split(b"<")
        first, second = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        match chance.randrange(4):
            case 0:
                del pieces[first]
            case 1:
                pieces[first], pieces[second] = pieces[second], pieces[first]
            case 2:
                pieces.insert(first, pieces[second])
            case _:
                words = pieces[first].split(b'"')
                chance.shuffle(words)
                pieces[first] = b'"'.join(words)
        source = b"<".join(pieces)

    for finding in check(source).findings:
        assert finding.message


@settings(max_examples=100, deadline=None)
@given(source=st.binary(max_size=300))
def test_random_bytes_never_raise(source) -> None:
    assert check(source).errors


TAGS = (
    "process subProcess transaction adHocSubProcess startEvent endEvent boundaryEvent intermediateCatchEvent "
    "intermediateThrowEvent task serviceTask userTask receiveTask sendTask scriptTask callActivity businessRuleTask "
    "exclusiveGateway parallelGateway inclusiveGateway complexGateway eventBasedGateway sequenceFlow association "
    "timerEventDefinition messageEventDefinition errorEventDefinition compensateEventDefinition linkEventDefinition "
    "multiInstanceLoopCharacteristics standardLoopCharacteristics laneSet lane flowNodeRef dataObject ioSpecification "
    "dataInput dataInputAssociation sourceRef targetRef assignment from to conditionExpression extensionElements script"
)
NAMES = ("a", "b", "c", "", "t:a", "true", "-1", "=", "=a", "PT1S")
ATTRIBUTES = (
    "id sourceRef targetRef attachedToRef default messageRef errorRef signalRef name isExecutable triggeredByEvent "
    "cancelActivity isForCompensation startQuantity loopMaximum dataObjectRef calledElement instantiate behavior"
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(st.sampled_from(TAGS.split(" ")))
    attributes = draw(st.dictionaries(st.sampled_from(ATTRIBUTES.split(" ")), st.sampled_from(NAMES), max_size=4))
    inner = draw(st.lists(trees(depth + 1), max_size=3)) if depth < 4 else []
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f"<{tag} {said}>{draw(st.sampled_from(NAMES))}{''.join(inner)}</{tag}>"


@pytest.mark.timeout(600)  # it is the drawing of trees that takes long on a busy machine
@settings(max_examples=200, deadline=None)
@given(content=st.lists(trees(), max_size=4))
def test_elements_in_the_wildest_places_are_in_the_model_or_in_the_findings(content) -> None:
    checked = check(definitions("".join(content)), limits=Limits(scope_depth=3))

    assert checked.findings or checked.processes


@pytest.mark.data
@needs_reference_models
def test_each_reference_model_is_deployable_or_refused_with_reasons_per_element() -> None:
    models = reference_models()

    assert len(models) == 21
    for path in models:
        checked = check(path.read_bytes(), filename=path.name)
        assert checked.processes, path
        for finding in checked.errors:
            assert finding.element_id is not None, (path, finding)
            assert finding.line is not None, (path, finding)
