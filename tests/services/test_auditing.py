"""The audit log: every act of an administrator is in it, and whoever changes or cuts it is found out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, update

from orchestrator.domain.errors import Forbidden
from orchestrator.services import accounts, auditing, queries, runtime, tokens
from orchestrator.store.schema.operations import audit_log
from tests.support.counting_engine import CountingEngine
from tests.support.houses import ADMIN, WORKER, House, open_house


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """A house whose log is empty, since these tests read and break all of it."""
    opened = open_house(database_url, CountingEngine())
    yield opened
    runtime.close(opened.rt)


def written(house: House, resource: str) -> list[tuple[str, str]]:
    found = queries.search(house.rt, ADMIN, "audit", filter={"resource": resource}, sort=[("sequence", "asc")])
    return [(row["actor"], row["action"]) for row in found.items]


def test_what_is_done_to_people_is_written_down_without_their_passwords(house: House) -> None:
    accounts.create(house.rt, ADMIN, user_id="ada", password="a long secret", roles=["viewer"])
    accounts.update(house.rt, ADMIN, "ada", roles=["operator"], groups=["support"])
    accounts.change_password(house.rt, ADMIN, "ada", old=None, new="another long one")
    accounts.delete(house.rt, ADMIN, "ada")

    assert written(house, "ada") == [("admin", act) for act in ("create", "update", "set password", "delete")]
    everything = queries.search(house.rt, ADMIN, "audit").items
    assert "secret" not in str(everything)
    assert "another long one" not in str(everything)


def test_what_is_refused_is_not_written_down(house: House) -> None:
    with pytest.raises(Forbidden):
        accounts.create(house.rt, WORKER, user_id="eve", password="a long secret")

    assert written(house, "eve") == []


def test_tokens_leave_their_name_and_never_their_text(house: House) -> None:
    text, made = tokens.create(house.rt, ADMIN, name="build", roles=["worker"])
    tokens.revoke(house.rt, ADMIN, made.key)
    tokens.revoke(house.rt, ADMIN, made.key)  # is over already: nothing happens

    assert written(house, str(made.key)) == [("admin", "create"), ("admin", "revoke")]
    assert text not in str(queries.search(house.rt, ADMIN, "audit").items)


def test_the_chain_holds_until_somebody_changes_an_entry_or_cuts_its_end(house: House) -> None:
    def act(number: int) -> None:
        tokens.create(house.rt, ADMIN, name=f"token {number}", roles=["viewer"])

    act(1)
    whole = auditing.verify(house.rt, ADMIN)
    assert whole.broken_at is None
    assert "holds" in whole.sentence

    last = audit_log.c.sequence == whole.entries
    house.rt.database.run(lambda tx: tx.write(delete(audit_log).where(last)))
    cut = auditing.verify(house.rt, ADMIN)
    assert cut.broken_at == whole.entries
    assert f"broken at entry {whole.entries}" in cut.sentence

    house.rt.database.run(lambda tx: tx.write(update(audit_log).values(actor="eve")))
    assert auditing.verify(house.rt, ADMIN).broken_at == 1


def test_only_administrators_may_read_it(house: House) -> None:
    with pytest.raises(Forbidden):
        auditing.verify(house.rt, WORKER)
    with pytest.raises(Forbidden):
        queries.search(house.rt, WORKER, "audit")
