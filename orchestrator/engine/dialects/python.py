"""SpiffWorkflow's Python expressions and scripts → FEEL, where the meaning is the same; nothing is run."""

import ast
import re

from orchestrator.engine.dialects import terms
from orchestrator.engine.dialects.terms import Term, Untranslatable

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.GtE: ">=",
    ast.Is: "=",
    ast.IsNot: "!=",
}
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "%",
    ast.Pow: "**",
}
_FUNCTIONS = {"sum": "sum", "min": "min", "max": "max", "str": "string", "int": "floor", "abs": "abs"}
_TIMER = re.compile(r"(?:R\d*/)?P[0-9T]|\d{4}-\d")
_LONGEST = 4_000
_SPANS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


def to_feel(text: str) -> str:
    """Return FEEL with its leading ``=``."""
    return f"={translate(text).text}"


def to_condition(text: str) -> str:
    """Return FEEL that is true or false."""
    term = translate(text)
    return f"={term.text if term.truth else term.condition()[1:-1]}"


def to_timer(text: str) -> str:
    """Return a timer's text: quoted texts lose their quotes, spans of time become durations."""
    if _TIMER.match(text.strip()):
        return text.strip()  # converted before
    tree = _parsed(text)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return tree.value
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name | ast.Attribute):
        called = tree.func.id if isinstance(tree.func, ast.Name) else tree.func.attr
        spans = {word.arg: word.value for word in tree.keywords}
        if called == "timedelta" and not tree.args and spans and set(spans) <= set(_SPANS):
            return f"PT{sum(_whole(value) * _SPANS[str(unit)] for unit, value in spans.items())}S"
    return f"={term(tree).text}"


def _whole(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    raise _stuck(node)


def to_assignments(script: str) -> list[tuple[str, str]]:
    """Return a script as variables and the FEEL they get, in order; anything but plain assignments is refused."""
    try:
        tree = ast.parse(script.strip()[:_LONGEST])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        message = "the script"
        raise Untranslatable(message) from None
    found = []
    for statement in tree.body:
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise _stuck(statement)
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            raise _stuck(target)
        found.append((terms.name(target.id).text, f"={term(statement.value).text}"))
    return found


def translate(text: str) -> Term:
    """Return one expression."""
    return term(_parsed(text))


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip()[:_LONGEST], mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        message = f"«{text[:80]}»"
        raise Untranslatable(message) from None


def _stuck(node: ast.AST) -> Untranslatable:
    return Untranslatable(f"«{ast.unparse(node)[:80]}»")


def term(node: ast.expr) -> Term:
    """Return a part of an expression."""
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, str | int | float):
            return terms.literal(value)
        case ast.Name(id=word):
            return terms.name(word)
        case ast.Attribute(value=base, attr=key):
            return terms.entry(term(base), key)
        case ast.Subscript(value=base, slice=ast.Constant(value=str() as key)):
            return terms.entry(term(base), key)
        case ast.Subscript(value=base, slice=ast.Constant(value=int() as index)):
            return terms.item(term(base), Term(str(index)))
        case ast.BoolOp(op=operator, values=values):
            word = "and" if isinstance(operator, ast.And) else "or"
            return Term(f" {word} ".join(term(value).condition() for value in values), atom=False, truth=True)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return terms.negated(term(operand))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Term(f"-{term(operand).inner()}", atom=False)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            return terms.calculated(_ARITHMETIC[type(operator)], term(left), term(right))
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared(left, operator, right)
        case ast.IfExp(test=test, body=body, orelse=other):
            return terms.chosen(term(test), term(body), term(other))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return Term(f"[{', '.join(term(element).text for element in elements)}]")
        case ast.Dict(keys=keys, values=values):
            return Term("{" + ", ".join(map(_pair, keys, values)) + "}")
        case ast.Call(func=ast.Name(id="len"), args=[measured], keywords=[]):
            value = term(measured).inner()
            return Term(f"if {value} instance of string then string length({value}) else count({value})", atom=False)
        case ast.Call(func=ast.Name(id=word), args=arguments, keywords=[]) if word in _FUNCTIONS:
            return Term(f"{_FUNCTIONS[word]}({', '.join(term(argument).text for argument in arguments)})")
        case _:
            raise _stuck(node)


def _pair(key: ast.expr | None, value: ast.expr) -> str:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return f"{terms.literal(key.value).text}: {term(value).text}"
    raise Untranslatable("a context's key")


def _compared(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Term:
    if isinstance(operator, ast.In | ast.NotIn):
        found = Term(f"list contains({term(right).text}, {term(left).text})", truth=True)
        return found if isinstance(operator, ast.In) else terms.negated(found)
    return terms.compared(_COMPARISONS[type(operator)], term(left), term(right))
