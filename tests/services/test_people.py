"""Accounts, sessions and API tokens through the services' public functions, on every database."""

import secrets
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.access import Permission, Principal
from orchestrator.domain.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from orchestrator.services import accounts, runtime, sessions, tokens
from tests.support.counting_engine import CountingEngine
from tests.support.houses import ADMIN, House, open_house

PASSWORD = "correct horse"
VIEWER = Principal(id="viewer", roles=frozenset({"viewer"}))


@pytest.fixture
def house(shared_database: str) -> Iterator[House]:
    """Tokens and sessions are really random here: those of a module share a database."""
    opened = open_house(shared_database, CountingEngine(), new_token=lambda: secrets.token_urlsafe(24))
    yield opened
    runtime.close(opened.rt)


@pytest.fixture(autouse=True)
def an_administrator(house: House) -> None:
    """Somebody is one already, so that no test has the last of them by chance."""
    accounts.ensure_admin(house.rt, PASSWORD)


def person(house: House, user_id: str, *roles: str, **rest: Any) -> accounts.Account:
    return accounts.create(house.rt, ADMIN, user_id=user_id, password=PASSWORD, roles=roles, **rest)


def principal(house: House, user_id: str) -> Principal:
    return accounts.authenticate(house.rt, user_id, PASSWORD)


def test_a_person_signs_in_with_roles_and_groups(house: House) -> None:
    person(house, "ada", "operator", name="Ada", groups=["clerks", "night"])

    found = principal(house, "ada")

    assert (found.name, found.roles, found.groups) == ("Ada", {"operator"}, {"clerks", "night"})
    assert set(accounts.list_groups(house.rt, ADMIN)) >= {"clerks", "night"}


@pytest.mark.parametrize(("name", "password"), [("bob", "wrong horse"), ("nobody", PASSWORD), ("bob", ""), ("", "")])
def test_who_cannot_prove_it_is_told_the_same_whatever_is_wrong(house: House, name: str, password: str) -> None:
    if all(each.id != "bob" for each in accounts.list_users(house.rt, ADMIN)):
        person(house, "bob", "viewer")

    with pytest.raises(Unauthenticated, match=r"^The name or the password is wrong\.$"):
        accounts.authenticate(house.rt, name, password)


def test_an_id_is_taken_once_also_by_two_at_the_same_moment(house: House) -> None:
    refused: list[Exception] = []

    def add() -> None:
        try:
            person(house, "twin", "viewer")
        except Conflict as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 3
    assert all("'twin' already" in str(refusal) for refusal in refused)


def test_what_is_no_password_role_or_id_is_refused_in_words(house: House) -> None:
    for wrong, sentence in (
        ({"password": "short"}, "8 to 1024 letters"),
        ({"roles": ["king"]}, "no role 'king'"),
        ({"user_id": ""}, "user's id is missing"),
        ({"groups": ["a\0b"]}, "NUL"),
    ):
        given = {"user_id": "wrong", "password": PASSWORD, **wrong}
        with pytest.raises(Invalid, match=sentence):
            accounts.create(house.rt, ADMIN, **given)
    with pytest.raises(NotFound):
        accounts.get(house.rt, ADMIN, "wrong")


def test_only_administrators_change_people_and_one_is_always_left(house: House) -> None:
    person(house, "second", "admin")
    for act in (
        lambda: accounts.create(house.rt, VIEWER, user_id="x", password=PASSWORD),
        lambda: accounts.update(house.rt, VIEWER, "second", name="Me"),
        lambda: accounts.delete(house.rt, VIEWER, "second"),
        lambda: accounts.list_users(house.rt, VIEWER),
        lambda: accounts.get(house.rt, VIEWER, "second"),
        lambda: accounts.change_password(house.rt, VIEWER, "second", old=None, new="another horse"),
    ):
        with pytest.raises(Forbidden):
            act()

    administrators = [each.id for each in accounts.list_users(house.rt, ADMIN) if "admin" in each.roles]
    for each in administrators[1:]:
        accounts.delete(house.rt, ADMIN, each)
    for last in (
        lambda: accounts.delete(house.rt, ADMIN, administrators[0]),
        lambda: accounts.update(house.rt, ADMIN, administrators[0], roles=["viewer"]),
        lambda: accounts.update(house.rt, ADMIN, administrators[0], enabled=False),
    ):
        with pytest.raises(Conflict, match="last administrator"):
            last()


def test_a_password_is_changed_by_who_knows_the_old_one_and_ends_all_sessions(house: House) -> None:
    person(house, "carl", "viewer")
    carl = principal(house, "carl")
    session = sessions.create(house.rt, carl)

    with pytest.raises(Unauthenticated):
        accounts.change_password(house.rt, carl, "carl", old="wrong horse", new="another horse")
    assert sessions.read(house.rt, session) == carl
    accounts.change_password(house.rt, carl, "carl", old=PASSWORD, new="another horse")

    assert sessions.read(house.rt, session) is None
    assert accounts.authenticate(house.rt, "carl", "another horse").id == "carl"


def test_a_session_has_the_roles_of_now_and_an_end(house: House) -> None:
    person(house, "dora", "viewer")
    session = sessions.create(house.rt, principal(house, "dora"), lifetime=timedelta(hours=1))
    accounts.update(house.rt, ADMIN, "dora", groups=["clerks"])
    found = sessions.read(house.rt, session)
    assert found is not None
    assert found.groups == {"clerks"}

    house.clock.advance(hours=1)

    assert sessions.read(house.rt, session) is None
    assert sessions.expire(house.rt) >= 1


def test_sessions_end_by_signing_out_losing_a_role_being_disabled_or_removed(house: House) -> None:
    for user_id, end in (
        ("erin", lambda session: sessions.end(house.rt, session)),
        ("fred", lambda _: accounts.update(house.rt, ADMIN, "fred", roles=["viewer"])),
        ("gina", lambda _: accounts.update(house.rt, ADMIN, "gina", enabled=False)),
        ("hugo", lambda _: accounts.delete(house.rt, ADMIN, "hugo")),
    ):
        person(house, user_id, "operator")
        session = sessions.create(house.rt, principal(house, user_id))
        assert sessions.read(house.rt, session) is not None
        end(session)
        assert sessions.read(house.rt, session) is None
    assert sessions.read(house.rt, "made up \udc80") is None


def test_a_token_stands_for_its_owner_until_it_ends_or_is_revoked(house: House) -> None:
    person(house, "iris", "operator", groups=["clerks"])
    iris = principal(house, "iris")
    tomorrow = house.clock.now + timedelta(days=1)
    text, made = tokens.create(house.rt, iris, name="build", roles=["viewer"], expires_at=tomorrow)

    found = tokens.authenticate(house.rt, text)
    assert (found.id, found.kind, found.roles, found.groups) == ("iris", "token", {"viewer"}, {"clerks"})
    assert not found.may(Permission.OPERATE)
    (listed,) = tokens.list_tokens(house.rt, iris)
    assert listed.last_used_at == house.clock.now
    assert text not in str(listed)

    house.clock.advance(days=1)
    with pytest.raises(Unauthenticated, match="ended at"):
        tokens.authenticate(house.rt, text)
    tokens.revoke(house.rt, iris, made.key)
    with pytest.raises(Unauthenticated, match="revoked"):
        tokens.authenticate(house.rt, text)


def test_a_token_gives_no_more_than_its_owner_may_at_first_and_later(house: House) -> None:
    person(house, "jack", "operator")
    jack = principal(house, "jack")
    with pytest.raises(Forbidden, match="jack may not"):
        tokens.create(house.rt, jack, name="too much", roles=["admin"])
    text, _ = tokens.create(house.rt, jack, name="build", roles=["operator", "viewer"])

    accounts.update(house.rt, ADMIN, "jack", roles=["viewer"])

    assert tokens.authenticate(house.rt, text).roles == {"viewer"}


def test_tokens_of_those_who_are_disabled_or_gone_open_nothing(house: House) -> None:
    for user_id, end in (
        ("kate", lambda: accounts.update(house.rt, ADMIN, "kate", enabled=False)),
        ("liam", lambda: accounts.delete(house.rt, ADMIN, "liam")),
    ):
        person(house, user_id, "viewer")
        text, _ = tokens.create(house.rt, principal(house, user_id), name="t", roles=["viewer"])
        end()
        with pytest.raises(Unauthenticated):
            tokens.authenticate(house.rt, text)


def test_tokens_are_seen_and_revoked_by_their_owner_and_administrators_only(house: House) -> None:
    person(house, "mona", "viewer")
    _, made = tokens.create(house.rt, principal(house, "mona"), name="mine", roles=["viewer"])

    assert made.key not in {each.key for each in tokens.list_tokens(house.rt, VIEWER)}
    assert made.key in {each.key for each in tokens.list_tokens(house.rt, ADMIN)}
    with pytest.raises(NotFound, match="no token"):
        tokens.revoke(house.rt, VIEWER, made.key)
    tokens.revoke(house.rt, ADMIN, made.key)
    with pytest.raises(Invalid, match="at least one role"):
        tokens.create(house.rt, ADMIN, name="none", roles=[])
