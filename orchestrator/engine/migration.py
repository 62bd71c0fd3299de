"""Going on under another version of the model: planned for every element instance first, then done, or refused.

An element may get another id, but must keep its type and its place in the nesting. Ids that are not mapped stay.
"""

from collections.abc import Iterator, Mapping

from orchestrator.domain.keys import Key
from orchestrator.domain.records import ElementMoved, ModelReplaced
from orchestrator.domain.triggers import Migrate
from orchestrator.engine import compensation_log, waits
from orchestrator.engine.compensation_log import Entry
from orchestrator.engine.definition import Definition
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.instance import Instance
from orchestrator.engine.modification import process_instance
from orchestrator.engine.problems import ModelProblem, Rejected
from orchestrator.engine.specs.element import BEHAVE, ElementSpec


def migrate(instance: Instance, trigger: Migrate) -> None:
    """Replace the definition of a process instance, and of those it has called, or refuse with all reasons."""
    root = process_instance(instance, trigger.instance_key)
    plans = list(_plans(instance, root, trigger))
    reasons = [reason for plan in plans for reason in plan.reasons]
    if not instance.is_resting:
        reasons.insert(0, "The instance is on the move: try again when it waits.")
    if reasons:
        raise Rejected(*reasons)
    for plan in plans:
        plan.carry_out()


def _plans(instance: Instance, root: ElementInstance, trigger: Migrate) -> "Iterator[Plan]":
    """Plan for the process instance, then for the called ones inside that have a target of their own."""
    yield Plan(instance, root, _definition(instance, trigger.definition_key), trigger.mapping)
    targets = {each.process_id: each for each in trigger.called}
    for task in list(instance.tasks.values()) if targets else ():
        target = None if task.definition is None else targets.get(task.definition.process.id)
        if target is not None and task is not root and _is_below(task, root):
            yield Plan(instance, task, _definition(instance, target.definition_key), target.mapping)


def _definition(instance: Instance, key: Key) -> Definition:
    try:
        return instance.given.lookup.by_key(key)
    except LookupError as error:
        raise Rejected(str(error)) from error


def _is_below(task: ElementInstance, root: ElementInstance) -> bool:
    while task is not root:
        if task._parent is None:
            return False
        task = task.scope
    return True


class Plan:
    """What becomes of each element instance of one process instance, and why something cannot become anything."""

    def __init__(
        self, instance: Instance, root: ElementInstance, definition: Definition, mapping: Mapping[str, str]
    ) -> None:
        self.instance, self.root, self.definition, self.mapping = instance, root, definition, mapping
        self.specs: dict[str, ElementSpec] = definition.specification.task_specs
        self.reasons: list[str] = []
        self.tasks = [task for task in instance.tasks.values() if task.root is root]
        self.targets: dict[int, ElementSpec] = {}
        self._check_mapping()
        for task in self.tasks:
            self._plan(task)

    def name(self, spec_name: str) -> str:
        """Return a specification's name under the new model; the parts of a loop follow their element."""
        element, slash, part = spec_name.partition("/")
        return self.mapping.get(element, element) + slash + part

    def _plan(self, task: ElementInstance) -> None:
        old = task.task_spec
        root: ElementSpec = self.definition.specification.root
        new = root if task is task.root else self.specs.get(self.name(old.name))
        if new is None or type(new) is not type(old) or new.node.kind is not old.node.kind:
            what = "does not exist" if new is None else f"is a {new.node.kind}, not a {old.node.kind}"
            self.reasons.append(f"'{old.node.id}' is active, but '{self.name(old.name)}' {what} in the new model.")
            return
        if new is not root:
            self._check_nesting(task, new)
            self._check_events(old, new)
        self.targets[task.id] = new
        self._check_arrivals(task, new)
        self._check_log(old.node.id, task.internal_data.get("log", []))

    def _check_mapping(self) -> None:
        """Refuse names that lead nowhere, since what is not active now may be so in the next instance."""
        flows = {flow for spec in self.specs.values() for flow in (*spec.node.incoming, *spec.node.outgoing)}
        for source, target in self.mapping.items():
            if target not in self.specs and target not in flows:
                self.reasons.append(f"'{source}' is mapped to '{target}', which the new model does not have.")

    def _check_nesting(self, task: ElementInstance, new: ElementSpec) -> None:
        around = self.targets.get(task.scope.id)
        keeper = new.body or (None if new.where is None else new.where.keeper)
        if around is None or keeper is None:
            return
        if around.node.id != keeper.node.id:
            message = f"'{new.node.id}' lies inside '{keeper.node.id}' in the new model, not inside '{around.node.id}'."
            self.reasons.append(message)

    def _check_events(self, old: ElementSpec, new: ElementSpec) -> None:
        if [type(event) for event in old.node.events] != [type(event) for event in new.node.events]:
            self.reasons.append(f"'{new.node.id}' waits for another kind of event in the new model.")

    def _check_arrivals(self, task: ElementInstance, new: ElementSpec) -> None:
        for join, waiting in task.internal_data.get("arrivals", {}).items():
            target = None if new.inside is None else new.inside.elements.get(self.name(join))
            for flow in waiting:
                if target is None or (flow and self.name(flow) not in target.node.incoming):
                    self.reasons.append(f"A token waits at '{join}' over '{flow}', which the new model does not have.")

    def _check_log(self, element_id: str, log: list[Entry]) -> None:
        for entry in compensation_log.walk(log):
            if self.name(entry["e"]) not in self.specs:
                message = f"'{entry['e']}' inside '{element_id}' may have to be undone; the new model does not have it."
                self.reasons.append(message)

    # -- doing it --------------------------------------------------------------------------------------------------

    def carry_out(self) -> None:
        """Give every element instance its new specification, and open and close what the new model asks for."""
        if self.root is self.instance.task_tree:
            self.instance.spec = self.definition.specification
        self.root.definition = self.definition
        self._tell()
        for task in self.tasks:
            before, task.task_spec = task.task_spec, self.targets[task.id]
            self._rename_data(task)
            task.text = None
            if before.node.id != task.task_spec.node.id and task is not task.root:
                self.instance.records.append(
                    ElementMoved(
                        instance_key=task.root.id, element_instance_key=task.id, element_id=task.task_spec.node.id
                    )
                )
        try:
            for task in self.tasks:
                self._keep_waits(task)
        except ModelProblem as problem:
            raise Rejected(problem.message) from problem

    def _tell(self) -> None:
        self.instance.records.append(
            ModelReplaced(
                instance_key=self.root.id,
                definition_key=self.definition.key,
                process_id=self.definition.process.id,
                version=self.definition.version,
                mapping=dict(self.mapping),
            )
        )

    def _rename_data(self, task: ElementInstance) -> None:
        data = task.internal_data
        if "arrivals" in data:
            data["arrivals"] = {
                self.name(join): {self.name(flow): count for flow, count in waiting.items()}
                for join, waiting in data["arrivals"].items()
            }
        for key in ("fired", "seen"):
            if key in data:
                data[key] = {self.name(name): value for name, value in data[key].items()}
        for entry in compensation_log.walk(data.get("log", [])):
            entry["e"] = self.name(entry["e"])

    def _keep_waits(self, task: ElementInstance) -> None:
        """Keep what the new model still waits for, close the rest, open what is new."""
        armed = list(task.task_spec.catchers()) if task.task_spec.course[3] is not None else []
        for wait in list(task.waits.values()):
            target = self.specs.get(self.name(wait.catcher.name))
            is_own = target is task.task_spec or wait.kind in {waits.WaitKind.INCIDENT, waits.WaitKind.JOB}
            is_way_on = any(target is behind for _, behind in task.task_spec.flows)
            if is_own:
                wait.catcher = task.task_spec
            elif target is not None and (target in armed or is_way_on) and _same_event(wait, target):
                wait.catcher = target
            else:
                waits.close(wait)
        if task.phase >= BEHAVE and not task.internal_data.get("interrupted"):
            have = {wait.catcher for wait in task.waits.values()}
            waits.arm_all(task, [catcher for catcher in armed if catcher not in have])


def _same_event(wait: waits.Wait, target: ElementSpec) -> bool:
    events = target.node.events
    return wait.index < len(events) and type(events[wait.index]) is type(wait.catcher.node.events[wait.index])
