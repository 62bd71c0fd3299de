"""A drawing shows everything once, without overlaps, and says nothing that the model did not."""

# ruff: noqa: E501 - files are quoted as they are

import itertools
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from orchestrator.engine.checking import check
from orchestrator.engine.layout import layout
from orchestrator.engine.model import Scope
from tests.engine.front.models import SPACES, chain, definitions, flow, process
from tests.support.reference import needs_reference_models, reference_models

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


@dataclass(frozen=True)
class Box:
    id: str
    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box") -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


def boxes(source: bytes) -> dict[str, Box]:
    root = etree.fromstring(source)
    found = [
        Box(shape.get("bpmnElement"), *(float(shape[0].get(name)) for name in ("x", "y", "width", "height")))
        for shape in root.iter(DI + "BPMNShape")
    ]
    assert len({box.id for box in found}) == len(found)
    return {box.id: box for box in found}


def lines(source: bytes) -> dict[str, list[tuple[float, float]]]:
    edges = etree.fromstring(source).iter(DI + "BPMNEdge")
    return {
        edge.get("bpmnElement"): [(float(point.get("x")), float(point.get("y"))) for point in edge] for edge in edges
    }


def scopes(scope: Scope) -> list[tuple[str | None, Scope]]:
    found: list[tuple[str | None, Scope]] = [(None, scope)]
    for _, inner in found:
        found += [(node.id, node.body) for node in inner.nodes.values() if node.body is not None]
    return found


def assert_well_drawn(source: bytes) -> None:
    drawn = layout(source)
    shapes, edges = boxes(drawn), lines(drawn)
    for found in check(drawn).processes:
        if f"{found.id}:task" in found.body.nodes:
            continue  # a global task has no place in a diagram
        for owner, scope in scopes(found.body):
            inside = [shapes[node] for node in scope.nodes]
            borders = {node.id for node in scope.nodes.values() if node.attached_to is not None}
            for first, second in itertools.combinations([box for box in inside if box.id not in borders], 2):
                assert not first.meets(second), (first, second)
            assert owner is None or all(shapes[owner].holds(box) for box in inside)
            for one in scope.flows.values():
                points = edges[one.id]
                assert shapes[one.source].meets(
                    replace(shapes[one.source], x=points[0][0] - 1, y=points[0][1] - 1, width=2, height=2)
                )
                assert shapes[one.target].meets(
                    replace(shapes[one.target], x=points[-1][0] - 1, y=points[-1][1] - 1, width=2, height=2)
                )
                assert all(a == c or b == d for (a, b), (c, d) in itertools.pairwise(points)), points


CASES = [
    chain('<startEvent id="s"/>', '<task id="t"/>', '<endEvent id="e"/>'),
    process('<task/><sequenceFlow sourceRef="a" targetRef="b"/><task id="a"/><task id="b"/>'),
    process('<exclusiveGateway id="g"/><task id="a"/><task id="b"/><task id="c"/><exclusiveGateway id="j"/>' + "".join(flow("g", n) + flow(n, "j") for n in "abc") + flow("j", "g") + flow("g", "j")),
    process('<task id="a"/>' + flow("a", "a")),
    process('<subProcess id="q"><task id="a"/><subProcess id="r"><task id="b"/><task id="c"/></subProcess></subProcess><task id="z"/>' + flow("q", "z")),
    process('<task id="t"/><boundaryEvent id="b1" attachedToRef="t"/><boundaryEvent id="b2" attachedToRef="t"/><task id="u"/><task id="v"/>' + flow("b1", "u") + flow("b2", "v") + flow("t", "v")),
    process('<task id="t"/><subProcess id="e1" triggeredByEvent="true"><startEvent id="s1"/></subProcess><subProcess id="e2" triggeredByEvent="true"><startEvent id="s2"/></subProcess>'),
    process('<task id="t"/><boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent><task id="h" isForCompensation="true"/><association id="as" sourceRef="b" targetRef="h"/>'),
    process('<dataObjectReference id="d" dataObjectRef="o"/><dataObject id="o"/><textAnnotation id="n"/><association id="as" sourceRef="n" targetRef="t"/><task id="t"/>'),
    process('<!-- kept --><task id="t"/>'),
]  # fmt: skip


@pytest.mark.parametrize("source", CASES, ids=range(len(CASES)))
def test_everything_is_drawn_once_and_nothing_overlaps(source) -> None:
    assert_well_drawn(source)


@pytest.mark.parametrize("source", CASES, ids=range(len(CASES)))
def test_the_same_file_gives_the_same_drawing_and_a_drawn_file_stays(source) -> None:
    drawn = layout(source)

    assert layout(source) == drawn
    assert layout(drawn) == drawn
    assert b"<!-- kept -->" not in source or b"<!-- kept -->" in drawn


def test_a_drawing_changes_nothing_of_the_model() -> None:
    for source in CASES[:1] + CASES[2:]:
        before, after = check(source).processes, check(layout(source)).processes
        assert [(list(one.body.nodes), list(one.body.flows)) for one in before] == [
            (list(one.body.nodes), list(one.body.flows)) for one in after
        ]


def test_the_main_path_is_straight() -> None:
    drawn = layout(chain('<startEvent id="s"/>', '<task id="t"/>', '<exclusiveGateway id="g"/>', '<endEvent id="e"/>'))
    found = boxes(drawn)

    assert len({box.y + box.height / 2 for box in found.values()}) == 1
    assert [found[name].x for name in "stge"] == sorted(found[name].x for name in "stge")
    assert {len(points) for points in lines(drawn).values()} == {2}


def test_pools_and_lanes_hold_their_elements() -> None:
    source = definitions(
        '<collaboration id="c"><participant id="p1" processRef="a"/><participant id="p2" processRef="b"/><participant id="p3"/>'
        '<messageFlow id="mf" sourceRef="t1" targetRef="t3"/><messageFlow id="mg" sourceRef="p3" targetRef="t1"/></collaboration>'
        '<process id="a"><laneSet><lane id="l1"><flowNodeRef>t1</flowNodeRef></lane><lane id="l2"><flowNodeRef>t2</flowNodeRef></lane></laneSet>'
        f'<task id="t1"/><task id="t2"/>{flow("t1", "t2")}</process><process id="b"><task id="t3"/></process>'
    )
    drawn = layout(source)
    found = boxes(drawn)

    assert found["l1"].holds(found["t1"])
    assert found["l2"].holds(found["t2"])
    assert found["p1"].holds(found["l1"])
    assert found["p1"].holds(found["l2"])
    assert found["p2"].holds(found["t3"])
    assert not any(
        first.meets(second) for first, second in itertools.combinations([found[p] for p in ("p1", "p2", "p3")], 2)
    )
    assert {"mf", "mg", "t1_t2"} <= set(lines(drawn))
    assert_well_drawn(source)


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 12),
    pairs=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=25, unique=True),
    lanes=st.integers(0, 3),
)
def test_any_graph_is_drawn_without_overlaps(count, pairs, lanes) -> None:
    nodes = "".join(f'<task id="t{n}"/>' for n in range(count))
    flows = "".join(flow(f"t{a}", f"t{b}") for a, b in pairs if a < count and b < count)
    inside = "".join(
        f'<lane id="l{lane}">'
        + "".join(f"<flowNodeRef>t{n}</flowNodeRef>" for n in range(lane, count, lanes))
        + "</lane>"
        for lane in range(lanes)
    )
    pool = '<collaboration id="c"><participant id="pool" processRef="p"/></collaboration>' if lanes else ""

    assert_well_drawn(process(f"<laneSet>{inside}</laneSet>{nodes}{flows}", pool))


@pytest.mark.timeout(60)  # a quadratic layout would take minutes
def test_a_long_chain_is_drawn_soon() -> None:
    drawn = layout(chain(*(f'<task id="t{n}"/>' for n in range(2_000))))

    assert len(boxes(drawn)) == 2_000


@pytest.mark.parametrize("source", [b"", b"no xml", b"<html/>", definitions(""), process("")])
def test_what_cannot_be_drawn_does_not_raise(source) -> None:
    assert layout(source) is not None


def test_the_drawing_is_valid_for_readers_of_other_prefixes() -> None:
    source = f'<x:definitions {SPACES.replace("xmlns=", "xmlns:x=")}><x:process id="p"><x:task id="t"/></x:process></x:definitions>'

    assert set(boxes(layout(source.encode()))) == {"t"}


@pytest.mark.data
@needs_reference_models
@pytest.mark.parametrize("path", reference_models(), ids=lambda path: path.name)
def test_reference_models_without_their_drawing_are_drawn_well(path) -> None:
    root = etree.fromstring(path.read_bytes())
    for diagram in list(root.iterchildren(DI + "BPMNDiagram")):
        root.remove(diagram)

    assert_well_drawn(etree.tostring(root))
    assert layout(path.read_bytes()) == path.read_bytes()


def test_lanes_in_lanes_groups_and_what_belongs_to_all_pools_are_drawn() -> None:
    found = boxes(layout((Path(__file__).parent / "samples" / "modellers.bpmn").read_bytes(), anew=True))

    assert found["l1"].holds(found["l11"])
    assert found["l11"].holds(found["t"])
    assert not found["l1"].meets(found["l2"])
    assert {"gr", "ta", "ta0", "dor", "dsr"} <= set(found)
    assert not found["ta0"].meets(found["pb"])


def test_a_group_is_drawn_around_the_elements_of_its_category() -> None:
    of = "<categoryValueRef>cv</categoryValueRef>"
    source = process(
        f'<task id="a">{of}</task><task id="b">{of}</task><task id="c"/><group id="g" categoryValueRef="cv"/>'
        + flow("a", "b")
        + flow("b", "c")
    )

    found = boxes(layout(source))

    assert found["g"].holds(found["a"])
    assert found["g"].holds(found["b"])
    assert not found["g"].holds(found["c"])


def test_branches_leave_a_gateway_apart() -> None:
    source = process(
        '<exclusiveGateway id="g"/><task id="a"/><task id="b"/><task id="c"/>'
        + flow("g", "a")
        + flow("g", "b")
        + flow("g", "c")
    )

    ways = lines(layout(source))

    assert ways["g_a"][0] != ways["g_b"][0]
    assert len(ways["g_b"]) == len(ways["g_c"]) == 3
