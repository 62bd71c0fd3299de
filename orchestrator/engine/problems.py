"""What stops an element (an incident) and what refuses a trigger (nothing changed)."""

from enum import StrEnum


class Code(StrEnum):
    """Why an element is stuck; people filter by these words, so they never change."""

    EXPRESSION_FAILED = "EXPRESSION_FAILED"
    NO_FLOW_TAKEN = "NO_FLOW_TAKEN"
    NO_RETRIES = "NO_RETRIES"
    UNHANDLED_ERROR = "UNHANDLED_ERROR"
    CALLED_PROCESS = "CALLED_PROCESS"
    CALLED_DECISION = "CALLED_DECISION"
    AD_HOC_ELEMENTS = "AD_HOC_ELEMENTS"
    AGENT_STALLED = "AGENT_STALLED"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    ENDLESS_LOOP = "ENDLESS_LOOP"
    DEADLOCK = "DEADLOCK"


class ModelProblem(Exception):
    """The model or its data does not allow an element to go on: an incident, never a crash."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Rejected(Exception):
    """The trigger names nothing that is open, or asks for what cannot be; its step leaves no trace."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons
