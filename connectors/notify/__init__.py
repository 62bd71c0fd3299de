"""Tell people something: e-mail, chat or push, through whatever address the installation keeps as a secret."""

import logging
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from connectors.api import Context, Effect, GiveUp, TryAgain, connector
from connectors.schema import REFERENCE, Shown

CONSOLE = "console"

log = logging.getLogger(__name__)


class Input(BaseModel):
    """What to say, and where."""

    target: Annotated[str, Shown(group="Message")] = Field(
        default=CONSOLE,
        min_length=1,
        description=(
            "{{secrets.NAME}} of an Apprise address (mailto://…, slack://…, json://…), or console: the server's log."
        ),
    )
    title: Annotated[str, Shown(group="Message")] = ""
    text: Annotated[str, Shown(group="Message", lines=True)] = Field(min_length=1, description="What to say.")
    kind: Annotated[Literal["info", "success", "warning", "failure"], Shown(group="Message")] = "info"


class Output(BaseModel):
    """That it was handed over."""

    target: str = Field(description="The reference, never the address.")
    delivered: bool


@connector("notify:1", title="Notify people", effect=Effect.IRREVERSIBLE, timeout=timedelta(seconds=60))
def notify(given: Input, context: Context) -> Output:
    """Send a message to the address that a secret holds; any of Apprise's services will do.

    Addresses carry passwords, so they are never written into a process model: the target is a reference to a secret.
    """
    if given.target.strip() == CONSOLE:
        log.info("notification for the console", extra={"title": given.title, "text": given.text})
        return Output(target=CONSOLE, delivered=True)
    reference = REFERENCE.fullmatch(given.target.strip())
    if reference is None:
        raise GiveUp("the target must be console or a reference to a secret that holds an address: {{secrets.NAME}}")
    name = reference.group(1)
    with context.endpoint(f"notify:{name}"):
        _send(context.secret(name), name, given)
    return Output(target=f"{{{{secrets.{name}}}}}", delivered=True)


def _send(address: str, name: str, given: Input) -> None:
    import apprise

    sender = apprise.Apprise()
    if not sender.add(address):
        raise GiveUp(f"the secret {name} holds no address that Apprise understands")
    if not sender.notify(body=given.text, title=given.title, notify_type=apprise.NotifyType(given.kind)):
        raise TryAgain(f"the message could not be delivered to the address in the secret {name}")
