"""Notifications go where a secret says, and nowhere else."""

import json
import warnings

import pytest
from flask import Flask, request

from connectors.api import GiveUp, TryAgain
from connectors.notify import Input, notify
from tests.connectors.far_side import Serving

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:apprise.*")


@pytest.fixture(autouse=True)
def _apprise_loaded():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import apprise  # noqa: F401


def test_a_message_reaches_the_address_in_the_secret(make_context):
    app, received = Flask("chat"), []

    @app.post("/hook")
    def hook():
        received.append(json.loads(request.get_data()))
        return ""

    with Serving(app) as url:
        secrets = {"TEAM": url.replace("http://", "json://") + "/hook"}
        output = notify(Input(target="{{secrets.TEAM}}", title="Hello", text="It works"), make_context(secrets=secrets))

    assert (received[0]["title"], received[0]["message"]) == ("Hello", "It works")
    assert output.target == "{{secrets.TEAM}}"


@pytest.mark.parametrize(
    "target", ["mailto://user:pw@example.com", "https://example.com", "{{secrets.A}} {{secrets.B}}"]
)
def test_an_address_written_into_the_model_is_refused(make_context, target):
    with pytest.raises(GiveUp, match="reference to a secret"):
        notify(Input(target=target, text="x"), make_context(secrets={"A": "json://x", "B": "json://y"}))


def test_a_missing_or_senseless_secret_is_an_incident_that_names_it_and_not_its_value(make_context):
    with pytest.raises(GiveUp, match="TEAM"):
        notify(Input(target="{{secrets.TEAM}}", text="x"), make_context())
    with pytest.raises(GiveUp, match="the secret TEAM") as caught:
        notify(Input(target="{{secrets.TEAM}}", text="x"), make_context(secrets={"TEAM": "nonsense-value"}))
    assert "nonsense-value" not in str(caught.value)


def test_a_far_side_that_refuses_is_tried_again(make_context):
    app = Flask("chat")

    @app.post("/hook")
    def hook():
        return "", 500

    with Serving(app) as url, pytest.raises(TryAgain):
        notify(
            Input(target="{{secrets.TEAM}}", text="x"),
            make_context(secrets={"TEAM": url.replace("http://", "json://") + "/hook"}),
        )


def test_the_console_needs_no_secret(make_context, caplog):
    caplog.set_level("INFO")

    assert notify(Input(text="visible"), make_context()).target == "console"
    assert caplog.records[-1].text == "visible"
