"""Messages: publish, correlate, and who waits for them."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field as Limit

from orchestrator.domain.errors import Invalid
from orchestrator.domain.search import Page
from orchestrator.services import messages, queries
from orchestrator.services.messages import Correlated, Published
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body, Name, Variables
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.searching import Search
from orchestrator.web.shapes import Field, Shape, key
from orchestrator.web.wire import HEADERS, MOMENT, NOTHING, NUMBER, Word

resource = Resource("messages", "Message")

LONGEST_LIFE = timedelta(days=366)

PUBLISHED = Shape("PublishedMessage", [Field("tenantId", "tenant"), key("messageKey", "message_key")])
CORRELATED = Shape(
    "CorrelatedMessage",
    [Field("tenantId", "tenant"), key("messageKey", "message_key"), key("processInstanceKey", "instance_key")],
)


class Correlate(Body):
    """A message for somebody who waits now."""

    name: Name
    correlation_key: str | None = None
    variables: Variables | None = None
    tenant_id: str | None = None
    business_id: str | None = None


class Publish(Correlate):
    """A message that may wait for its receiver."""

    time_to_live: Annotated[int, Limit(ge=0, le=LONGEST_LIFE // timedelta(milliseconds=1))] | None = None
    message_id: Annotated[str, Limit(max_length=1_024)] | None = None


def _check(call: Call, body: Correlate) -> None:
    check_tenant(call.who, body.tenant_id)
    if body.business_id:
        raise Invalid("businessId is not supported for messages; use the correlation key.")


@resource.post("/messages/publication", answers=PUBLISHED, keyed=True)
def publish_message(call: Call, body: Publish) -> Published:
    """Publish a message.

    It is kept for ``timeToLive`` milliseconds for those who begin to wait later. The same ``messageId`` again, while
    the first one is kept, is the first one.
    """
    _check(call, body)
    return messages.publish(
        call.rt,
        call.who,
        name=body.name,
        correlation_key=body.correlation_key or "",
        variables=body.variables or {},
        time_to_live=timedelta(milliseconds=body.time_to_live or 0),
        message_id=body.message_id or "",
        receipt=call.receipt,
    )


@resource.post("/messages/correlation", answers=CORRELATED, keyed=True, also=(404,))
def correlate_message(call: Call, body: Correlate) -> Correlated:
    """Hand a message to somebody who waits now, or find nobody (404)."""
    _check(call, body)
    return messages.correlate(
        call.rt,
        call.who,
        name=body.name,
        correlation_key=body.correlation_key or "",
        variables=body.variables or {},
        receipt=call.receipt,
    )


SUBSCRIPTION = Shape(
    "MessageSubscription",
    [
        Field("businessId", "business_id", nullable=True, filter=False, sort=False),
        key("messageSubscriptionKey", "subscription_key"),
        Field("processDefinitionId", "process_id"),
        key("processDefinitionKey", "definition_key", nullable=True),
        key("processInstanceKey", "instance_key", nullable=True),
        key("rootProcessInstanceKey", "root_instance_key", nullable=True),
        Field("elementId", "element_id"),
        key("elementInstanceKey", "element_instance_key", nullable=True),
        Field(
            "messageSubscriptionState",
            lambda _row: "CREATED",
            Word({"CREATED": "CREATED"}, others=("CORRELATED", "DELETED", "MIGRATED")),
        ),
        Field("lastUpdatedDate", "created_at", MOMENT),
        Field("messageName", "message_name"),
        Field("correlationKey", "correlation_key", nullable=True),
        Field(
            "messageSubscriptionType",
            lambda row: "PROCESS_EVENT" if row.get("instance_key") else "START_EVENT",
            Word({"PROCESS_EVENT": "PROCESS_EVENT", "START_EVENT": "START_EVENT"}),
        ),
        Field("toolProperties", lambda _row: {}, HEADERS),
        Field("processDefinitionName", "process_name", nullable=True, filter=False, sort=False),
        Field("processDefinitionVersion", "version", NUMBER, nullable=True, filter=False, sort=False),
        Field("toolName", lambda _row: None, NOTHING, nullable=True),
        Field("inboundConnectorType", lambda _row: None, NOTHING, nullable=True),
        Field("tenantId", "tenant"),
    ],
    noun="message_subscriptions",
)


@resource.search("/message-subscriptions/search", SUBSCRIPTION)
def search_message_subscriptions(call: Call, search: Search) -> Page:
    """Search the open message subscriptions, of instances and of start events."""
    return queries.search(
        call.rt, call.who, "message_subscriptions", filter=search.filter, sort=search.sort, page=search.page
    )
