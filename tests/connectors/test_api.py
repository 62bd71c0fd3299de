"""The connector door: what the decorator makes of a function."""

from datetime import timedelta

import pytest
from pydantic import BaseModel

from connectors.api import BpmnError, Context, Effect, connector


class Given(BaseModel):
    words: str


class Back(BaseModel):
    count: int


def test_a_function_becomes_a_connector_with_the_models_of_its_annotations(make_context):
    @connector("count-words:2", effect=Effect.NONE, timeout=timedelta(seconds=5))
    def count(given: Given, context: Context) -> Back:
        """Count words.

        More about it.
        """
        return Back(count=len(given.words.split()))

    assert (count.name, count.version, count.title) == ("count-words", 2, "Count words")
    assert (count.takes, count.gives, count.description) == (Given, Back, "Count words.")
    assert count(Given(words="one two"), make_context()) == Back(count=2)


@pytest.mark.parametrize("name", ["echo", "Echo:1", "echo:0", "echo:1:2", ":1", "echo:x"])
def test_a_type_without_a_proper_version_is_refused(name):
    with pytest.raises(ValueError, match="looks like"):
        connector(name)


def test_a_bpmn_error_without_words_says_its_code():
    error = BpmnError("OUT_OF_STOCK")

    assert (str(error), error.variables) == ("OUT_OF_STOCK", {})
