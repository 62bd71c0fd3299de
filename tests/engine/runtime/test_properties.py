"""What holds for all models: the engine agrees with a small interpreter, whatever the order, across restarts."""

import random
from collections import Counter

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
from orchestrator.engine.step import Status
from tests.support import blocks
from tests.support.models import end, exclusive, parallel, process, script, start, task, user
from tests.support.running import Run

often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Watched(Run):
    """A run that knows what is open without reading all records again."""

    def __init__(self, *processes, **kw):
        super().__init__(*processes, **kw)
        self.open = {}
        self.loops = {}

    def take(self, records):
        super().take(records)
        for each in records:
            match each:
                case r.JobCreated(job_key=key, element_id=name, scopes=scopes):
                    self.open[key] = (name, scopes, CompleteJob(job_key=key))
                case r.UserTaskCreated(user_task_key=key, element_id=name, scopes=scopes):
                    self.open[key] = (name, scopes, CompleteUserTask(user_task_key=key))
                case r.MessageSubscriptionOpened(subscription_key=key, element_id=name, element_instance_key=at):
                    scopes = (at, *self.around[at])
                    self.open[key] = (name, scopes, CorrelateMessage(subscription_key=key, message_key=0))
                case r.ElementActivated(element_instance_key=key, scope_key=scope, loop_counter=counter):
                    self.around[key] = (scope, *self.around.get(scope, ()))
                    self.loops[key] = counter
                case r.JobCompleted(job_key=key) | r.JobCancelled(job_key=key) | r.JobErrorThrown(job_key=key):
                    del self.open[key]
                case r.UserTaskCompleted(user_task_key=key) | r.UserTaskCancelled(user_task_key=key):
                    del self.open[key]
                case r.MessageSubscriptionClosed(subscription_key=key):
                    del self.open[key]

    @property
    def around(self):
        return self.__dict__.setdefault("_around", {})

    def acts(self):
        """What can be done now: name and rounds of multi-instances around, as the interpreter says it, to triggers."""
        found = []
        for name, scopes, trigger in self.open.values():
            path = tuple(self.loops[key] for key in reversed(scopes) if self.loops.get(key) is not None)
            found.append(((name, path), trigger))
        return found


def play(block, order, **kw):
    """Run a model beside the interpreter, doing open things in a random order."""
    block = blocks.named(block)
    run, state = Watched(blocks.model(block), n=0, **kw), blocks.begin(block)
    run.start()
    for number in range(400):
        found = run.acts()
        assert Counter(act for act, _ in found) == Counter(blocks.acts(state))
        assert run.is_done == (state is None)
        assert run.incidents == []
        if not found:
            break
        # events come seldom, since each may come again and again
        tasks = [each for each in found if not each[0][0].endswith("!")]
        act, trigger = order.choice(
            sorted(found if number % 5 == 4 and number < 60 else tasks, key=lambda each: each[0])
        )
        state = blocks.after(state, act)
        run.apply(trigger)
    run.assert_conserved()
    return run


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

    if "!" not in str(first.completed) + str(second.completed):
        assert Counter(first.completed) == Counter(second.completed)
        assert first.variables == second.variables


# -- free flows, against a plain token game ---------------------------------------------------------------------------


@st.composite
def nets(draw):
    """Flows drawn at random between tasks, exclusive and parallel gateways."""
    size = draw(st.integers(3, 7))
    kinds = draw(st.lists(st.sampled_from(["user", "task", "xor", "and", "and"]), min_size=size, max_size=size))
    ahead = [(a, b) for a in range(size) for b in range(a + 1, size + 1)]
    flows = draw(st.lists(st.sampled_from(ahead), min_size=size, max_size=3 * size, unique=True))
    flows += draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=2))
    flows = list(dict.fromkeys(flows))
    return kinds, flows


class TokenGame:
    """Places are flows and open tasks; nothing else."""

    def __init__(self, kinds, flows):
        self.kinds, self.flows = kinds, flows
        self.waiting, self.open, self.steps = Counter(), Counter(), 0
        self.arrive(0, None)

    def arrive(self, node, flow):
        line = [(node, flow)]
        while line and self.steps < 400:
            self.steps += 1
            node, flow = line.pop(0)
            if node == len(self.kinds):
                continue
            incoming = [each for each in self.flows if each[1] == node] + ([None] if node == 0 else [])
            if self.kinds[node] == "and" and len(incoming) > 1:
                self.waiting[flow] += 1
                if not all(self.waiting[each] for each in incoming):
                    continue
                self.waiting.subtract(incoming)
            if self.kinds[node] == "user":
                self.open[node] += 1
                continue
            line.extend(self.leave(node))

    def leave(self, node):
        out = [each for each in self.flows if each[0] == node]
        return [(each[1], each) for each in (out[:1] if self.kinds[node] == "xor" else out)]

    def complete(self, node):
        self.open[node] -= 1
        for target, flow in self.leave(node):
            self.arrive(target, flow)


@settings(often, max_examples=400)
@given(nets(), st.randoms(use_true_random=False))
def test_free_flows_play_the_token_game(net, order):
    kinds, flows = net
    make = {"user": user, "task": task, "xor": exclusive, "and": parallel}
    nodes = [make[kind](f"n{i}") for i, kind in enumerate(kinds)]
    arrows = "; ".join(["s -> n0", *(f"n{a} -> n{b}" if b < len(kinds) else f"n{a} -> e" for a, b in flows)])
    game = TokenGame(kinds, flows)
    if game.steps >= 400:
        return
    run = Run(process(start("s"), *nodes, end("e"), flows=arrows), restart=True)
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
    run = Watched(blocks.model(blocks.named(block)), n=0, restart=restart, limits=Limits(elements_without_wait=2_000))
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
