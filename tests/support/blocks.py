"""Random block-structured models, drawn as process models; `oracle` says what they mean.

A block is a tuple of kind, name, inner blocks and settings. Choices depend on the round of the innermost loop, which
both sides know: every loop counts in a variable of the scope it stands in.
"""

from itertools import pairwise

from hypothesis import strategies as st

from orchestrator.engine.expressions import text
from orchestrator.engine.model import AdHoc
from tests.support import models as m
from tests.support.oracle import taken

leaves = st.sampled_from(["user", "service", "service", "risk"]).map(lambda kind: (kind, "", []))


def _several(inner):
    """Blocks without events, errors and calls: what they complete is all there is to undo."""
    several, one = st.lists(inner, min_size=2, max_size=3), st.lists(inner, min_size=1, max_size=1)
    return st.one_of(
        _block("seq", several),
        _block("par", several),
        _block("loop", one, st.integers(1, 3)),
        _block("sub", one),
        _block("again", one, st.integers(1, 3)),
        _block("multi", one, st.integers(0, 3), st.booleans(), st.integers(0, 2)),
    )


def _block(kind, parts, *settings):
    return st.tuples(st.just(kind), st.just(""), parts, *settings)


def _wider(inner):
    several = st.lists(inner, min_size=2, max_size=3)
    one, two = st.lists(inner, min_size=1, max_size=1), st.lists(inner, min_size=2, max_size=2)
    few = st.integers(1, 3)

    return st.one_of(
        _block("seq", several),
        _block("par", several),
        _block("par", several),
        _block("or", several, st.lists(st.booleans(), min_size=3, max_size=3)),
        _block("xor", several, st.integers(0, 2)),
        _block("loop", one, few),
        _block("loop", one, few),
        _block("sub", one),
        _block("call", one),
        _block("again", one, few),
        _block("multi", one, st.integers(0, 3), st.booleans(), st.integers(0, 2)),
        _block("border", two, st.booleans()),
        _block("inside", two, st.booleans()),
        _block("catch", two),
        _block("race", two),
        _block("adhoc", several, st.booleans(), st.integers(0, 2)),
        _block("undo", st.just([]), few, st.booleans()),
    )


blocks = st.recursive(leaves, _wider, max_leaves=8).map(lambda block: named(block))
undoables = st.recursive(st.just(("service", "", [])), _several, max_leaves=8).map(lambda block: named(block))


def named(block, name="t"):
    """Give every block a name: its place in the tree."""
    kind, _, inner, *settings = block
    return (kind, name, [named(each, f"{name}{'ABC'[i]}") for i, each in enumerate(inner)], *settings)


def model(block):
    """Draw a block as a process, with the processes it calls behind it."""
    drawing = _Drawing()
    nodes, flows, first, last = drawing.block(block, "n")
    flows = "; ".join([*flows, f"s -> {first}", f"{last} -> e"])
    return [m.process(m.start("s"), *nodes, m.end("e"), flows=flows), *drawing.called]


class _Drawing:
    """One scope: its loops count in variables of its own."""

    def __init__(self, called=None):
        self.counters = []
        self.called = [] if called is None else called

    def block(self, block, n):
        """Return nodes, flows, and where a token comes in and goes out; `n` names the counter of the inner loop."""
        kind, name, inner, *settings = block
        return getattr(self, f"_{kind}")(name, inner, n, *settings)

    def inside(self, name, block, n, *more, make=m.sub, first="", flows="", **kw):
        """Draw a block as a scope of its own."""
        drawing = _Drawing(self.called)
        nodes, own, entry, last = drawing.block(block, n)
        chain = "; ".join([*own, f"{name}s -> {entry}", f"{last} -> {name}e", *([flows] if flows else [])])
        begin = first or m.start(f"{name}s")
        counters = dict.fromkeys(drawing.counters, "=0")
        return make(name, begin, *nodes, *more, m.end(f"{name}e"), flows=chain, inputs=counters, **kw)

    def together(self, inner, n):
        """Draw several blocks."""
        return [self.block(each, n) for each in inner]

    # -- kinds -------------------------------------------------------------------------------------------------------

    def _user(self, name, inner, n):
        return [m.user(name)], [], name, name

    def _service(self, name, inner, n):
        return [m.service(name)], [], name, name

    _risk = _service

    def _seq(self, name, inner, n):
        parts = self.together(inner, n)
        return *_joined(parts, [f"{one[3]} -> {two[2]}" for one, two in pairwise(parts)]), parts[0][2], parts[-1][3]

    def _split(self, name, inner, n, gateway, when):
        parts = self.together(inner, n)
        links = [f"{name}f -> {part[2]}{when(i)}" for i, part in enumerate(parts)]
        nodes, flows = _joined(parts, [*links, *(f"{part[3]} -> {name}j" for part in parts)])
        return [gateway(f"{name}f"), *nodes, gateway(f"{name}j")], flows, f"{name}f", f"{name}j"

    def _par(self, name, inner, n):
        return self._split(name, inner, n, m.parallel, lambda i: "")

    def _xor(self, name, inner, n, pick):
        size = len(inner)
        return self._split(name, inner, n, m.exclusive, lambda i: f" if =modulo({_or_0(n)} + {pick}, {size}) = {i}")

    def _or(self, name, inner, n, picks):
        size = len(inner)
        wanted = "[" + ",".join(str(each).lower() for each in taken(picks, size)) + "]"
        when = f"={wanted}[modulo({_or_0(n)} + %s, {size}) + 1]"
        return self._split(name, inner, n, m.inclusive, lambda i: f" if {when % i}")

    def _loop(self, name, inner, n, times):
        self.counters.append(f"{name}n")
        nodes, flows, first, last = self.block(inner[0], f"{name}n")
        flows = [*flows, f"{name}0 -> {name}m -> {first}", f"{last} -> {name}i -> {name}x"]
        flows += [f"{name}x -> {name}m if ={name}n < {times}", f"{name}x -> {name}o default"]
        own = [m.script(f"{name}0", "=0", f"{name}n"), m.exclusive(f"{name}m"), m.exclusive(f"{name}x")]
        own += [m.script(f"{name}i", f"={name}n + 1", f"{name}n"), m.task(f"{name}o")]
        return [*own, *nodes], flows, f"{name}0", f"{name}o"

    def _sub(self, name, inner, n):
        return [self.inside(name, inner[0], n)], [], name, name

    def _again(self, name, inner, n, times):
        return [self.inside(name, inner[0], n, loop=m.loop(maximum=times))], [], name, name

    def _multi(self, name, inner, n, times, sequential, until):
        wanted = f"=numberOfCompletedInstances >= {until}" if until else None
        loop = m.many(cardinality=f"={times}", sequential=sequential, until=wanted)
        return [self.inside(name, inner[0], n, loop=loop)], [], name, name

    def _call(self, name, inner, n):
        drawing = _Drawing(self.called)
        nodes, flows, first, last = drawing.block(inner[0], n)
        flows = "; ".join([*flows, f"{name}ps -> {first}", f"{last} -> {name}pe"])
        self.called.append(m.process(m.start(f"{name}ps"), *nodes, m.end(f"{name}pe"), flows=flows, id=f"p{name}"))
        node = m.call(name, f"p{name}", propagate_parent=False, propagate_child=False, inputs={n: f"={n}"})
        return [node], [], name, name

    def _border(self, name, inner, n, interrupting):
        body, handler = self.inside(f"{name}b", inner[0], n), self.inside(f"{name}h", inner[1], n)
        border = m.boundary(f"{name}!", f"{name}b", m.message(f"{name}!", "=1"), interrupting=interrupting)
        flows = f"{name}s -> {name}b -> {name}e; {name}! -> {name}h -> {name}g"
        own = [m.start(f"{name}s"), body, border, handler, m.end(f"{name}e"), m.end(f"{name}g")]
        return [m.sub(name, *own, flows=flows)], [], name, name

    def _inside(self, name, inner, n, interrupting):
        begin = m.start(f"{name}hs", m.message(f"{name}!", "=1"), interrupting=interrupting)
        handler = self.inside(f"{name}h", inner[1], n, make=m.event_sub, first=begin)
        return [self.inside(name, inner[0], n, handler)], [], name, name

    def _catch(self, name, inner, n):
        is_task = inner[0][0] == "risk"  # its own border then, else that of a scope around
        body = m.service(inner[0][1]) if is_task else self.inside(f"{name}b", inner[0], n)
        nodes, flows, first, last = self.block(inner[1], n)
        own = [body, m.boundary(f"{name}x", body.id, m.error("E")), m.exclusive(f"{name}j")]
        flows = [*flows, f"{body.id} -> {name}j", f"{name}x -> {first}", f"{last} -> {name}j"]
        return [*own, *nodes], flows, body.id, f"{name}j"

    def _race(self, name, inner, n):
        parts = self.together(inner, n)
        events = [m.catch(f"{name}{i}!", m.message(f"{name}{i}!", "=1")) for i in range(len(parts))]
        links = [f"{name}g -> {name}{i}! -> {part[2]}" for i, part in enumerate(parts)]
        nodes, flows = _joined(parts, [*links, *(f"{part[3]} -> {name}j" for part in parts)])
        return [m.event_gateway(f"{name}g"), *events, *nodes, m.exclusive(f"{name}j")], flows, f"{name}g", f"{name}j"

    def _adhoc(self, name, inner, n, sequential, until):
        flows = [self.inside(f"{name}{i}f", each, n) for i, each in enumerate(inner)]
        settings = AdHoc(
            active_elements=text("=[" + ",".join(f'"{each.id}"' for each in flows) + "]"),
            completion_condition=text(f"=count({name}r) >= {until}") if until else None,
            sequential=sequential,
            output_collection=f"{name}r",
            output_element=text("=1"),
        )
        return [m.ad_hoc(name, *flows, settings=settings)], [], name, name

    def _undo(self, name, inner, n, count, cancelled):
        own = [m.start(f"{name}s"), m.parallel(f"{name}f"), m.parallel(f"{name}k")]
        for task in (f"{name}{i}" for i in range(count)):
            own += [m.service(task), m.service(f"{task}u", for_compensation=True)]
            own.append(m.boundary(f"{task}c", task, m.compensate(), compensation_handler=f"{task}u"))
        last = m.end(f"{name}t", m.CANCEL if cancelled else m.compensate())
        flows = [f"{name}s -> {name}f", f"{name}k -> {name}t"]
        flows += [f"{name}f -> {name}{i} -> {name}k" for i in range(count)]
        body = (m.transaction if cancelled else m.sub)(name, *own, last, flows="; ".join(flows))
        if not cancelled:
            return [body], [], name, name
        ways = [body, m.boundary(f"{name}c", name, m.CANCEL), m.exclusive(f"{name}j")]
        return ways, [f"{name} -> {name}j", f"{name}c -> {name}j"], name, f"{name}j"


def _joined(parts, links):
    return [node for part in parts for node in part[0]], [*(flow for part in parts for flow in part[1]), *links]


def _or_0(n):
    """Say a counter, which is null before its loop has begun."""
    return n if n != "n" else "(if n = null then 0 else n)"
