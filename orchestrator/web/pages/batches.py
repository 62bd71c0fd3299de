"""Batches: what is done to many instances at once, how far it is, and what was refused."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, Response, make_response, render_template, request

from orchestrator.domain.access import Permission, require
from orchestrator.domain.batch import BatchKind
from orchestrator.domain.errors import Invalid, NotFound
from orchestrator.domain.keys import Key
from orchestrator.services import batches, queries
from orchestrator.services.runtime import Runtime
from orchestrator.web.pages.door import caller, done, is_fragment, key_of, runtime
from orchestrator.web.pages.listing import listed

WORDS: Final[Mapping[str, str]] = {
    BatchKind.CANCEL: "Cancel instances",
    BatchKind.DELETE: "Delete instances",
    BatchKind.MIGRATE: "Migrate instances",
    BatchKind.MODIFY: "Modify instances",
    BatchKind.RESOLVE: "Retry incidents",
    BatchKind.RESUME: "Resume instances",
    BatchKind.SUSPEND: "Suspend instances",
}
_TURNS: Final[Mapping[str, tuple[Callable[[Runtime, Any, Key], None], str]]] = {
    "suspend": (batches.suspend, "The batch rests."),
    "resume": (batches.resume, "The batch goes on."),
    "cancel": (batches.cancel, "The rest is left undone."),
}


def add_routes(pages: Blueprint) -> None:
    """Serve the list, one batch, and what can be done with it."""
    pages.add_url_rule("/batches", "batches", show_all)
    pages.add_url_rule("/batches/<key>", "batch", show)
    pages.add_url_rule("/batches/<key>/<turn>", "batch_turn", turn, methods=["POST"])


def show_all() -> Response:
    """List batches, newest first."""
    require(caller(), Permission.READ)
    found = listed("batches", {}, sorts=("created_at",), default=("created_at", "desc"))
    return make_response(render_template("batches.html", section="Instances", list=found, words=WORDS))


def show(key: str) -> Response:
    """Show how far a batch is and what became of each instance; asked again and again while it runs."""
    row = queries.get(runtime(), caller(), "batches", key_of(key))
    state = request.args.get("state", "")
    wanted = {"batch_key": row["batch_key"]} | ({"status": state} if state else {})
    found = listed("batch_entries", wanted, sorts=("processed_at",), default=("processed_at", "desc"))
    shown = {"section": "Instances", "row": row, "list": found, "state": state, "words": WORDS}
    if is_fragment():
        return make_response(render_template("batch_moving.html", **shown))
    return make_response(render_template("batch.html", **shown))


def turn(key: str, turn: str) -> Response:
    """Let a batch rest, go on, or end."""
    if turn not in _TURNS:
        raise NotFound(f"A batch cannot be turned to “{turn}”.")
    act, words = _TURNS[turn]
    act(runtime(), caller(), key_of(key))
    return done(words, f"/batches/{key_of(key)}")


def begun(made: batches.Created) -> Response:
    """Lead to the page of a batch that was just written down."""
    if not made.total:
        raise Invalid("None of the chosen instances is in a state for that; nothing was changed.")
    return done(f"{WORDS[made.kind]}: {made.total} to do.", f"/batches/{made.batch_key}")
