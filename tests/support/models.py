"""Process models in a few lines of Python: nodes, and flows as arrows.

    process(start("s"), service("a"), end("e"), flows="s -> a -> e")

A line of arrows is a chain; `x -> b if =n > 1` has a condition, `x -> c default` is the default flow. A flow's id is
`source-target`, numbered where two elements are connected twice.
"""

# ruff: noqa: A002 - id and type are BPMN's words

from dataclasses import replace
from itertools import pairwise

from orchestrator.engine.expressions import Text, expression, text
from orchestrator.engine.model import (
    AdHoc,
    Assignment,
    CalledDecision,
    CalledElement,
    CancelEvent,
    CompensateEvent,
    ConditionalEvent,
    ErrorEvent,
    EscalationEvent,
    Flow,
    JobDefinition,
    Kind,
    LinkEvent,
    Listener,
    MessageEvent,
    MultiInstance,
    Node,
    Process,
    Scope,
    Script,
    SignalEvent,
    StandardLoop,
    TerminateEvent,
    TimerEvent,
    TimerKind,
    UserTaskDefinition,
)


def process(*nodes, flows="", id="p", data_objects=None, **kw):
    return Process(
        id=id,
        name=kw.pop("name", None),
        executable=True,
        body=scope(*nodes, flows=flows, data_objects=data_objects),
        **kw,
    )


def scope(*nodes, flows="", data_objects=None):
    made = _flows(flows)
    defaults = {flow.source: flow.id for flow, is_default in made if is_default}
    ends = [flow for flow, _ in made]
    finished = {
        node.id: replace(
            node,
            incoming=tuple(flow.id for flow in ends if flow.target == node.id),
            outgoing=tuple(flow.id for flow in ends if flow.source == node.id),
            default_flow=defaults.get(node.id),
        )
        for node in nodes
    }
    named = {end for flow in ends for end in (flow.source, flow.target)}
    assert named <= set(finished), f"flows name unknown elements: {named - set(finished)}"
    return Scope(nodes=finished, flows={flow.id: flow for flow in ends}, data_objects=data_objects or {})


def _flows(lines):
    made, counts = [], {}
    for line in filter(str.strip, lines.replace("\n", ";").split(";")):
        arrows, _, condition = line.partition(" if ")
        words = arrows.split()
        is_default = words[-1] == "default"
        chain = [word for word in words if word not in {"->", "default"}]
        for source, target in pairwise(chain):
            name = f"{source}-{target}"
            counts[name] = counts.get(name, 0) + 1
            if counts[name] > 1:
                name += str(counts[name])
            when = expression(condition.strip()) if condition else None
            made.append((Flow(id=name, source=source, target=target, condition=when), is_default))
    return made


def node(id, kind, *events, inputs=None, outputs=None, **kw):
    return Node(id=id, kind=kind, events=events, inputs=mapping(inputs), outputs=mapping(outputs), **kw)


def mapping(lines):
    return tuple(
        Assignment(source=text(source), target=tuple(target.split("."))) for target, source in (lines or {}).items()
    )


def job(type, retries="3", **headers):
    return JobDefinition(type=text(type), retries=text(retries), headers=headers)


def listener(event, type="listen"):
    return Listener(event=event, type=text(type), retries=text("3"))


def start(id="s", *events, **kw):
    return node(id, Kind.START_EVENT, *events, **kw)


def end(id="e", *events, **kw):
    return node(id, Kind.END_EVENT, *events, **kw)


def catch(id, *events, **kw):
    return node(id, Kind.CATCH_EVENT, *events, **kw)


def throw(id, *events, **kw):
    return node(id, Kind.THROW_EVENT, *events, **kw)


def boundary(id, on, *events, **kw):
    return node(id, Kind.BOUNDARY_EVENT, *events, attached_to=on, **kw)


def task(id, **kw):
    return node(id, Kind.TASK, **kw)


def service(id, type=None, **kw):
    return node(id, Kind.SERVICE_TASK, job=job(type or id), **kw)


def user(id, definition=None, **kw):
    return node(id, Kind.USER_TASK, user_task=definition or UserTaskDefinition(), **kw)


def script(id, source, result=None, **kw):
    return node(id, Kind.SCRIPT_TASK, script=Script(expression=text(source), result_variable=result), **kw)


def decision(id, decision_id, result, **kw):
    return node(
        id,
        Kind.BUSINESS_RULE_TASK,
        decision=CalledDecision(decision_id=text(decision_id), result_variable=result),
        **kw,
    )


def receive(id, event, **kw):
    return node(id, Kind.RECEIVE_TASK, event, **kw)


def send(id, event, **kw):
    return node(id, Kind.SEND_TASK, event, **kw)


def call(id, process_id, *, inputs=None, outputs=None, loop=None, **kw):
    called = CalledElement(process_id=text(process_id), **kw)
    return node(id, Kind.CALL_ACTIVITY, called=called, inputs=inputs, outputs=outputs, loop=loop)


def sub(id, *nodes, flows="", data_objects=None, kind=Kind.SUB_PROCESS, **kw):
    return node(id, kind, body=scope(*nodes, flows=flows, data_objects=data_objects), **kw)


def event_sub(id, *nodes, flows="", **kw):
    return sub(id, *nodes, flows=flows, kind=Kind.EVENT_SUB_PROCESS, **kw)


def transaction(id, *nodes, flows="", **kw):
    return sub(id, *nodes, flows=flows, kind=Kind.TRANSACTION, **kw)


def ad_hoc(id, *nodes, flows="", settings=None, **kw):
    return sub(id, *nodes, flows=flows, kind=Kind.AD_HOC_SUB_PROCESS, ad_hoc=settings or AdHoc(), **kw)


def exclusive(id, **kw):
    return node(id, Kind.EXCLUSIVE_GATEWAY, **kw)


def parallel(id, **kw):
    return node(id, Kind.PARALLEL_GATEWAY, **kw)


def inclusive(id, **kw):
    return node(id, Kind.INCLUSIVE_GATEWAY, **kw)


def complex_gateway(id, condition=None, **kw):
    return node(id, Kind.COMPLEX_GATEWAY, activation_condition=text(condition) if condition else None, **kw)


def event_gateway(id, **kw):
    return node(id, Kind.EVENT_BASED_GATEWAY, **kw)


def message(name, key=None):
    return MessageEvent(name=text(name), correlation_key=text(key) if key else None)


def timer(value, kind="duration", catch_up=None):
    return TimerEvent(kind=TimerKind(kind), value=text(value), catch_up=catch_up)


def signal(name):
    return SignalEvent(name=text(name))


def error(code=None):
    return ErrorEvent(code=text(code) if code else None)


def escalation(code=None):
    return EscalationEvent(code=text(code) if code else None)


def conditional(source, **kw):
    return ConditionalEvent(condition=expression(source), **kw)


def compensate(activity=None, *, wait=True):
    return CompensateEvent(activity_ref=activity, wait=wait)


def link(name):
    return LinkEvent(name=name)


CANCEL = CancelEvent()
TERMINATE = TerminateEvent()


def many(
    collection=None, *, sequential=False, item=None, cardinality=None, output=None, collect=None, until=None, **kw
):
    return MultiInstance(
        sequential=sequential,
        collection=_text(collection),
        cardinality=_text(cardinality),
        input_element=item,
        output_collection=output,
        output_element=_text(collect),
        completion_condition=_text(until),
        **kw,
    )


def loop(condition=None, *, before=False, maximum=None):
    return StandardLoop(test_before=before, condition=_text(condition), maximum=maximum)


def _text(source) -> Text | None:
    return None if source is None else text(source)
