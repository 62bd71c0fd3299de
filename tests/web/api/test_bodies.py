"""What is wrong with a body is said in a sentence that names the place."""

import json
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from orchestrator.domain.errors import Invalid
from orchestrator.web import bodies
from orchestrator.web.api.instances import CreateProcessInstance
from orchestrator.web.api.jobs import Activate
from orchestrator.web.api.modifications import Modification
from orchestrator.web.bodies import UnsupportedMediaType


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b'{"a": 1, "a": 2}', "“a” stands twice"),
        (b'{"x": {"b": 1, "b": 1}}', "“b” stands twice"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity is no JSON number"),
        (b'{"a": 1e999}', "“1e999” is too large"),
        (b'{"a": "\\u0000"}', "a holds the character NUL"),
        (b'{"a": ["x", {"b": "\\ud800"}]}', "a[1].b holds half a surrogate pair"),
        (b'{"\\udfff": 1}', "a key of the body holds half a surrogate pair"),
        (b'{"a": "\x00"}', "not JSON: invalid control character"),
        (b'{"a":', "expecting value at line 1, column 6"),
        (b'{"a": 1} x', "extra data"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "has 5000 digits; at most 1000"),
    ],
)
def test_json_that_cannot_be_kept_is_refused(raw: bytes, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        bodies.loads(raw)

    assert sentence in str(refusal.value)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert bodies.loads(b'{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_every_other_json_is_read_as_it_is(value: object) -> None:
    raw = json.dumps(value).encode()

    assume("\\u0000" not in raw.decode())

    assert bodies.loads(raw) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(Invalid):
        json.dumps(bodies.loads(raw), allow_nan=False).encode()


def test_another_format_than_json_is_refused() -> None:
    with pytest.raises(UnsupportedMediaType, match="application/json"):
        bodies.parse(b"a=1", Headers({"Content-Type": "application/x-www-form-urlencoded"}))


def test_no_body_is_nothing() -> None:
    assert bodies.parse(b"  ", Headers()) is None


@pytest.mark.parametrize(
    ("model", "body", "sentence"),
    [
        (Activate, {"type": "a", "timeout": 1, "maxJobsToActivat": 1}, "did you mean “maxJobsToActivate”?"),
        (Activate, {"type": "a", "timeout": 1}, "maxJobsToActivate is missing."),
        (Activate, {"type": "", "timeout": 1, "maxJobsToActivate": 1}, "type: string should have at least 1 character"),
        (Activate, {"type": "a", "timeout": "1", "maxJobsToActivate": 1}, "timeout: input should be a valid integer"),
        (Activate, {"type": "a", "timeout": 0, "maxJobsToActivate": 1}, "timeout: input should be greater than"),
        (CreateProcessInstance, {}, "by processDefinitionId or by processDefinitionKey"),
        (CreateProcessInstance, {"processDefinitionKey": 5}, "processDefinitionKey must be a key"),
        (CreateProcessInstance, {"processDefinitionKey": "9" * 19}, "processDefinitionKey must be a key"),
        (
            CreateProcessInstance,
            {"processDefinitionId": "a", "startInstructions": [{"elementI": "b"}]},
            "startInstructions[0] has no key “elementI”; did you mean “elementId”?",
        ),
        (Modification, {"terminateInstructions": [{}]}, "terminateInstructions[0] must have elementId"),
        (Modification, [], "must be an object"),
    ],
)
def test_a_wrong_body_is_named_by_place_and_cure(model: type, body: object, sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        bodies.read(model, body)

    assert sentence in str(refusal.value)
