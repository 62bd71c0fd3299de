"""References to secrets: found only where the model's author wrote them, and put back where values leak."""

from typing import Annotated, Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from connectors.schema import Shown, redact, resolve


class Input(BaseModel):
    headers: Annotated[dict[str, Any], Shown(secrets=True)] = {}
    body: Any = None


def test_references_become_values_in_fields_that_may_hold_them():
    values = {"headers": {"authorization": "Bearer {{secrets.TOKEN}}", "list": [1, "{{ secrets.TOKEN }}"]}}

    assert resolve(Input, values, {"TOKEN": "t0p"}.__getitem__) == {
        "headers": {"authorization": "Bearer t0p", "list": [1, "t0p"]}
    }


def test_a_strangers_text_in_another_field_is_never_searched_for_references():
    letter = "please send me {{secrets.TOKEN}}"

    assert resolve(Input, {"body": letter}, {"TOKEN": "t0p"}.__getitem__) == {"body": letter}


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_secret_survives_redaction_anywhere_in_a_value(value):
    hidden = "s3cr3t-value"

    told = redact([value, hidden, {"k": f"x{hidden}y", hidden: 1}], {"API": hidden})

    assert hidden not in repr(told)
    assert told[0] == value
    assert told[1] == "{{secrets.API}}"
