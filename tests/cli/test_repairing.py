"""Repair and travel from a terminal, on a database of its own and through a server's API."""

import json

import httpx2
import pytest

from orchestrator.cli import local, main, options, refusals, remote
from orchestrator.services import batches, inbox
from orchestrator.web.app import create_app
from tests.support.files import line
from tests.support.houses import open_house
from tests.web.api.conftest import PASSWORD


@pytest.fixture(params=["here", "on a server"])
def baton(request, capsys, tmp_path, monkeypatch):
    """Run a command and return what it printed; both doors lead to the same house."""
    from orchestrator.services import accounts, runtime

    house = open_house(f"sqlite:///{tmp_path}/baton.db", None)
    accounts.ensure_admin(house.rt, PASSWORD)
    if request.param == "here":
        door = local.LocalDoor(house.rt)
    else:
        transport = httpx2.WSGITransport(app=create_app(house.rt))
        door = remote.RemoteDoor("http://baton.test", f"admin:{PASSWORD}", transport)

    class Lent:
        def __enter__(self):
            return door

        def __exit__(self, *_):
            while inbox.drain(house.rt) or batches.work_off(house.rt):
                pass

    monkeypatch.setattr(options, "opened_door", lambda *_: Lent())

    def run(*arguments, code=0):
        with pytest.raises(SystemExit) as ended:
            main([str(each) for each in arguments])
        told = capsys.readouterr()
        assert (ended.value.code or 0) == code, told.err
        return told.err if code else told.out

    yield run
    runtime.close(house.rt)


@pytest.fixture
def deployed(baton, tmp_path):
    """Deploy a process of service tasks a, b, … of these job types; return its definition key."""

    def deploy(name, *kinds):
        file = tmp_path / f"{name}.bpmn"
        file.write_bytes(line(name, *kinds).content)
        return found(baton, "deploy", file)["processes"][0]["key"]

    return deploy


def found(baton, *arguments):
    return json.loads(baton(*arguments, "--json"))


def start(baton, process):
    return found(baton, "start", process)["instance_key"]


def active(baton, key):
    rows = found(baton, "show", key)["elements"]
    return [each["element_id"] for each in rows if each["status"] == "ACTIVE"]


def test_a_modification_is_tried_and_then_made(baton, deployed):
    deployed("m", "x", "y")
    key = start(baton, "m")

    told = baton("modify", key, "--move", "a:b", "--dry-run")
    assert "nothing was changed" in told
    assert "begins" in told
    assert active(baton, key) == ["a"]
    baton("modify", key, "--move", "a:b", "--reason", "a is done")
    assert active(baton, key) == ["b"]
    baton("modify", key, "--activate", "a", "--terminate", "b", "-v", '{"n": 1}')
    assert active(baton, key) == ["a"]
    assert found(baton, "show", key)["variables"] == {"n": 1}

    assert "no element 'zz'" in baton("modify", key, "--activate", "zz", "--dry-run", code=refusals.CONFLICT)
    assert "colon" in baton("modify", key, "--move", "a", code=refusals.USAGE)


def test_instances_migrate_by_key_and_as_a_batch(baton, deployed):
    deployed("g", "x", "y")
    keys = [start(baton, "g") for _ in range(3)]
    baton("modify", keys[0], "--move", "a:b")
    newer = deployed("g", "x")

    assert "would be done" in baton("migrate-instances", keys[1], "--to", newer, "--dry-run")
    table = baton("migrate-instances", "--process", "g", "--to", newer, "--dry-run")
    assert "2 can migrate, 1 would be refused; 3 fit" in table
    baton("migrate-instances", keys[1], "--to", newer)
    made = found(baton, "migrate-instances", "--process", "g", "--to", newer, "--reason", "new wording")

    shown = found(baton, "batches", made["batchOperationKey"])
    assert (shown["state"], shown["operationsCompletedCount"], shown["operationsFailedCount"]) == (
        "PARTIALLY_COMPLETED",
        2,
        1,
    )
    assert "does not exist in the new model" in shown["refused"][0]["errorMessage"]
    versions = [found(baton, "show", key)["instance"]["version"] for key in keys]
    assert versions == [1, 2, 2]


def test_instances_and_definitions_are_suspended_and_resumed(baton, deployed):
    definition = deployed("halted", "x")
    key = start(baton, "halted")

    assert f"Suspended {key}" in baton("suspend", key, "--reason", "wait")
    assert found(baton, "show", key)["instance"]["status"] == "SUSPENDED"
    baton("suspend", key, code=refusals.CONFLICT)
    baton("resume", key)
    baton("suspend", "--definition", definition, "--with-instances")
    assert found(baton, "show", key)["instance"]["status"] == "SUSPENDED"
    assert "is suspended" in baton("start", "halted", code=refusals.CONFLICT)
    baton("resume", "--definition", definition)
    baton("resume", "--process", "halted")
    assert found(baton, "show", key)["instance"]["status"] == "ACTIVE"
    baton("suspend", code=refusals.USAGE)


def test_one_goes_back_to_a_moment(baton, deployed):
    deployed("t", "x", "y")
    key = start(baton, "t")
    baton("modify", key, "--move", "a:b")

    first, second = found(baton, "moments", key)
    assert (first["trigger"], second["trigger"]) == ("Start", "Modify")
    assert "Modify" in baton("moments", key)
    made = found(baton, "fork", key, "--at", first["sequence"], "-v", '{"n": 1}', "--business-id", "F")
    assert active(baton, made["processInstanceKey"]) == ["a"]
    told = baton("restart", key, "--at", first["sequence"], "--reason", "wrong way")
    assert f"Restarted {key} at record {first['sequence']}" in told
    assert found(baton, "show", key)["instance"]["status"] in {"CANCELLED", "TERMINATED"}


def test_batches_are_begun_listed_and_turned(baton, deployed):
    deployed("b", "x")
    keys = [start(baton, "b") for _ in range(2)]

    baton("batch", "cancel", code=refusals.USAGE)
    made = found(baton, "batch", "cancel", "--process", "b", "--reason", "done with it")

    assert {found(baton, "show", key)["instance"]["status"] for key in keys} <= {"CANCELLED", "TERMINATED"}
    (row,) = found(baton, "batches")
    assert (row["batchOperationKey"], row["operationsTotalCount"]) == (made["batchOperationKey"], 2)
    assert "CANCEL_PROCESS_INSTANCE" in baton("batches")
    assert "COMPLETED" in baton("batches", row["batchOperationKey"])
    baton("batches", row["batchOperationKey"], "--suspend", code=refusals.CONFLICT)
