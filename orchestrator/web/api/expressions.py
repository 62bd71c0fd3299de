"""Try FEEL expressions."""

from typing import Annotated, Any

from pydantic import Field as Limit

from orchestrator.services import expressions, variables
from orchestrator.web.api.tenants import check_tenant
from orchestrator.web.bodies import Body, Variables, WireKey
from orchestrator.web.endpoints import Call, Resource
from orchestrator.web.shapes import Field, Inner, Shape
from orchestrator.web.wire import JSON, ListOf

resource = Resource("expressions", "Expression")

_WARNING = Shape("ExpressionWarning", [Field("message", "message")])
_SECRET = Shape("ExpressionSecret", [Field("storeId", "store"), Field("secretName", "name")])
EVALUATED = Shape(
    "EvaluatedExpression",
    [
        Field("expression", "expression"),
        Field("result", "result", JSON, nullable=True),
        Field("warnings", "warnings", ListOf(Inner(_WARNING))),
        Field("referencedSecrets", lambda _row: [], ListOf(Inner(_SECRET))),
    ],
)


class Evaluate(Body):
    """An expression, and the values of its names: given, or those that a scope sees, or both."""

    expression: Annotated[str, Limit(min_length=1, max_length=65_536)]
    tenant_id: str | None = None
    scope_key: WireKey | None = None
    variables: Variables | None = None


@resource.post("/expression/evaluation", answers=EVALUATED, also=(404,))
def evaluate_expression(call: Call, body: Evaluate) -> dict[str, Any]:
    """Evaluate a FEEL expression, with or without «=» before it."""
    check_tenant(call.who, body.tenant_id)
    seen = variables.visible(call.rt, call.who, body.scope_key) if body.scope_key is not None else {}
    value, warnings = expressions.evaluate(call.rt, call.who, body.expression, {**seen, **(body.variables or {})})
    return {
        "expression": body.expression,
        "result": value,
        "warnings": [{"message": warning} for warning in warnings],
    }
