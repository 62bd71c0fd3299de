"""How a command ends: a sentence for people, a number for programs."""

import os
import sys

import click

from orchestrator.domain.errors import Conflict, InvalidModel, NotFound, OrchestratorError, Unavailable

REFUSED, USAGE, NOT_FOUND, CONFLICT, UNAVAILABLE, WRONG_MODEL, INTERRUPTED = 1, 2, 3, 4, 5, 6, 130
"""Exit codes; 0 is success. They are part of the reference."""


class Refused(Exception):
    """A remote server's refusal, or one of a command's own, with the exit code that fits."""

    def __init__(self, message: str, code: int = REFUSED) -> None:
        super().__init__(message)
        self.code = code


def told(problem: Exception) -> int:
    """Print why a command ended early and return its exit code; raise what is no refusal but a bug."""
    from orchestrator.serving import CannotStart
    from orchestrator.settings import WrongSettings

    match problem:
        case click.ClickException():
            problem.show()
            return problem.exit_code
        case click.exceptions.Exit():
            return problem.exit_code
        case click.Abort():
            return INTERRUPTED
        case BrokenPipeError():  # whoever read the output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        case Refused():
            return say(str(problem), problem.code)
        case InvalidModel():
            from orchestrator.cli.output import print_findings

            print_findings(problem.findings, to_stderr=True)
            return say(str(problem), WRONG_MODEL)
        case NotFound():
            return say(str(problem), NOT_FOUND)
        case Conflict():
            return say(str(problem), CONFLICT)
        case Unavailable() | CannotStart():
            return say(str(problem), UNAVAILABLE)
        case WrongSettings():
            return say(str(problem), USAGE)
        case OrchestratorError():
            return say(str(problem), REFUSED)
        case _:
            raise problem


def say(message: str, code: int) -> int:
    """Print a refusal and hand its code back."""
    click.secho(f"Error: {message}", err=True, fg="red" if code else None)
    return code
