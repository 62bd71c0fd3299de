"""The process models of the benchmarks, as BPMN text."""

from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' targetNamespace="https://baton.example/benchmarks"><process id="{id}" isExecutable="true">'
)
TAIL = "</process></definitions>"


def _service_task(identity: str, job_type: str) -> str:
    return (
        f'<serviceTask id="{identity}"><extensionElements><zeebe:taskDefinition type="{job_type}"/>'
        "</extensionElements></serviceTask>"
    )


def _flow(identity: str, source: str, target: str, condition: str | None = None) -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def sequence(length: int) -> bytes:
    """A start, ``length`` service tasks of one job type, an end."""
    tasks = "".join(_service_task(f"task{n}", "bench") for n in range(length))
    names = ["start", *(f"task{n}" for n in range(length)), "end"]
    flows = "".join(_flow(f"flow{n}", a, b) for n, (a, b) in enumerate(pairwise(names)))
    return (HEAD.format(id="sequence") + f'<startEvent id="start"/>{tasks}<endEvent id="end"/>{flows}' + TAIL).encode()


def fork(width: int) -> bytes:
    """A parallel split into ``width`` service tasks, and the join."""
    tasks = "".join(_service_task(f"task{n}", "bench") for n in range(width))
    flows = "".join(_flow(f"in{n}", "split", f"task{n}") + _flow(f"out{n}", f"task{n}", "join") for n in range(width))
    body = (
        '<startEvent id="start"/><parallelGateway id="split"/><parallelGateway id="join"/><endEvent id="end"/>'
        + tasks
        + _flow("first", "start", "split")
        + flows
        + _flow("last", "join", "end")
    )
    return (HEAD.format(id="fork") + body + TAIL).encode()


def job_loop() -> bytes:
    """One service task in a loop that only a variable ends."""
    body = (
        '<startEvent id="start"/><exclusiveGateway id="again"/>'
        + _service_task("work", "bench")
        + '<exclusiveGateway id="done" default="back"/><endEvent id="end"/>'
        + _flow("a", "start", "again")
        + _flow("b", "again", "work")
        + _flow("c", "work", "done")
        + _flow("back", "done", "again")
        + _flow("out", "done", "end", "=round &gt;= rounds")
    )
    return (HEAD.format(id="loop") + body + TAIL).encode()


def parked() -> bytes:
    """Something that waits for a message."""
    body = (
        '<startEvent id="start"/><receiveTask id="wait" messageRef="m"/><endEvent id="end"/>'
        + _flow("a", "start", "wait")
        + _flow("b", "wait", "end")
    )
    message = (
        '<message id="m" name="resume"><extensionElements><zeebe:subscription correlationKey="=id"/>'
        "</extensionElements></message>"
    )
    return (
        (HEAD.format(id="parked") + body + TAIL)
        .replace('<process id="parked"', message + '<process id="parked"')
        .encode()
    )


def timed() -> bytes:
    """Something that waits for a moment given as a variable."""
    body = (
        '<startEvent id="start"/><intermediateCatchEvent id="wait"><timerEventDefinition id="t">'
        '<timeDate>=due</timeDate></timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>'
        + _flow("a", "start", "wait")
        + _flow("b", "wait", "end")
    )
    return (HEAD.format(id="timed") + body + TAIL).encode()
