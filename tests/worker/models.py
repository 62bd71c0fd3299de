"""Small processes as text."""

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="http://example.org">'
)


def one_task(job_type: str, *, inputs: str = "", headers: str = "", retries: int = 3, after: str = "") -> bytes:
    """A process `p` of one service task `work`; ``after`` is XML beside it."""
    return f"""{HEAD}
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:serviceTask id="work">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="{job_type}" retries="{retries}" />
        <zeebe:ioMapping>{inputs}</zeebe:ioMapping>
        <zeebe:taskHeaders>{headers}</zeebe:taskHeaders>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="work" />
    <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="end" />
    {after}
  </bpmn:process>
  <bpmn:error id="gone" errorCode="GONE" />
</bpmn:definitions>""".encode()


CAUGHT = """
    <bpmn:boundaryEvent id="caught" attachedToRef="work">
      <bpmn:errorEventDefinition errorRef="gone" />
    </bpmn:boundaryEvent>
    <bpmn:endEvent id="other-end" />
    <bpmn:sequenceFlow id="f3" sourceRef="caught" targetRef="other-end" />"""


def one_person(*, inputs: str = "") -> bytes:
    """A process `p` of one user task `look`."""
    return f"""{HEAD}
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:userTask id="look" name="Have a look">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:ioMapping>{inputs}</zeebe:ioMapping>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="look" />
    <bpmn:sequenceFlow id="f2" sourceRef="look" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>""".encode()


WAITS_FOR_TIME = f"""{HEAD}
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:intermediateCatchEvent id="pause">
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT0.1S</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="pause" />
    <bpmn:sequenceFlow id="f2" sourceRef="pause" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>""".encode()


ENDLESS = f"""{HEAD}
  <bpmn:process id="endless" isExecutable="true">
    <bpmn:startEvent id="begin" />
    <bpmn:serviceTask id="again">
      <bpmn:extensionElements><zeebe:taskDefinition type="echo:1" /></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="again" />
    <bpmn:sequenceFlow id="f2" sourceRef="again" targetRef="again" />
  </bpmn:process>
</bpmn:definitions>""".encode()
