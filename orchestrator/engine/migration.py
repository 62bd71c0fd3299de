"""Going on under another version of the model: planned for every element instance first, then done, or refused.

An element may get another id, but must keep its type and its place in the nesting. Ids that are not mapped stay.
"""

from collections.abc import Mapping

from orchestrator.domain.records import ElementMoved, ModelReplaced
from orchestrator.domain.triggers import Migrate
from orchestrator.engine import waits
from orchestrator.engine.compensation import Entry
from orchestrator.engine.definition import Definition
from orchestrator.engine.element_instance import ElementInstance
from orchestrator.engine.instance import Instance
from orchestrator.engine.problems import ModelProblem, Rejected
from orchestrator.engine.specs.element import BEHAVE, ElementSpec


def migrate(instance: Instance, trigger: Migrate) -> None:
    """Replace the definition of an instance, or refuse with all reasons."""
    try:
        definition = instance.given.lookup.by_key(trigger.definition_key)
    except LookupError as error:
        raise Rejected(str(error)) from error
    plan = Plan(instance, definition, trigger.mapping)
    if plan.reasons:
        raise Rejected(" ".join(plan.reasons))
    plan.carry_out()
    instance.records.append(
        ModelReplaced(
            instance_key=instance.task_tree.id,
            definition_key=definition.key,
            process_id=definition.process.id,
            version=definition.version,
            mapping=dict(trigger.mapping),
        )
    )


class Plan:
    """What becomes of each element instance, and why something cannot become anything."""

    def __init__(self, instance: Instance, definition: Definition, mapping: Mapping[str, str]) -> None:
        self.instance, self.definition, self.mapping = instance, definition, mapping
        self.specs: dict[str, ElementSpec] = definition.specification.task_specs
        self.reasons: list[str] = []
        self.tasks = [task for task in instance.tasks.values() if task.root is instance.task_tree]
        self.targets: dict[int, ElementSpec] = {}
        if not instance.is_resting:
            self.reasons.append("The instance is on the move: try again when it waits.")
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
        for entry in log:
            if self.name(entry["e"]) not in self.specs:
                message = f"'{entry['e']}' inside '{element_id}' may have to be undone; the new model does not have it."
                self.reasons.append(message)
            self._check_log(element_id, entry.get("n", []))

    # -- doing it --------------------------------------------------------------------------------------------------

    def carry_out(self) -> None:
        """Give every element instance its new specification, and open and close what the new model asks for."""
        self.instance.spec = self.definition.specification
        for task in self.tasks:
            if task is task.root:
                task.definition = self.definition
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
        self._rename_log(data.get("log", []))

    def _rename_log(self, log: list[Entry]) -> None:
        for entry in log:
            entry["e"] = self.name(entry["e"])
            self._rename_log(entry.get("n", []))

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
