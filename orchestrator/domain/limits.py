"""Technical caps, each with its reason; reaching one is an incident or a refusal, never a crash."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Everything is a setting; the defaults suit one machine."""

    elements_per_step: int = 1_000  #: then commit and go on in the next transaction, so that locks stay short
    elements_without_wait: int = 1_000_000  #: then the model loops for ever: incident ENDLESS_LOOP
    elements_alive: int = 100_000  #: at one moment in one instance; more is a split without end
    scope_depth: int = 64  #: nested sub-processes
    call_depth: int = 32  #: process calls process; deeper is a recursion by mistake
    multi_instance: int = 10_000  #: instances of one multi-instance body, checked before any is created
    variable_bytes: int = 1_048_576  #: one value as JSON
    instance_bytes: int = 8_388_608  #: all live variables of an instance
    snapshot_bytes: int = 33_554_432  #: all else of an instance: what is active, what waits, what can be undone
    json_depth: int = 64  #: nested objects and lists of one value
    model_bytes: int = 2_097_152  #: one BPMN file
    model_elements: int = 100_000  #: XML elements of one file, its drawing not counted
    feel_steps: int = 10_000  #: one evaluation
    body_bytes: int = 10_485_760  #: one HTTP request
