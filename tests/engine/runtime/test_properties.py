"""What holds for all models: the engine agrees with a small interpreter, whatever the order, across restarts."""

import random
from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.domain import records as r
from orchestrator.domain.limits import Limits
from orchestrator.domain.triggers import (
    ActivateElement,
    Cancel,
    CompleteJob,
    CompleteUserTask,
    CorrelateMessage,
    Escalate,
    FailJob,
    Migrate,
    Modify,
    MoveElement,
    ResolveIncident,
    SetVariables,
    TerminateElement,
    ThrowError,
)
from orchestrator.engine.checking import check
from orchestrator.engine.model import Kind
from orchestrator.engine.step import Status
from tests.support import blocks, oracle
from tests.support.bpmn import as_bpmn
from tests.support.models import (
    boundary,
    compensate,
    end,
    exclusive,
    inclusive,
    mapping,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    task,
    throw,
    user,
)
from tests.support.running import Run

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Watched(Run):
    """A run that knows what is open without reading all records again."""

    def __init__(self, *processes, **kw):
        super().__init__(*processes, **kw)
        self.open = {}
        self.around, self.numbers, self.handlers = {}, {}, Counter()
        self.came = False  #: whether an event or error has, so that the order of acts matters

    def take(self, records):
        super().take(records)
        for each in records:
            match each:
                case r.JobCreated(job_key=key, element_id=name, element_instance_key=at):
                    self.open[key] = (name, at, CompleteJob(job_key=key))
                case r.UserTaskCreated(user_task_key=key, element_id=name, element_instance_key=at):
                    self.open[key] = (name, at, CompleteUserTask(user_task_key=key))
                case r.MessageSubscriptionOpened(subscription_key=key, message_name=name, element_instance_key=at):
                    self.open[key] = (name, at, CorrelateMessage(subscription_key=key, message_key=0))
                case r.InstanceStarted(instance_key=key, parent_element_instance_key=caller):
                    self.around[key] = (caller, *self.around.get(caller, ()))
                case r.ElementActivated():
                    self._number(each)
                case r.JobCompleted(job_key=key) | r.JobCancelled(job_key=key) | r.JobErrorThrown(job_key=key):
                    del self.open[key]
                case r.UserTaskCompleted(user_task_key=key) | r.UserTaskCancelled(user_task_key=key):
                    del self.open[key]
                case r.MessageSubscriptionClosed(subscription_key=key):
                    del self.open[key]

    def _number(self, activated):
        """Note which round, or which run of a handler, an element instance is."""
        key, scope = activated.element_instance_key, activated.scope_key
        self.around[key] = (scope, *self.around[scope])
        self.numbers[key] = activated.loop_counter
        if activated.element_id.endswith("h"):
            self.handlers[scope, activated.element_id] += 1
            self.numbers[key] = self.handlers[scope, activated.element_id]

    def acts(self):
        """What can be done now: name and numbers of the rounds around, as the interpreter says it, to triggers."""
        found = []
        for name, at, trigger in self.open.values():
            inside = (*self.around[at][::-1], at)
            path = tuple(self.numbers[each] for each in inside if self.numbers.get(each) is not None)
            found.append(((name, path), trigger))
        return found


def play(block, order, model=blocks.model, **kw):
    """Run a model beside the interpreter, doing open things in a random order."""
    run, state = Watched(*model(block), n=0, **kw), oracle.begin(block)
    run.start()
    for number in range(400):
        found, expected = run.acts(), oracle.acts(state)
        assert Counter(act for act, _ in found) == Counter(act for act in expected if not act[0].endswith("^"))
        assert run.is_done == (state is None)
        assert run.incidents == []
        if state is None:
            break
        errors = [(act, _error(found, act)) for act in expected if act[0].endswith("^")]
        # events come less often than tasks are done, and in the end no more, since some come again and again
        tasks = [each for each in found if not each[0][0].endswith("!")]
        may_come = not tasks or (number < 60 and order.random() < 0.5)
        act, trigger = order.choice(sorted(found + errors if may_come else tasks, key=lambda each: each[0]))
        state = oracle.after(state, act)
        run.came = run.came or act[0][-1] in "!^"
        run.apply(trigger)
    assert run.is_done
    run.assert_conserved()
    return run


def _error(found, act):
    task = (act[0].removesuffix("^"), act[1])
    return next(ThrowError(key=trigger.job_key, code="E") for each, trigger in found if each == task)


@often
@given(blocks.blocks, st.randoms(use_true_random=False))
def test_the_engine_agrees_with_the_interpreter(block, order):
    play(block, order)


@often
@given(blocks.blocks, st.integers(0, 2**32))
def test_a_restart_after_every_element_changes_nothing(block, seed):
    whole = play(block, random.Random(seed))
    stepwise = play(block, random.Random(seed), restart=True, limits=Limits(elements_per_step=1))

    assert stepwise.records == whole.records


@often
@given(blocks.blocks, st.integers(0, 2**32), st.integers(0, 2**32))
def test_the_order_of_independent_completions_does_not_matter(block, one, other):
    first, second = play(block, random.Random(one)), play(block, random.Random(other))

    if not (first.came or second.came or first.terminated or second.terminated):
        assert Counter(first.completed) == Counter(second.completed)
        assert first.variables == second.variables


@settings(often, max_examples=60)
@given(blocks.blocks, st.integers(0, 2**32))
def test_a_model_read_from_its_file_does_the_same(block, seed):
    def read(block):
        checked = check(as_bpmn(*blocks.model(block)))
        assert checked.errors == ()
        return checked.processes

    drawn, from_file = play(block, random.Random(seed)), play(block, random.Random(seed), model=read)

    assert from_file.records == drawn.records


# -- undoing -----------------------------------------------------------------------------------------------------------


def undoable(node):
    """Let every service task of a model have something that undoes it, and a mark of its own."""
    if node.body is None:
        return [node]
    made = []
    for each in node.body.nodes.values():
        made += undoable(each)
        if each.kind is Kind.SERVICE_TASK and not each.for_compensation and each.loop is None:
            made[-1] = replace(each, inputs=mapping({"mark": "=null"}))
            made += [
                boundary(f"{each.id}c", each.id, compensate(), compensation_handler=f"{each.id}u"),
                service(f"{each.id}u", for_compensation=True),
            ]
    return [replace(node, body=replace(node.body, nodes={each.id: each for each in made}))]


def log_of(run, scope):
    """Return the marks of what a scope has completed, latest first, from the records alone."""
    begun = {each.element_instance_key: each for each in run.of(r.ElementActivated)}
    marks = {each.scope_key: each.value for each in run.of(r.VariableSet) if each.name == "mark"}
    found = []
    for each in reversed(run.of(r.ElementCompleted)):
        element = begun.get(each.element_instance_key)
        if element is not None and element.scope_key == scope:
            found += log_of(run, each.element_instance_key)
            found += [marks[each.element_instance_key]] if element.element_type == "SERVICE_TASK" else []
    return found


@often
@given(blocks.undoables, st.randoms(use_true_random=False), st.booleans())
def test_what_was_completed_is_undone_once_each_latest_first_with_its_own_data(block, order, stepwise):
    (main,) = blocks.model(block)
    (whole,) = undoable(sub("sp", *main.body.nodes.values()))
    whole = replace(whole, body=replace(whole.body, flows=main.body.flows))
    limits = Limits(elements_per_step=1) if stepwise else Limits()
    nodes = [start("s0"), whole, throw("first", compensate()), user("u0"), throw("second", compensate()), user("z")]
    run = Watched(process(*nodes, flows="s0 -> sp -> first -> u0 -> second -> z"), restart=stepwise, limits=limits)
    run.start()
    for mark in range(200):
        tasks = [(name, trigger) for name, _, trigger in run.open.values() if not name.endswith("u")]
        name, trigger = order.choice(tasks) if tasks else ("", None)
        if trigger is None or name in {"u0", "z"}:
            break
        if isinstance(trigger, CompleteJob):
            trigger = replace(trigger, variables={"mark": order.choice([0, 0, 0, mark])})  # equal runs are told once
        run.apply(trigger)
    expected, undone = log_of(run, run.snapshot.instance_key), []
    while handlers := [each for each in run.open.values() if each[0].endswith("u")]:
        ((_, at, trigger),) = handlers
        undone.append(run.snapshot.variables[at]["mark"])
        run.apply(trigger)

    assert undone == expected
    assert run.open_elements == ["u0"]
    run.complete("u0")
    assert run.open_elements == ["z"]


# -- free flows, against a plain token game ---------------------------------------------------------------------------


@st.composite
def nets(draw):
    """Flows drawn at random, some twice, some backwards; inclusive gateways only where nothing goes back."""
    size = draw(st.integers(3, 8))
    kinds = draw(st.lists(st.sampled_from(["user", "task", "xor", "and", "and", "or"]), min_size=size, max_size=size))
    ahead = [(a, b) for a in range(size) for b in range(a + 1, size + 1)]
    flows = draw(st.lists(st.sampled_from(ahead), min_size=size, max_size=3 * size))
    if "or" not in kinds:
        flows += draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=2))
    return kinds, [(a, b, i) for i, (a, b) in enumerate(flows)]


class TokenGame:
    """Places are flows and open tasks; nothing else."""

    def __init__(self, kinds, flows):
        self.kinds, self.flows = kinds, flows
        self.waiting, self.open, self.steps = Counter(), Counter(), 0
        self.run([(0, None)])

    def into(self, node):
        return [each for each in self.flows if each[1] == node] + ([None] if node == 0 else [])

    def run(self, line):
        while self.steps < 400:
            self.steps += 1
            if line:
                line.extend(self.arrive(*line.pop(0)))
            elif (join := self.released()) is not None:
                line.extend(self.fire(join))
            else:
                return

    def arrive(self, node, flow):
        if node == len(self.kinds):
            return []
        incoming = self.into(node)
        if self.kinds[node] in {"and", "or"} and len(incoming) > 1:
            self.waiting[flow] += 1
            if self.kinds[node] == "or" or not all(self.waiting[each] for each in incoming):
                return []
            self.waiting.subtract(incoming)
        if self.kinds[node] == "user":
            self.open[node] += 1
            return []
        return self.leave(node)

    def released(self):
        """Return the first inclusive join that no open task can reach any more, upstream ones first."""
        joins = [node for node, kind in enumerate(self.kinds) if kind == "or" and self.waits_at(node)]
        open_tasks = [node for node in range(len(self.kinds)) if self.open[node]]
        standing = [node for node in range(len(self.kinds)) if self.waits_at(node)]
        for tokens in ([*open_tasks, *standing], open_tasks):
            for join in joins:
                if not self.is_awaited(join, [node for node in tokens if node != join]):
                    return join
        return None

    def is_awaited(self, join, tokens):
        empty = [each for each in self.into(join) if not self.waiting[each] and each is not None]
        return any(self.reaches(node, each[0]) for node in tokens for each in empty)

    def waits_at(self, node):
        return len(self.into(node)) > 1 and any(self.waiting[each] for each in self.into(node))

    def reaches(self, node, goal):
        seen = {node}
        for each in range(len(self.kinds)):  # flows go forwards where there are inclusive joins
            seen |= {b for a, b, _ in self.flows if a == each and a in seen}
        return goal in seen

    def fire(self, join):
        self.waiting.subtract([each for each in self.into(join) if self.waiting[each]])
        return self.leave(join)

    def leave(self, node):
        out = [each for each in self.flows if each[0] == node]
        return [(each[1], each) for each in (out[:1] if self.kinds[node] == "xor" else out)]

    def complete(self, node):
        self.open[node] -= 1
        self.run(self.leave(node))


@settings(often, max_examples=400)
@given(nets(), st.randoms(use_true_random=False), st.booleans())
def test_free_flows_play_the_token_game(net, order, stepwise):
    kinds, flows = net
    make = {"user": user, "task": task, "xor": exclusive, "and": parallel, "or": inclusive}
    nodes = [make[kind](f"n{i}") for i, kind in enumerate(kinds)]
    arrows = "; ".join(["s -> n0", *(f"n{a} -> n{b}" if b < len(kinds) else f"n{a} -> e" for a, b, _ in flows)])
    game = TokenGame(kinds, flows)
    if game.steps >= 400:
        return
    limits = Limits(elements_per_step=1) if stepwise else Limits()
    run = Run(process(start("s"), *nodes, end("e"), flows=arrows), restart=True, limits=limits)
    run.start()
    for _ in range(12):
        assert run.open_elements == sorted(f"n{node}" for node in game.open.elements())
        stands = +game.waiting
        assert run.is_done == (not run.open_elements and not stands)
        assert bool(run.incidents) == (not run.open_elements and bool(stands))
        if not run.open_elements:
            return
        choice = order.choice(run.open_elements)
        game.complete(int(choice[1:]))
        if game.steps >= 400:
            return
        run.complete(choice)


def test_an_automatic_model_uses_no_stack():
    chain = [task(f"n{i}") for i in range(3000)]
    flows = (
        "s -> m; m -> n0; "
        + " -> ".join(node.id for node in chain)
        + "; n2999 -> i -> x; x -> m if =n < 4; x -> e default"
    )
    run = Run(
        process(start("s"), exclusive("m"), *chain, script("i", "=n + 1", "n"), exclusive("x"), end(), flows=flows), n=0
    )

    run.start()

    assert run.is_done
    assert len(run.completed) == 4 * 3003 + 2


# -- whatever is done to it -------------------------------------------------------------------------------------------


def meddle(run, order):
    """Do something to an instance that may be right, late or nonsense."""
    keys = [*run.snapshot.variables, *(each.element_instance_key for each in run.of(r.ElementActivated)), 77]
    open_keys = [*run.open, 77]
    elements = sorted(set(run.activated)) or ["t"]
    incidents = [each.incident_key for each in run.incidents] or [77]
    return order.choice(
        [
            lambda: FailJob(job_key=order.choice(open_keys), message="broken"),
            lambda: ThrowError(key=order.choice(open_keys), code="E"),
            lambda: Escalate(key=order.choice(open_keys), code="E"),
            lambda: ResolveIncident(incident_key=order.choice(incidents)),
            lambda: SetVariables(
                scope_key=order.choice(keys), variables={"n": order.randint(0, 3)}, local=order.random() < 0.5
            ),
            lambda: Modify(activate=[ActivateElement(element_id=order.choice(elements))]),
            lambda: Modify(terminate=[TerminateElement(element_instance_key=order.choice(keys))]),
            lambda: Modify(
                move=[MoveElement(source_element_id=order.choice(elements), target_element_id=order.choice(elements))]
            ),
            lambda: Migrate(definition_key=1000, mapping={}),
            lambda: CompleteJob(job_key=77),
        ]
    )()


@often
@given(blocks.blocks, st.randoms(use_true_random=False), st.booleans())
def test_meddling_never_breaks_an_instance_and_what_was_opened_is_closed(block, order, restart):
    run = Watched(*blocks.model(block), n=0, restart=restart, limits=Limits(elements_without_wait=2_000))
    run.start()
    for _ in range(25):
        if run.status is not Status.RUNNING:
            break
        found = run.acts()
        meddling = order.random() < 0.5 or not found
        run.apply(meddle(run, order) if meddling else order.choice(found)[1])
    if run.status is Status.RUNNING:
        run.apply(Cancel())

    run.assert_conserved()
