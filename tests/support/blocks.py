"""Random block-structured models, and a small interpreter over the tree that says which tasks must be open.

A block is a tuple; `model` draws it, `begin`, `acts` and `after` are the whole semantics: a task is open until it is
done, parallel waits for all, a loop goes round a fixed number of times. Choices depend on the round of the innermost
loop, `n`, which both sides know. An act is a task's name with the numbers of the multi-instance rounds around it.
"""

from itertools import pairwise

from hypothesis import strategies as st

from tests.support.models import (
    boundary,
    end,
    exclusive,
    inclusive,
    many,
    message,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    user,
)

leaves = st.sampled_from([("user",), ("service",)])


def _wider(inner):
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.just("seq"), several),
        st.tuples(st.just("xor"), several, st.integers(0, 2)),
        st.tuples(st.just("par"), several),
        st.tuples(st.just("or"), several, st.lists(st.booleans(), min_size=3, max_size=3)),
        st.tuples(st.just("loop"), inner, st.integers(1, 3)),
        st.tuples(st.just("sub"), inner),
        st.tuples(st.just("multi"), inner, st.integers(0, 3), st.booleans()),
        st.tuples(st.just("border"), inner, inner, st.booleans()),
    )


blocks = st.recursive(leaves, _wider, max_leaves=7)


def named(block, name="t"):
    """Give every block a name: its place in the tree."""
    kind, *rest = block
    if kind in {"user", "service"}:
        return (kind, name)
    inner = rest[0] if isinstance(rest[0], list) else [rest[0]]
    if kind == "border":
        inner, rest = rest[:2], [None, None, rest[2]]
        return (kind, name, [named(each, f"{name}{i}") for i, each in enumerate(inner)], rest[2])
    return (kind, name, [named(each, f"{name}{i}") for i, each in enumerate(inner)], *rest[1:])


# -- the drawing -------------------------------------------------------------------------------------------------------


def model(block):
    nodes, flows, first, last = _draw(block)
    return process(start("s"), *nodes, end("e"), flows="; ".join([*flows, f"s -> {first}", f"{last} -> e"]))


def _scope(name, block, **kw):
    nodes, flows, first, last = _draw(block)
    chain = "; ".join([*flows, f"{name}s -> {first}", f"{last} -> {name}e"])
    return sub(name, start(f"{name}s"), *nodes, end(f"{name}e"), flows=chain, **kw)


def _draw(block):
    """Return nodes, flows, and where a token comes in and goes out."""
    kind, name, *rest = block
    match kind:
        case "user":
            return [user(name)], [], name, name
        case "service":
            return [service(name)], [], name, name
        case "sub":
            return [_scope(name, rest[0][0])], [], name, name
        case "multi":
            return [_scope(name, rest[0][0], loop=many(cardinality=f"={rest[1]}", sequential=rest[2]))], [], name, name
        case "seq":
            parts = [_draw(each) for each in rest[0]]
            links = [f"{one[3]} -> {two[2]}" for one, two in pairwise(parts)]
            return *_together(parts, links), parts[0][2], parts[-1][3]
        case "xor" | "par" | "or":
            return _draw_split(kind, name, *rest)
        case "loop":
            return _draw_loop(name, rest[0][0], rest[1])
        case _:
            return _draw_border(name, rest[0], rest[1])


def _together(parts, links=()):
    return [node for part in parts for node in part[0]], [*(flow for part in parts for flow in part[1]), *links]


def _draw_split(kind, name, inner, picks=None):
    gateway = {"xor": exclusive, "par": parallel, "or": inclusive}[kind]
    parts = [_draw(each) for each in inner]
    size = len(parts)
    when = {
        "par": lambda i: "",
        "xor": lambda i: f" if =modulo(n + {picks}, {size}) = {i}",
        "or": lambda i: f" if ={_feel(_some(picks, size))}[modulo(n + {i}, {size}) + 1]",
    }[kind]
    links = [f"{name}f -> {part[2]}{when(i)}" for i, part in enumerate(parts)]
    links += [f"{part[3]} -> {name}j" for part in parts]
    nodes, flows = _together(parts, links)
    return [gateway(f"{name}f"), *nodes, gateway(f"{name}j")], flows, f"{name}f", f"{name}j"


def _draw_loop(name, inner, times):
    nodes, flows, first, last = _draw(inner)
    chain = [*flows, f"{name}s -> {name}m -> {first}", f"{last} -> {name}i -> {name}x"]
    chain += [f"{name}x -> {name}m if =n < {times}", f"{name}x -> {name}e default"]
    own = [
        start(f"{name}s"),
        exclusive(f"{name}m"),
        script(f"{name}i", "=n + 1", "n"),
        exclusive(f"{name}x"),
        end(f"{name}e"),
    ]
    return [sub(name, *own, *nodes, flows="; ".join(chain), inputs={"n": "=0"})], [], name, name


def _draw_border(name, inner, interrupting):
    body = _scope(f"{name}b", inner[0])
    nodes, flows, first, last = _draw(inner[1])
    border = boundary(f"{name}!", f"{name}b", message(f"{name}!", "=1"), interrupting=interrupting)
    chain = [*flows, f"{name}s -> {name}b -> {name}e", f"{name}! -> {first}", f"{last} -> {name}g"]
    own = [start(f"{name}s"), body, border, end(f"{name}e"), end(f"{name}g")]
    return [sub(name, *own, *nodes, flows="; ".join(chain))], [], name, name


def _some(picks, size):
    picks = picks[:size]
    return picks if any(picks) else [True] * size


def _feel(values):
    return "[" + ",".join(str(value).lower() for value in values) + "]"


# -- the meaning -------------------------------------------------------------------------------------------------------


def begin(block, n=0, path=()):
    """Return the state of a block that has just begun; None where it is over at once."""
    kind, name, *rest = block
    match kind:
        case "user" | "service":
            return ("task", (name, path))
        case "sub":
            return begin(rest[0][0], n, path)
        case "seq":
            return _sequence(rest[0], n, path)
        case "xor":
            return begin(rest[0][(n + rest[1]) % len(rest[0])], n, path)
        case "par":
            return _all([begin(each, n, path) for each in rest[0]])
        case "or":
            picks = _some(rest[1], len(rest[0]))
            return _all([begin(each, n, path) for i, each in enumerate(rest[0]) if picks[(n + i) % len(picks)]])
        case "loop":
            return _rounds([(rest[0][0], turn, path) for turn in range(rest[1])])
        case "multi":
            rounds = [(rest[0][0], n, (*path, number + 1)) for number in range(rest[1])]
            return _rounds(rounds) if rest[2] else _all([begin(*each) for each in rounds])
        case _:
            body = begin(rest[0][0], n, path)
            return body and ("border", (f"{name}!", path), body, (rest[0][1], n, path), rest[1], None)


def _sequence(parts, n, path):
    return _rounds([(each, n, path) for each in parts])


def _rounds(todo):
    """One after another; what is over at once makes way."""
    for number, each in enumerate(todo):
        state = begin(*each)
        if state is not None:
            return ("rounds", state, todo[number + 1 :])
    return None


def _all(states):
    left = [each for each in states if each is not None]
    return ("all", left) if left else None


def acts(state):
    """Return what can be done now, sorted."""
    if state is None:
        return []
    match state[0]:
        case "task":
            return [state[1]]
        case "rounds":
            return acts(state[1])
        case "all":
            return sorted(act for each in state[1] for act in acts(each))
        case _:
            _, event, body, _, _, handlers = state
            return sorted([*([event] if body is not None else []), *acts(body), *acts(handlers)])


def after(state, act):
    """Return the state after an act; None where the block is over."""
    match state[0]:
        case "task":
            return None
        case "rounds":
            inner = after(state[1], act)
            return ("rounds", inner, state[2]) if inner is not None else _rounds(state[2])
        case "all":
            states = list(state[1])
            at = next(i for i, each in enumerate(states) if act in acts(each))
            states[at] = after(states[at], act)
            return _all(states)
        case _:
            return _after_border(state, act)


def _after_border(state, act):
    kind, event, body, handler, interrupting, handlers = state
    if act == event:
        fresh = begin(*handler)
        handlers = _all([*(handlers[1] if handlers else []), fresh])
        body = None if interrupting else body
    elif act in acts(body):
        body = after(body, act)
    else:
        handlers = after(handlers, act)
    return (kind, event, body, handler, interrupting, handlers) if body is not None or handlers is not None else None
