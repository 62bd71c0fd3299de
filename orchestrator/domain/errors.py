"""The refusals, ordered by what the caller should do; one table in ``web.errors`` meets HTTP.

OrchestratorError
├── Invalid              the request itself is wrong: mend it                       400
├── Unauthenticated      say who you are                                            401
├── Forbidden            you may not do this                                        403
├── NotFound             the caller named something that does not exist             404
├── Conflict             it exists, but in a state that forbids this                409
│   ├── IllegalTransition
│   ├── StaleLease       the job belongs to another worker by now
│   └── KeyReused        the Idempotency-Key names another request              422
├── TooLarge             a value or body is over its limit                          413
├── InvalidModel         the model cannot be deployed; carries findings             422
└── Unavailable          the database or another part is away: try again later      503
"""

from collections.abc import Mapping, Sequence

from orchestrator.domain.finding import Finding


class OrchestratorError(Exception):
    """A refusal with a sentence for the caller: what was expected, what was found, and the cure."""


class Invalid(OrchestratorError):
    """The request itself is wrong."""


class InvalidForm(Invalid):
    """What was filled in is not as the form asks; ``fields`` has a sentence for each field by its key."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class Unauthenticated(OrchestratorError):
    """The caller has not said who they are."""


class Forbidden(OrchestratorError):
    """The caller may not do this."""


class NotFound(OrchestratorError):
    """The caller named something that does not exist."""


class Conflict(OrchestratorError):
    """It exists, but in a state that forbids this."""


class IllegalTransition(Conflict):
    """The table of statuses has no such step."""


class StaleLease(Conflict):
    """The job is leased to another worker by now, or no longer open."""


class KeyReused(Conflict):
    """The Idempotency-Key was used for another request."""


class TooLarge(OrchestratorError):
    """A value or body is over its limit."""


class InvalidModel(OrchestratorError):
    """The model cannot be deployed; ``findings`` say why, by element."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class Unavailable(OrchestratorError):
    """Something we need is away; nothing was changed, try again later."""
