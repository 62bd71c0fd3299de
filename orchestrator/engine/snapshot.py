"""An instance as text: the engine state as canonical JSON in our own format, the variables beside it.

Values of variables are kept apart, by live scope, since the store keeps them as rows. Only what is alive is written:
the size does not depend on what has been. Equal states give equal bytes, on any machine and with any hash seed: every
object has its keys in the order in which they were made, and what is read from variables is sorted by name first.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from orchestrator.domain.errors import Conflict
from orchestrator.domain.keys import Key
from orchestrator.engine import waits
from orchestrator.engine.definition import Definition
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.given import Given
from orchestrator.engine.instance import Instance
from orchestrator.engine.scopes import Variables
from orchestrator.engine.waits import Wait, WaitKind

FORMAT = 1
_HEAD = b'{"format":%d,"sum":"%08x","state":'
_HEAD_LENGTH = len(_HEAD % (FORMAT, 0))

_LETTERS = {TaskState.READY: "r", TaskState.STARTED: "s", TaskState.ERROR: "e"}
_STATES = {letter: state for state, letter in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of an instance.

    A snapshot that a step has returned carries the living instance too, for one more step on that very object; a
    loaded one is parsed. The result is the same.
    """

    definition_key: Key
    instance_key: Key
    core: bytes  #: canonical JSON without the values of variables
    variables: Mapping[Key, Mapping[str, Any]]  #: of live scopes only; read-only, also inside
    _alive: list[Instance] = field(default_factory=list, compare=False, repr=False)
    _parsed: list[dict[str, Any]] = field(default_factory=list, compare=False, repr=False)

    @staticmethod
    def load(core: bytes, variables: Mapping[Key, Mapping[str, Any]]) -> "Snapshot":
        """Bring a stored snapshot back; refuses a damaged one and formats of the future."""
        state = parsed(core)
        return Snapshot(Key(state["definition"][0]), Key(state["instance"]), core, variables, _parsed=[state])

    @staticmethod
    def scopes(core: bytes) -> list[Key]:
        """Return the keys of all live scopes: whose variables belong to the snapshot."""
        return [Key(each["k"]) for each in parsed(core)["tasks"]]

    def revive(self, given: Given) -> Instance:
        """Return the instance, alive if it still is, else brought back from the text."""
        if self._alive:
            instance = self._alive.pop()
            instance.given = given
        else:
            state = self._parsed.pop() if self._parsed else parsed(self.core)
            instance = restored(state, self.variables, given)
        instance.core_bytes = len(self.core)
        return instance


def taken(instance: Instance) -> Snapshot:
    """Take a snapshot; the instance goes along for the next step."""
    definition = instance.task_tree.definition
    assert definition is not None  # noqa: S101 - the root has one
    return Snapshot(
        definition.key, instance.task_tree.id, dumped(state_of(instance)), instance.variables.share(), [instance]
    )


def dumped(state: dict[str, Any]) -> bytes:
    """Return the text of a state, with format and checksum in front."""
    body = orjson.dumps(state)
    return _HEAD % (FORMAT, zlib.crc32(body)) + body + b"}"


def parsed(core: bytes) -> dict[str, Any]:
    """Return the state in a text."""
    try:
        whole = orjson.loads(core)
        version, checksum, state = whole["format"], whole["sum"], whole["state"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        message = "This is no snapshot of an instance, or it is damaged."
        raise Conflict(message) from error
    if version != FORMAT:
        message = f"The snapshot has format {version}, this release reads {FORMAT}: use the release that wrote it."
        raise Conflict(message)
    if checksum != f"{zlib.crc32(core[_HEAD_LENGTH:-1]):08x}":
        message = "The snapshot is damaged: its checksum does not fit its text."
        raise Conflict(message)
    return state


# -- instance → state ----------------------------------------------------------------------------------------------


def state_of(instance: Instance) -> dict[str, Any]:
    """Return all that is alive, as JSON; what has its usual value is left out."""
    definition = instance.task_tree.definition
    assert definition is not None  # noqa: S101 - the root has one
    state: dict[str, Any] = {
        "definition": [definition.key, definition.digest],
        "instance": instance.task_tree.id,
        "opened": instance.opened,
        "tasks": [task.text or _text(task) for task in instance.tasks.values()],
    }
    ready = [task.id for task in instance.ready if task.state == TaskState.READY]
    if ready:
        state["ready"] = ready
    if instance.completed or instance.cancelled:
        state["over"] = "cancelled" if instance.cancelled else "completed"
    if instance.elements:
        state["elements"] = instance.elements
    if instance.undoable:
        state["undoable"] = instance.undoable
    if instance.unweighed:
        state["unweighed"] = instance.unweighed
    return state


def _text(task: ElementInstance) -> Any:
    """Return one element instance as JSON; that of a leaf is kept until it changes."""
    state = _task_state(task)
    if not task.task_spec.is_leaf:
        return state
    task.text = orjson.Fragment(orjson.dumps(state))
    return task.text


def _task_state(task: ElementInstance) -> dict[str, Any]:
    state: dict[str, Any] = {"k": task.id, "e": task.task_spec.name, "f": task.phase, "s": _LETTERS[task._state]}
    if task._parent is not None:
        state["p"] = task._parent
    if task.internal_data:
        state["m"] = task.internal_data
    if task.waits:
        state["w"] = [_wait_state(wait) for wait in task.waits.values()]
    if task.definition is not None:
        state["d"] = task.model
    return state


def _wait_state(wait: Wait) -> list[Any]:
    return [wait.key, wait.kind.value, wait.catcher.name, wait.index, wait.order, wait.data]


# -- state → instance ----------------------------------------------------------------------------------------------


def restored(state: dict[str, Any], variables: Mapping[Key, Mapping[str, Any]], given: Given) -> Instance:
    """Bring an instance back, with all its indexes, in one pass."""
    definition = _definition(state["definition"], given)
    instance = Instance(definition.specification, Variables(variables))
    instance.given = given
    if not state["tasks"]:
        instance.task_tree = instance.call(None, definition, state["instance"])
        del instance.tasks[state["instance"]]
    instance.opened = state["opened"]
    instance.elements = state.get("elements", 0)
    instance.undoable = state.get("undoable", 0)
    instance.unweighed = state.get("unweighed", 0)
    instance.completed, instance.cancelled = "over" in state, state.get("over") == "cancelled"
    unfiled: list[Wait] = []
    for each in state["tasks"]:
        task = _task(instance, each, given)
        for key, kind, catcher, index, order, data in each.get("w", ()):
            spec = task.task_spec if catcher == task.task_spec.name else task.specs[catcher]
            unfiled.append(Wait(key, WaitKind(kind), task, spec, index, order, data))
    for wait in unfiled:
        waits.file(wait)
    for key in state.get("ready", ()):
        instance.ready.append(instance.tasks[key])
    return instance


def _task(instance: Instance, state: dict[str, Any], given: Given) -> ElementInstance:
    parent = instance.tasks[state["p"]] if "p" in state else None
    if "d" in state:
        task = instance.call(parent, _definition(state["d"], given), state["k"])
    else:
        assert parent is not None  # noqa: S101 - only process instances stand alone
        model = state.get("m", {}).get("model")
        specs = parent.specs if model is None else _definition(model, given).specification.task_specs
        task = ElementInstance(instance, specs[state["e"]], parent, state["k"])
    task.phase = state["f"]
    task.internal_data = state.get("m", {})
    task._set_state(_STATES[state["s"]])
    task.task_spec.derive(task)
    return task


def _definition(named: list[Any], given: Given) -> Definition:
    key, digest = named
    definition = given.lookup.by_key(Key(key))
    if definition.digest != digest:
        message = f"The snapshot was made with another content of definition {key}: migrate the instance instead."
        raise Conflict(message)
    return definition
