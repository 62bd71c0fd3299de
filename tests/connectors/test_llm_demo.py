"""The demo provider: plain rules, always the same, always said so, never put in for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from connectors.api import GiveUp
from connectors.llm_chat import Input, demo, llm_chat

CLASSIFY = {
    "type": "object",
    "properties": {
        "reason": {
            "oneOf": [
                {"const": "damaged", "description": "broken, cracked or scratched"},
                {"const": "late", "description": "delayed or not arrived"},
                {"const": "other"},
            ]
        },
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "summary": {"type": "string", "maxLength": 200},
    },
    "required": ["reason", "confidence", "summary"],
}


def ask(make_context, **fields):
    return llm_chat(Input(**{"provider": "demo", "prompt": "Which is it?"} | fields), make_context())


@pytest.mark.parametrize(
    ("letter", "reason"),
    [
        ("The mug arrived with a crack and the handle is broken.", "damaged"),
        ("I have been waiting for three weeks and nothing has arrived.", "late"),
        ("What are your opening hours?", "other"),
    ],
)
def test_a_letter_is_classified_by_its_words(make_context, letter, reason):
    assert ask(make_context, content={"letter": letter}, response_schema=CLASSIFY).value["reason"] == reason


def test_every_answer_says_that_no_language_model_was_used(make_context):
    output = ask(make_context, content="anything")

    assert (output.provider, output.model) == ("demo", "demo-rules-1")
    assert "No language model was used" in output.note
    assert output.cost.amount == 0
    assert output.usage.input_tokens == output.usage.output_tokens == output.usage.requests == 0


def test_the_same_question_gets_the_same_answer(make_context):
    schema = {"enum": ["red", "green", "blue"]}

    assert len({ask(make_context, content="zzz", response_schema=schema).value for _ in range(5)}) == 1


def test_a_letter_is_written_where_one_is_asked_for(make_context):
    text = ask(make_context, prompt="Write a reply to the customer.", content="The blue lamp is broken.").text

    assert text.startswith("Hello")
    assert "lamp" in text


def test_without_a_named_provider_and_without_a_default_nobody_is_asked(make_context):
    with pytest.raises(GiveUp, match="no default"):
        llm_chat(Input(prompt="Hello?"), make_context())


def test_the_demo_answers_by_default_only_where_it_is_configured(make_context):
    assert llm_chat(Input(prompt="Hello?"), make_context(options={"default": "demo"})).provider == "demo"


def test_the_demo_does_not_stand_in_for_a_provider_without_a_key(make_context):
    with pytest.raises(GiveUp, match="OPENAI_API_KEY"):
        llm_chat(Input(provider="openai", model="m", prompt="Hello?"), make_context(options={"default": "demo"}))


LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 3, "maximum": 9},
        {"type": "number", "minimum": 0, "maximum": 1},
        {"type": "boolean"},
        {"enum": ["a", "b", 3]},
        {"type": "null"},
        {"type": "array", "items": {"enum": ["x", "y"]}, "minItems": 1},
    ]
)


@given(
    properties=st.dictionaries(st.text(min_size=1, max_size=8), LEAVES, max_size=4),
    about=st.text(max_size=80),
)
def test_values_have_the_form_asked_for(properties, about):
    schema = {"type": "object", "properties": properties, "required": sorted(properties), "additionalProperties": False}

    value = demo.filled(schema, "answer", about)

    Draft202012Validator(schema).validate(value)
