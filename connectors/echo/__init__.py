"""Return what came in: the smallest connector, for tests and tutorials."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from connectors.api import Context, Effect, connector
from connectors.schema import Shown


class Input(BaseModel):
    """What to say back."""

    value: Annotated[Any, Shown(feel=True)] = Field(
        default=None, description="Any FEEL value; it comes back unchanged."
    )


class Output(BaseModel):
    """What was said."""

    value: Any = Field(description="The same value.")


@connector("echo:1", title="Echo", effect=Effect.NONE)
def echo(given: Input, context: Context) -> Output:
    """Return a value unchanged, in place of a system that is not there yet."""
    return Output(value=given.value)
