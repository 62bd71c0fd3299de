"""What can be undone, and the order in which it is: a log in each scope, as data.

An entry stands for completed runs of one activity: its spec ``e``, its variables of that time ``v``, the log from its
inside ``n``, and how many equal runs in a row ``c``. It is used up when its handler starts, latest first.
A *run* is one compensation that is under way; it belongs to the scope whose log it works through.
"""

from typing import TYPE_CHECKING, Any

from orchestrator.domain.keys import Key
from orchestrator.domain.records import CompensationTriggered
from orchestrator.engine.scopes import own_variables, place, same

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance
    from orchestrator.engine.specs.element import ElementSpec

Entry = dict[str, Any]


def remember(task: "ElementInstance") -> None:
    """Log a completed run that can be undone, with the variables of this moment."""
    spec, nested = task.task_spec, task.internal_data.get("log")
    if not (spec.is_compensable or nested) or spec.is_undoing:
        return
    entry: Entry = {"e": spec.name}
    own = own_variables(task)
    if own:
        entry["v"] = own
    if nested:
        entry["n"] = nested
    log: list[Entry] = task.scope.internal_data.setdefault("log", [])
    is_whole = nested or (spec.inside is not None and spec.inside.compensation is not None)
    if log and not is_whole and same({**log[-1], "c": 1}, {**entry, "c": 1}):
        log[-1]["c"] = log[-1].get("c", 1) + 1
    else:
        log.append(entry)


def scope_of(task: "ElementInstance") -> "ElementInstance":
    """Return the scope whose completed activities an element may undo.

    From inside an event sub-process that is the scope around it; one that itself undoes a sub-process has that
    sub-process's log.
    """
    scope = task.scope
    if scope.task_spec.is_event_sub_process and not scope.task_spec.is_undoing:
        return scope.scope
    return scope


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
    for place_in_log in range(len(log) - 1, -1, -1):
        entry = log[place_in_log]
        spec = scope.specs[entry["e"]]
        if activity is not None and spec.node.id != activity:
            continue
        seen = {**around, **entry.get("v", {})}
        whole = None if spec.inside is None else spec.inside.compensation
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
            del log[place_in_log]
        if spec.compensation_handler is not None:
            return _start(scope, spec.compensation_handler, spec, seen, [])
    return None


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
