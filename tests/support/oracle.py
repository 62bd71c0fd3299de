"""What a block-structured model means: a small interpreter over the tree of `blocks`, which knows nothing of tokens.

`begin` gives the state of a block, `acts` says what can be done, `after` what is then. A task is open until it is done,
parallel waits for all, a loop goes round a fixed number of times. An act is an element's name with the numbers of the
rounds and handler runs around it; `name!` is an event that may come, `name^` an error that the task may throw.
"""

THROWN = ("thrown",)


def begin(block, n=0, path=()):
    """Return the state of a block that has just begun; None where it is over at once. `n`: round of the inner loop."""
    kind, name, inner, *rest = block
    match kind:
        case "user" | "service" | "risk":
            return ("task", (name, path), kind == "risk")
        case "seq":
            return _rounds([(each, n, path) for each in inner])
        case "sub" | "call":
            return begin(inner[0], n, path)
        case "xor":
            return begin(inner[(n + rest[0]) % len(inner)], n, path)
        case "par":
            return _all([begin(each, n, path) for each in inner])
        case "or":
            return _all([begin(each, n, path) for each in some(inner, n, rest[0])])
        case "loop":
            return _rounds([(inner[0], turn, path) for turn in range(rest[0])])
        case "again":
            return _rounds([(inner[0], n, (*path, turn + 1)) for turn in range(rest[0])])
        case "multi":
            rounds = [(inner[0], n, (*path, turn + 1)) for turn in range(rest[0])]
            if rest[1]:
                return _rounds(rounds[: rest[2] or None])
            return _many([begin(*each) for each in rounds], rest[2] or rest[0])
        case "adhoc":
            flows = [(each, n, path) for each in inner]
            if rest[0]:
                return _rounds(flows[: rest[1] or None])
            return _many([begin(*each) for each in flows], rest[1] or len(inner))
        case "undo":
            return ("undo", [(f"{name}{i}", path) for i in range(rest[0])], [])
        case "race":
            return ("race", [((f"{name}{i}!", path), (each, n, path)) for i, each in enumerate(inner)])
        case "catch":
            body = begin(inner[0], n, path)
            return body and ("catch", body, (inner[1], n, path))
        case "border" | "inside":
            body = begin(inner[0], n, path)
            return body and (kind, (f"{name}!", path), body, (inner[1], n, path), rest[0], [], 0)


def some(inner, n, picks):
    """Return the branches that an inclusive split takes in round `n`."""
    picks = taken(picks, len(inner))
    return [each for i, each in enumerate(inner) if picks[(n + i) % len(inner)]]


def taken(picks, size):
    """Return which branches an inclusive split may take: at least one."""
    return picks[:size] if any(picks[:size]) else [True] * size


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


def _many(states, wanted):
    """Side by side until so many are over."""
    left = [each for each in states if each is not None]
    over = len(states) - len(left)
    return ("many", left, wanted - over) if left and over < wanted else None


def acts(state, *, caught=False):
    """Return what can be done now."""
    if state is None:
        return []
    match state:
        case ("task", act, risky):
            return [act, (f"{act[0]}^", act[1])] if risky and caught else [act]
        case ("rounds", now, _):
            return acts(now, caught=caught)
        case ("all", states) | ("many", states, _):
            return [act for each in states for act in acts(each, caught=caught)]
        case ("undo", todo, done):
            return todo or [(f"{done[-1][0]}u", done[-1][1])]
        case ("race", ways):
            return [event for event, _ in ways]
        case ("catch", body, _):
            return acts(body, caught=True)
        case (kind, event, body, _, interrupting, handlers, _):
            waits = body is not None if kind == "border" else not (interrupting and body is None)
            found = [act for each in (body, *handlers) for act in acts(each, caught=caught)]
            return [event, *found] if waits else found


def after(state, act):
    """Return the state after an act; None where the block is over, THROWN where an error has left it."""
    match state:
        case ("task", own, _):
            return None if act == own else THROWN
        case ("rounds", now, todo):
            inner = after(now, act)
            return inner if inner == THROWN else _rounds(todo) if inner is None else ("rounds", inner, todo)
        case ("all", states):
            states = _one_on(states, act)
            return states if states == THROWN else _all(states)
        case ("many", states, wanted):
            states = _one_on(states, act)
            return states if states == THROWN else _many(states, wanted)
        case ("undo", [], done):
            return ("undo", [], done[:-1]) if done[1:] else None
        case ("undo", todo, done):
            return ("undo", [each for each in todo if each != act], [*done, act])
        case ("race", ways):
            return begin(*dict(ways)[act])
        case ("catch", body, handler):
            body = after(body, act)
            return begin(*handler) if body == THROWN else body and ("catch", body, handler)
        case _:
            return _after_event(state, act)


def _one_on(states, act):
    at = next(i for i, each in enumerate(states) if act in acts(each, caught=True))
    moved = after(states[at], act)
    return THROWN if moved == THROWN else [*states[:at], moved, *states[at + 1 :]]


def _after_event(state, act):
    kind, event, body, handler, interrupting, handlers, fired = state
    if act == event:
        block, n, path = handler
        fired += 1
        body = None if interrupting else body
        handlers = [*handlers, begin(block, n, (*path, fired))]
    else:
        moved = _one_on([body, *handlers], act)
        if moved == THROWN:
            return THROWN
        body, *handlers = moved
    handlers = [each for each in handlers if each is not None]
    over = body is None and not handlers
    return None if over else (kind, event, body, handler, interrupting, handlers, fired)
