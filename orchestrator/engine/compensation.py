"""What can be undone, and the order in which it is: a log in each scope (``compensation_log``), latest first.

An entry is used up when its handler starts. A *run* is one compensation that is under way; it belongs to the scope
whose log it works through.
"""

from typing import TYPE_CHECKING, Any

from orchestrator.domain.keys import Key
from orchestrator.domain.records import CompensationTriggered
from orchestrator.engine import compensation_log
from orchestrator.engine.compensation_log import Entry
from orchestrator.engine.scopes import own_variables, place

if TYPE_CHECKING:
    from orchestrator.engine.element_instance import ElementInstance
    from orchestrator.engine.specs.element import ElementSpec


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
        entry["n"] = [compensation_log.without_number(each) for each in nested]
    compensation_log.add(task.scope.internal_data.setdefault("log", []), entry, task.workflow.next_undoable())


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
    moved = [compensation_log.seeing(entry, seen) for entry in log]
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
    at = len(log) - 1
    while at >= 0:
        if _is_several(scope, log[at], activity):
            at = compensation_log.set_apart(log, at)
            continue
        entry = log[at]
        if "g" not in entry and activity in {None, scope.specs[entry["e"]].node.id}:
            handler = _begin_latest(scope, log, at, around)
            if handler is not None:
                return handler
        at -= 1
    return None


def _is_several(scope: "ElementInstance", entry: Entry, activity: str | None) -> bool:
    """Whether an entry is a group with anything to undo, or has an inside that is undone run by run."""
    if "g" in entry:
        entries = compensation_log.walk([entry])
        return activity is None or any(scope.specs[each["e"]].node.id == activity for each in entries)
    inside = scope.specs[entry["e"]].inside
    has_inside = "n" in entry or (inside is not None and inside.compensation is not None)
    return has_inside and entry.get("c", 1) > 1 and activity in {None, scope.specs[entry["e"]].node.id}


def _begin_latest(
    scope: "ElementInstance", log: list[Entry], at: int, around: dict[str, Any]
) -> "ElementInstance | None":
    """Begin what undoes one entry: its event sub-process for that, or its inside, then the handler at its border."""
    entry = log[at]
    spec, seen = scope.specs[entry["e"]], {**around, **entry.get("v", {})}
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
        del log[at]
    return None if spec.compensation_handler is None else _start(scope, spec.compensation_handler, spec, seen, [])


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
