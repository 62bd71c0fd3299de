"""The correlation keys of plain BPMN, from the file to the subscription."""

from orchestrator.domain import records as r
from orchestrator.engine.checking import check
from tests.engine.front.models import flow, process

MESSAGES = '<message id="m1" name="Order"/><message id="m2" name="Pay"/>'
RECEIVE = '<receiveTask id="a" messageRef="m2"/><receiveTask id="b" messageRef="m1"/>' + flow("a", "b")


def retrieved(name, **paths):
    """A correlation property, and where it stands in each message."""
    found = "".join(
        f'<correlationPropertyRetrievalExpression messageRef="{message}"><messagePath>{path}</messagePath>'
        "</correlationPropertyRetrievalExpression>"
        for message, path in paths.items()
    )
    return f'<correlationProperty id="{name}">{found}</correlationProperty>'


def begun(run, nodes, *properties, start=(), **variables):
    checked = check(process(nodes, MESSAGES + "".join(properties)))
    assert checked.errors == ()
    one = run(*checked.processes, **variables)
    one.start(*start)
    return one


def keys(one):
    return [each.correlation_key for each in one.messages]


def test_the_message_that_starts_an_instance_fixes_all_its_properties(run):
    begin = '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>'
    both = (retrieved("p1", m1="id", m2="order.id"), retrieved("p2", m1="who", m2="who"))

    one = begun(run, begin + RECEIVE + flow("s", "a"), *both, start=("s", {"id": 7, "who": "x"}))

    assert keys(one) == ["7|x"]


def test_a_message_sent_fixes_what_later_ones_must_have(run):
    send = '<startEvent id="s"/><sendTask id="t" messageRef="m1"/>' + flow("s", "t") + flow("t", "a")
    one = begun(run, send + RECEIVE, retrieved("p1", m1="id", m2="other"), id=5)
    assert ([each.correlation_key for each in one.of(r.MessageThrown)], keys(one)) == (["5"], ["5"])

    one.correlate("Pay", other=9)

    assert keys(one) == ["5"]


def test_the_first_message_received_fixes_what_was_open(run):
    one = begun(run, '<startEvent id="s"/>' + RECEIVE + flow("s", "a"), retrieved("p1", m1="id", m2="other"))
    assert keys(one) == [""]

    one.correlate("Pay", other=9)

    assert keys(one) == ["9"]


def test_an_assignment_to_a_property_of_a_data_object_keeps_the_others(run):
    data = '<dataObject id="o" name="order"/><dataObjectReference id="r" dataObjectRef="o"/>'
    change = "<dataOutputAssociation><targetRef>r</targetRef><assignment><from>=n</from><to>order.n</to></assignment>"
    nodes = f'<startEvent id="s"/><userTask id="a">{change}</dataOutputAssociation></userTask><userTask id="z"/>'
    one = begun(run, data + nodes + flow("s", "a") + flow("a", "z"), order={"n": 1, "k": 2})

    one.complete("a", n=9)

    assert one.variables["order"] == {"n": 9, "k": 2}
