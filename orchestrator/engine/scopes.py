"""Variables in scopes, by Camunda's rules: read inside out, write to the first scope that knows the name."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from orchestrator.domain.keys import Key
from orchestrator.domain.records import VariableSet
from orchestrator.engine.problems import Code, ModelProblem

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Variables:
    """All variables of an instance by scope key.

    Snapshots share the dictionaries; each is copied before its first write after that. The values themselves are
    never changed in place, by anybody.
    """

    __slots__ = ("_own", "_scopes")

    def __init__(self, scopes: Mapping[Key, Mapping[str, Any]]) -> None:
        self._scopes: dict[Key, Mapping[str, Any]] = dict(scopes)
        self._own: dict[Key, dict[str, Any]] = {}

    def of(self, key: Key) -> Mapping[str, Any]:
        """Return a scope's own variables."""
        return self._scopes.get(key, NOTHING)

    def set(self, key: Key, name: str, value: Any) -> None:
        """Create or change one variable."""
        scope = self._own.get(key)
        if scope is None:
            scope = self._own[key] = dict(self.of(key))
            self._scopes[key] = scope
        scope[name] = value

    def drop(self, key: Key) -> None:
        """Forget a scope that has ended."""
        if self._scopes.pop(key, None) is not None:
            self._own.pop(key, None)

    def share(self) -> Mapping[Key, Mapping[str, Any]]:
        """Hand all scopes out, read-only; what is written later goes into copies."""
        self._own.clear()
        return MappingProxyType(self._scopes.copy())

    def bytes(self) -> int:
        """Return how much all of them weigh as JSON."""
        return sum(len(name) + weight(value) for scope in self._scopes.values() for name, value in scope.items())


class Visible(Mapping[str, Any]):
    """What an element sees: its own variables and those around it, looked up when asked for, never copied."""

    __slots__ = ("_scopes",)

    def __init__(self, scopes: list[Mapping[str, Any]]) -> None:
        self._scopes = scopes  #: innermost first

    def __getitem__(self, name: str) -> Any:
        for scope in self._scopes:
            if name in scope:
                return scope[name]
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a variable, or the default."""
        for scope in self._scopes:
            if name in scope:
                return scope[name]
        return default

    def __contains__(self, name: object) -> bool:
        return any(name in scope for scope in self._scopes)

    def __iter__(self) -> Iterator[str]:
        names: dict[str, None] = {}
        for scope in reversed(self._scopes):
            names.update(dict.fromkeys(scope))
        return iter(names)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def visible(task: "ElementInstance", over: Mapping[str, Any] | None = None, *, derived: bool = True) -> Visible:
    """Return what an element sees, with ``over`` covering it all; ``derived``: also what is worked out, not stored."""
    instance = task.workflow
    stored, tasks = instance.variables, instance.tasks
    scopes = [] if over is None else [over]
    while True:
        own = stored.of(task.id)
        if own:
            scopes.append(own)
        if derived and task.derived is not None:
            scopes.append(task.derived)
        if task is task.root:
            return Visible(scopes)
        task = tasks[task._parent]


def own_variables(task: "ElementInstance") -> dict[str, Any]:
    """Return an element's own variables by name, in an order that does not depend on how they were kept."""
    own = task.workflow.variables.of(task.id)
    return {name: own[name] for name in sorted(own)}


def scope_keys(task: "ElementInstance") -> tuple[Key, ...]:
    """Return the keys of what an element sees, inside out."""
    keys = [task.id]
    while task is not task.root:
        task = task.scope
        keys.append(task.id)
    return tuple(keys)


def write(task: "ElementInstance", name: str, value: Any) -> None:
    """Write to the first scope, inside out, that knows the name; else to the process instance.

    What nobody knows stays inside an ad-hoc activation, so that parallel tool calls cannot see each other's results.
    """
    stored = task.workflow.variables
    home = None
    while name not in stored.of(task.id):
        if task.task_spec.keeps_unknown_names and home is None:
            home = task
        if task is task.root:
            break
        task = task.scope
    else:
        home = task
    write_local(home or task, name, value)


def write_local(task: "ElementInstance", name: str, value: Any) -> None:
    """Create or change a variable of exactly this scope; an equal value is no write."""
    instance = task.workflow
    own = instance.variables.of(task.id)
    known = name in own
    if known and same(own[name], value):
        return
    check_weight(task, name, value)
    instance.variables.set(task.id, name, value)
    instance.is_written = True
    tell(task, name, value)
    if name in instance.conditions:
        instance.changes.append((task, name, "update" if known else "create"))


def check_weight(task: "ElementInstance", name: str, value: Any) -> None:
    """Refuse a value, or the sum of all values, that is over its limit."""
    limits = task.workflow.given.limits
    heavy, levels = measure(value, limits.json_depth)
    if levels > limits.json_depth:
        message = f"The variable '{name}' would be nested {levels} levels deep, {limits.json_depth} are allowed."
        raise ModelProblem(Code.LIMIT_EXCEEDED, message)
    if heavy > limits.variable_bytes:
        message = f"The variable '{name}' would take {heavy} bytes, {limits.variable_bytes} are allowed."
        raise ModelProblem(Code.LIMIT_EXCEEDED, message + " Keep large things outside and pass a reference.")
    instance = task.workflow
    instance.unweighed += heavy
    if instance.unweighed > limits.instance_bytes:
        instance.unweighed = instance.variables.bytes() + heavy
        if instance.unweighed > limits.instance_bytes:
            message = f"All variables together would take more than {limits.instance_bytes} bytes."
            raise ModelProblem(Code.LIMIT_EXCEEDED, message)


def weight(value: Any) -> int:
    """Return about how many bytes a value takes as JSON, exactly for what can be large."""
    return measure(value, 0)[0]


def measure(value: Any, deepest: int) -> tuple[int, int]:
    """Return the bytes of a value as JSON, and how deep it is nested, counted where that can be over ``deepest``."""
    if isinstance(value, str):
        return len(value), 1
    if not isinstance(value, list | dict):
        return 8, 1
    try:
        text = orjson.dumps(value)
    except TypeError:  # the library gives up at 254 levels
        return 0, depth_of(value)
    is_shallow = not deepest or text.count(b"[") + text.count(b"{") <= deepest
    return len(text), 1 if is_shallow else depth_of(value)


def depth_of(value: Any) -> int:
    """Return how many levels a JSON value has, level by level and without recursion."""
    depth, level = 0, [value]
    while level:
        depth += 1
        parts = (part for each in level for part in (each.values() if isinstance(each, dict) else each))
        level = [part for part in parts if isinstance(part, list | dict)]
    return depth


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal, telling ``1`` from ``true`` and ``1.0``."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def detached(value: Any) -> Any:
    """Copy a JSON value, so that nobody outside can change it later."""
    if isinstance(value, Mapping):
        return {name: detached(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [detached(part) for part in value]
    return value


def place(task: "ElementInstance", name: str, value: Any) -> None:
    """Set a local variable of a scope that nobody watches yet: no weighing, no conditions."""
    task.workflow.variables.set(task.id, name, value)
    tell(task, name, value)


def tell(task: "ElementInstance", name: str, value: Any) -> None:
    """Record a write."""
    task.workflow.records.append(VariableSet(instance_key=task.root.id, scope_key=task.id, name=name, value=value))
