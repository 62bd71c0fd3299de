"""What can be undone, and the order in which it is: a log in each scope, as data.

An entry stands for completed runs of one activity: its spec ``e``, its variables of that time ``v``, the log from its
inside ``n``, how many equal runs in a row ``c``, and the number ``o`` of the last of them in the whole instance. It is
used up when its handler starts, latest first. A *run* is one compensation that is under way; it belongs to the scope
whose log it works through.
"""

from typing import TYPE_CHECKING, Any

from orchestrator.domain.keys import Key
from orchestrator.domain.records import CompensationTriggered
from orchestrator.engine.scopes import detached, own_variables, place, same

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance
    from orchestrator.engine.specs.element import ElementSpec

Entry = dict[str, Any]


def remember(task: "ElementInstance") -> None:
    """Log a completed run that can be undone, with the variables of this moment."""
    spec, nested = task.task_spec, task.internal_data.get("log")
    if not (spec.is_compensable or nested) or spec.is_undoing or "run" in task.internal_data:
        return
    entry: Entry = {"e": spec.name}
    own = own_variables(task)
    if own:
        entry["v"] = own
    if nested:
        entry["n"] = [_without_number(each) for each in nested]
    number = task.workflow.next_undoable()
    log: list[Entry] = task.scope.internal_data.setdefault("log", [])
    if log and _follows(log[-1], entry, number):
        log[-1].update(c=log[-1].get("c", 1) + 1, o=number)
    else:
        log.append({**entry, "o": number})


def _without_number(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name != "o"}


def _follows(last: Entry, entry: Entry, number: int) -> bool:
    """Whether an entry is the same again, and nothing else in the instance has been logged in between."""
    return last.get("o", 0) + _logged(entry) == number and same({**_without_number(last), "c": 1}, {**entry, "c": 1})


def _logged(entry: Entry) -> int:
    """Return how often something was logged for an entry and its inside."""
    inside: int = sum(_logged(each) for each in entry.get("n", ()))
    count: int = entry.get("c", 1)
    return count * (1 + inside)


def scope_for(task: "ElementInstance") -> "ElementInstance":
    """Return the scope whose completed activities an element may undo.

    From inside an event sub-process or a flow of an ad-hoc sub-process that is the scope around, together with what
    has been completed on the way out; an event sub-process that undoes another one has that one's log itself.
    """
    scope = task.scope
    while scope.task_spec.undoes_around:
        gather(scope)
        scope = scope.scope
    return scope


def gather_inside(scope: "ElementInstance") -> None:
    """Bring what has been completed in scopes inside, that are about to be ended, into a scope's own log."""
    line = scope.children
    for task in line:
        line.extend(child for child in task.children if not child.task_spec.is_process)
    for task in reversed(line):
        gather(task)


def gather(scope: "ElementInstance") -> None:
    """Move a scope's log outwards, by the order of completion, together with what its entries saw there."""
    log = scope.internal_data.pop("log", [])
    if not log:
        return
    seen = own_variables(scope)
    moved = [{**entry, "v": {**seen, **entry["v"]} if "v" in entry else seen} if seen else entry for entry in log]
    both = [*scope.scope.internal_data.get("log", []), *moved]
    scope.scope.internal_data["log"] = sorted(both, key=lambda entry: entry.get("o", 0))


def begin(scope: "ElementInstance", activity: str | None, then: str, thrower: Key | None = None) -> None:
    """Undo what this scope has completed, one after another; then ``resume`` the thrower, ``cancel``, or nothing."""
    runs = scope.internal_data.setdefault("runs", {})
    number = str(scope.workflow.next_number())
    runs[number] = {"activity": activity, "then": then, "thrower": thrower}
    advance(scope, number)


def handler_ended(task: "ElementInstance") -> None:
    """Go on with the run that a handler belonged to."""
    number = task.internal_data.get("run")
    if number is not None:
        task.workflow.pending.append((advance, (task.scope, number)))


def advance(scope: "ElementInstance", number: str) -> None:
    """Start the next handler of a run, or end the run."""
    run = scope.internal_data.get("runs", {}).get(number)
    if scope.is_over or run is None:
        return
    handler = _next(scope, scope.internal_data.get("log", []), run["activity"], {})
    if not scope.internal_data.get("log", True):
        del scope.internal_data["log"]
    if handler is not None:
        handler.internal_data["run"] = number
        return
    del scope.internal_data["runs"][number]
    if not scope.internal_data["runs"]:
        del scope.internal_data["runs"]
    scope.workflow.unsettled[scope.id] = scope
    if run["then"] == "cancel":
        scope.task_spec.leave_cancelled(scope)
    elif run["then"] == "resume" and run["thrower"] in scope.workflow.tasks:
        thrower = scope.workflow.tasks[run["thrower"]]
        thrower.resume(thrower.phase)


def _next(
    scope: "ElementInstance", log: list[Entry], activity: str | None, around: dict[str, Any]
) -> "ElementInstance | None":
    """Use up the latest entry that has anything to undo, and start its handler."""
    for entry in reversed(log):
        spec, seen = scope.specs[entry["e"]], {**around, **entry.get("v", {})}
        if activity not in {None, spec.node.id}:
            continue
        whole = None if spec.inside is None else spec.inside.compensation
        if entry.get("c", 1) > 1 and ("n" in entry or whole is not None):
            _set_apart(log, entry)
        if whole is not None and not entry.get("whole"):
            entry["whole"] = True
            return _start(scope, whole, spec, seen, entry.pop("n", []))
        handler = _next(scope, entry.get("n", []), None, seen)
        if handler is not None:
            return handler
        entry.pop("n", None)
        if entry.get("c", 1) > 1:
            entry["c"] -= 1
        else:
            del log[_place(log, entry)]
        if spec.compensation_handler is not None:
            return _start(scope, spec.compensation_handler, spec, seen, [])
    return None


def _set_apart(log: list[Entry], entry: Entry) -> None:
    """Leave one run to an entry, the others to one before it: an inside is undone run by run."""
    log.insert(_place(log, entry), {**detached(entry), "c": entry["c"] - 1})
    entry["c"] = 1


def _place(log: list[Entry], entry: Entry) -> int:
    return next(place for place in range(len(log) - 1, -1, -1) if log[place] is entry)


def _start(
    scope: "ElementInstance", handler: "ElementSpec", undone: "ElementSpec", seen: dict[str, Any], log: list[Entry]
) -> "ElementInstance":
    scope.workflow.records.append(
        CompensationTriggered(instance_key=scope.root.id, element_id=undone.node.id, handler_id=handler.node.id)
    )
    task = scope._add_child(handler)
    task.phase = 1
    handler.activate(task)
    for name, value in seen.items():
        place(task, name, value)
    if log:
        task.internal_data["log"] = log
    handler.begin_undoing(task)
    return task
