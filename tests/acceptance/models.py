"""Models for the acceptance tests, as BPMN text: larger, longer or more broken than anybody draws."""

from itertools import pairwise

from orchestrator.services.deployments import Resource

SPACES = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
ENDS = '<startEvent id="s"/><endEvent id="e"/>'


def model(process_id: str, body: str, before: str = "") -> Resource:
    """A file with one process, named after it; ``before`` stands beside the process."""
    text = (
        f'<definitions {SPACES} targetNamespace="t">{before}'
        f'<process id="{process_id}" isExecutable="true">{body}</process></definitions>'
    )
    return Resource(name=f"{process_id}.bpmn", content=text.encode())


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def chain(*names: str) -> str:
    return "".join(flow(a, b) for a, b in pairwise(names))


def service(name: str, job_type: str) -> str:
    return (
        f'<serviceTask id="{name}"><extensionElements><zeebe:taskDefinition type="{job_type}"/>'
        "</extensionElements></serviceTask>"
    )


def script(name: str, expression: str, result: str) -> str:
    return (
        f'<scriptTask id="{name}"><extensionElements><zeebe:script expression="{expression}"'
        f' resultVariable="{result}"/></extensionElements></scriptTask>'
    )


def person(name: str) -> str:
    return f'<userTask id="{name}"><extensionElements><zeebe:userTask/></extensionElements></userTask>'


def one_job(process_id: str) -> Resource:
    """A process of one service task, whose job has the process's name."""
    return model(process_id, ENDS + service("work", process_id) + chain("s", "work", "e"))


def long_chain(process_id: str, length: int, *, jobs: bool) -> Resource:
    """A chain of tasks: jobs of workers, or scripts that count."""
    names = [f"t{number}" for number in range(length)]
    tasks = [service(name, process_id) if jobs else script(name, "=n + 1", "n") for name in names]
    return model(process_id, ENDS + "".join(tasks) + chain("s", *names, "e"))


def wide_fork(process_id: str, width: int) -> Resource:
    """A parallel split into many jobs, their join, and one job behind it."""
    body = ENDS + '<parallelGateway id="split"/><parallelGateway id="join"/>' + service("then", f"{process_id}-then")
    for number in range(width):
        body += service(f"t{number}", process_id) + chain("split", f"t{number}", "join")
    return model(process_id, body + chain("s", "split") + chain("join", "then", "e"))


def counting_loop(process_id: str) -> Resource:
    """A script goes round until `n` has reached `rounds`; nobody is waited for."""
    body = ENDS + '<exclusiveGateway id="again"/><exclusiveGateway id="enough" default="enough-again"/>'
    body += script("count", "=n + 1", "n") + chain("s", "again", "count", "enough", "again")
    return model(process_id, body + flow("enough", "e", "=n &gt;= rounds"))


def job_loop(process_id: str) -> Resource:
    """A job goes round until it says that it is done."""
    body = ENDS + '<exclusiveGateway id="again"/><exclusiveGateway id="enough" default="enough-again"/>'
    body += service("work", process_id) + chain("s", "again", "work", "enough", "again")
    return model(process_id, body + flow("enough", "e", "=done"))


def endless_loop(process_id: str) -> Resource:
    """Two tasks hand the token to each other for ever; a third waits beside them."""
    body = '<startEvent id="s"/><parallelGateway id="f"/><task id="ping"/><task id="pong"/>'
    body += service("beside", process_id) + chain("s", "f", "ping", "pong") + flow("pong", "ping") + flow("f", "beside")
    return model(process_id, body)
