"""Drafts of the designer through the services' public functions, on every database."""

from datetime import timedelta

import pytest

from orchestrator.domain.access import Principal
from orchestrator.domain.errors import Conflict, Forbidden, Invalid, NotFound
from orchestrator.services import models
from tests.services.test_protocol import deploy
from tests.support.houses import ADMIN, House

BEN = Principal(id="ben", roles=frozenset({"modeller"}))
VIEWER = Principal(id="viewer", roles=frozenset({"viewer"}))


def begin(house: House, content: str = "one", **rest: str) -> models.Draft:
    return models.create(house.rt, ADMIN, name=rest.pop("name", "A draft"), content=content, **rest)


def test_a_draft_comes_back_as_it_was_saved(house: House) -> None:
    made = begin(house, "ß€😀\n")

    assert models.read(house.rt, VIEWER, made.model_key) == made
    assert (made.content, made.revision, made.created_by) == ("ß€😀\n", 1, "admin")


def test_the_second_of_two_who_save_is_told_who_was_first(house: House) -> None:
    made = begin(house)
    models.save(house.rt, BEN, made.model_key, content="ben's", revision=1)

    with pytest.raises(Conflict, match="ben saved this model at 2026"):
        models.save(house.rt, ADMIN, made.model_key, content="mine", revision=1)

    assert models.read(house.rt, ADMIN, made.model_key).content == "ben's"


def test_autosaves_of_one_sitting_are_one_revision_and_a_note_keeps_its_own(house: House) -> None:
    key, revision = begin(house).model_key, 1

    def save(content: str, note: str = "", who: Principal = ADMIN, later: timedelta = timedelta(seconds=10)) -> None:
        nonlocal revision
        house.clock.now += later
        revision = models.save(house.rt, who, key, content=content, revision=revision, note=note).revision

    save("a")
    save("b")
    save("c", note="a good state")
    save("d")
    save("e", who=BEN)
    save("f", who=BEN, later=timedelta(minutes=6))

    kept = [(each.note, models.read(house.rt, ADMIN, key, each.revision).content) for each in _versions(house, key)]
    assert kept == [("", "f"), ("", "e"), ("", "d"), ("a good state", "c"), ("", "b"), ("", "one")]


def _versions(house: House, key: int) -> list[models.DraftVersion]:
    return models.versions(house.rt, VIEWER, key)


def test_an_earlier_revision_becomes_the_newest_again_and_none_is_lost(house: House) -> None:
    key = begin(house, "first").model_key
    models.save(house.rt, ADMIN, key, content="second", revision=1)

    restored = models.restore(house.rt, BEN, key, 1)

    assert (restored.content, restored.changed_by) == ("first", "ben")
    assert [each.note for each in _versions(house, key)] == ["revision 1 restored", "", ""]
    with pytest.raises(NotFound, match="no revision 99"):
        models.restore(house.rt, ADMIN, key, 99)


def test_a_draft_knows_as_which_version_it_was_deployed(house: House) -> None:
    source = '{"id": "drawn", "branches": [["job:drawn"]]}'
    made = begin(house, source)
    assert made.deployed_as is None

    deploy(house, "drawn", ["job:drawn"])

    assert models.read(house.rt, ADMIN, made.model_key).deployed_as == 1
    (listed,) = [row for row in models.list_all(house.rt, ADMIN) if row["model_key"] == made.model_key]
    assert listed["deployed_as"] == 1


def test_a_draft_is_renamed_and_removed_by_who_may_draw(house: House) -> None:
    key = begin(house, name="Old").model_key

    with pytest.raises(Forbidden):
        models.rename(house.rt, VIEWER, key, "Mine")
    assert models.rename(house.rt, BEN, key, "New").name == "New"
    models.delete(house.rt, BEN, key)

    with pytest.raises(NotFound, match="may have been deleted"):
        models.read(house.rt, ADMIN, key)
    with pytest.raises(NotFound):
        models.save(house.rt, ADMIN, key, content="x", revision=1)


def test_what_is_no_draft_is_refused_in_words(house: House) -> None:
    with pytest.raises(Invalid, match="no drafts of kind 'exe'"):
        begin(house, kind="exe")
    with pytest.raises(Invalid, match="name is missing"):
        begin(house, name="")
