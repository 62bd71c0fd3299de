"""Tokens to a syntax tree: a Pratt parser that knows which names are in scope."""

from orchestrator.engine.feel import numbers
from orchestrator.engine.feel import syntax as s
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.names import STOP_WORDS, NameIndex
from orchestrator.engine.feel.tokens import Kind, Token
from orchestrator.engine.feel.types import ANY, FeelType
from orchestrator.engine.feel.typing_rules import TypeRules

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_OR, _AND, _COMPARE, _SUM, _PRODUCT, _POWER, _NEGATE, _INSTANCE, _POSTFIX = range(1, 10)
_BINDING = {
    "or": _OR,
    "and": _AND,
    **dict.fromkeys((*COMPARISONS, "between", "in"), _COMPARE),
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    "**": _POWER,
    "instance": _INSTANCE,
    ".": _POSTFIX,
    "[": _POSTFIX,
    "(": _POSTFIX,
}
_CONSTANTS = {"true": True, "false": False, "null": None}


class Parser(TypeRules):
    """Parses one text; made for one use."""

    def expression(self) -> s.Node:
        """Parse the whole text as one expression."""
        node = self.parse()
        self.expect_end()
        return node

    def unary_tests(self) -> tuple[bool, tuple[s.Node, ...]]:
        """Parse the whole text as unary tests; the first result says whether they stand in ``not(…)``."""
        if self.token.text == "-" and self.tokens[self.index + 1].kind is Kind.END:
            return False, ()
        negated = self.is_negated()
        if negated:
            self.index += 2
        tests = [self.parse()]
        while self.accept(","):
            tests.append(self.parse())
        if negated:
            self.expect(")")
        self.expect_end()
        return negated, tuple(tests)

    def parse(self, binding: int = 0) -> s.Node:
        """Parse an expression whose operators bind tighter than ``binding``."""
        self.deeper()
        node = self._prefix()
        while (power := self._power()) > binding:
            node = self._infix(node, power)
        self.nesting -= 1
        return node

    def _power(self) -> int:
        token = self.token
        if token.kind is Kind.SYMBOL or token.kind is Kind.NAME:
            return _BINDING.get(token.text, 0)
        return 0

    def node(self, made: s.Node) -> s.Node:
        """Note height and cost of a new node."""
        below = s.children(made)
        if below:
            depth = 1 + max(child.depth for child in below)
            if depth > self.limits.depth:
                raise self.error(f"nested more than {self.limits.depth} levels deep", made.position)
            object.__setattr__(made, "depth", depth)
            object.__setattr__(made, "cost", 1 + sum(child.cost for child in below))
        return made

    def _prefix(self) -> s.Node:
        token = self.token
        match token.kind:
            case Kind.NUMBER:
                self.index += 1
                return s.Literal(token.position, self._number(token))
            case Kind.STRING:
                self.index += 1
                return s.Literal(token.position, token.text)
            case Kind.AT:
                self.index += 1
                return s.At(token.position, token.text)
            case Kind.QUOTED:
                self.index += 1
                return s.Name(token.position, token.text)
            case Kind.NAME:
                return self._word(token)
            case Kind.SYMBOL:
                return self._symbol(token)
            case _:
                raise self.error("expected an expression, found the end")

    def _number(self, token: Token) -> numbers.Number:
        try:
            return numbers.parse(token.text)
        except Refusal as refusal:
            raise self.error(str(refusal), token.position) from None

    def _symbol(self, token: Token) -> s.Node:
        position = token.position
        if token.text in COMPARISONS:
            self.index += 1
            return self.node(s.HalfRange(position, token.text, self.parse(_COMPARE)))
        match token.text:
            case "-":
                self.index += 1
                # a minus before digits belongs to the number: ``-1 instance of number``
                operand = self._prefix() if self.token.kind is Kind.NUMBER else self.parse(_NEGATE)
                return self.node(s.Negation(position, operand))
            case "(":
                return self._parenthesis(position)
            case "[":
                return self._bracket(position)
            case "]":
                self.index += 1
                return self._range(position, self.parse(), start_included=False)
            case "{":
                return self._context(position)
            case _:
                raise self.error(f"expected an expression, found {self.found()}")

    def _parenthesis(self, position: int) -> s.Node:
        self.expect("(")
        inner = self.parse()
        if self.at(".."):
            return self._range(position, inner, start_included=False)
        self.expect(")")
        return inner

    def _bracket(self, position: int) -> s.Node:
        self.expect("[")
        if self.accept("]"):
            return s.ListNode(position, ())
        items = [self.parse()]
        if self.at(".."):
            return self._range(position, items[0], start_included=True)
        while self.accept(","):
            items.append(self.parse())
        self.expect("]")
        return self.node(s.ListNode(position, tuple(items)))

    def _range(self, position: int, start: s.Node, *, start_included: bool) -> s.Node:
        self.expect("..")
        end = self._range_end()
        close = self.next()
        if close.kind is not Kind.SYMBOL or close.text not in (")", "]", "["):
            raise self.error("expected the end of the range: ']', ')' or '['", close.position)
        return self.node(s.RangeNode(position, start, end, start_included, close.text == "]"))

    def _range_end(self) -> s.Node:
        """Parse the upper end; the bracket in ``[1..3[`` opens no filter."""
        self.deeper()
        node = self._prefix()
        while (power := self._power()) > _COMPARE:
            if self.at("[") and not self.opens_filter():
                break
            node = self._infix(node, power)
        self.nesting -= 1
        return node

    def _context(self, position: int) -> s.Node:
        self.expect("{")
        self.scopes.append(NameIndex())
        entries: list[tuple[str, s.Node]] = []
        while not self.accept("}"):
            place = self.token.position
            name = self.key()
            if any(name == other for other, _ in entries):
                raise self.error(f"the entry {name!r} stands here twice", place)
            entries.append((name, self.parse()))
            self.scopes[-1].add(name)
            self.members.add(name)
            if not self.at("}"):
                self.expect(",")
        self.scopes.pop()
        return self.node(s.ContextNode(position, tuple(entries)))

    def _word(self, token: Token) -> s.Node:
        if token.text in _CONSTANTS and not self.begins_known_name():
            self.index += 1
            return s.Literal(token.position, _CONSTANTS[token.text])
        if self._is_long_name():
            return s.Name(token.position, self.name())
        match token.text:
            case "if":
                return self._if(token.position)
            case "for":
                return self._for(token.position)
            case "some" | "every" if self.tokens[self.index + 1].kind in (Kind.NAME, Kind.QUOTED):
                return self._quantified(token.position)
            case "function" if self.at("(", 1):
                return self._function(token.position)
            case "and" | "or" if self.at("(", 1):  # DMN 1.1's names of two functions
                self.index += 1
                return s.Name(token.position, "all" if token.text == "and" else "any")
            case word if word in STOP_WORDS and not self.begins_known_name():
                raise self.error(f"expected an expression, found {self.found()}")
            case _:
                return s.Name(token.position, self.name())

    def _is_long_name(self) -> bool:
        """Whether a declared name of several words begins here, such as ``every day``."""
        return any(scope.longest(self.tokens, self.index)[1] > 1 for scope in self.scopes)

    def _if(self, position: int) -> s.Node:
        self.expect("if")
        condition = self.parse()
        self.expect("then")
        then = self.parse()
        self.expect("else")
        return self.node(s.If(position, condition, then, self.parse()))

    def _for(self, position: int) -> s.Node:
        self.expect("for")
        iterators = self._iterators("return")
        self.scopes[-1].add("partial")
        body = self.parse()
        self.scopes.pop()
        return self.node(s.For(position, iterators, body))

    def _quantified(self, position: int) -> s.Node:
        all_of = self.next().text == "every"
        iterators = self._iterators("satisfies")
        condition = self.parse()
        self.scopes.pop()
        return self.node(s.Quantified(position, all_of, iterators, condition))

    def _iterators(self, end: str) -> tuple[s.Iterator, ...]:
        """Parse ``a in b, c in d return``; leaves a scope with the names behind."""
        self.scopes.append(NameIndex())
        iterators: list[s.Iterator] = []
        while True:
            name = self.name_until("in")
            self.expect("in")
            source = self.parse()
            upper = self.parse() if self.accept("..") else None
            iterators.append(s.Iterator(name, source, upper))
            self.scopes[-1].add(name)
            if self.accept(end):
                return tuple(iterators)
            self.expect(",")

    def _function(self, position: int) -> s.Node:
        self.expect("function")
        self.expect("(")
        self.scopes.append(NameIndex())
        parameters: list[tuple[str, FeelType]] = []
        while not self.accept(")"):
            name = self.name_until(":", ",", ")")
            kind = self.type() if self.accept(":") else ANY
            parameters.append((name, kind))
            self.scopes[-1].add(name)
            if not self.at(")"):
                self.expect(",")
        external = self.at("external") and self.at("{", 1)
        if external:
            self.index += 1
        body = self.parse()
        self.scopes.pop()
        return self.node(s.FunctionNode(position, tuple(parameters), body, external))

    def _infix(self, left: s.Node, power: int) -> s.Node:
        token = self.next()
        position = token.position
        match token.text:
            case "or" | "and":
                return self._logic(left, token.text, power)
            case "+" | "-" | "*" | "/" | "**":
                return self._chain(left, token, power)
            case "between":
                low = self.parse(_COMPARE)
                self.expect("and")
                return self.node(s.Between(position, left, low, self.parse(_COMPARE)))
            case "in":
                return self.node(s.In(position, left, self._tests()))
            case "instance":
                self.expect("of")
                return self.node(s.InstanceOf(position, left, self.type()))
            case ".":
                return self._path(left, position)
            case "[":
                self.filters += 1
                condition = self.parse()
                self.filters -= 1
                self.expect("]")
                return self.node(s.Filter(position, left, condition))
            case "(":
                return self._call(left, left.position)
            case operator:
                return self.node(s.Comparison(position, operator, left, self.parse(_COMPARE)))

    def _logic(self, left: s.Node, operator: str, power: int) -> s.Node:
        operands = [left, self.parse(power)]
        while self.accept(operator):
            operands.append(self.parse(power))
        return self.node(s.Logic(left.position, operator, tuple(operands)))

    def _chain(self, left: s.Node, token: Token, power: int) -> s.Node:
        rest = [(token.text, token.position, self.parse(power))]
        while self._power() == power:
            operator = self.next()
            rest.append((operator.text, operator.position, self.parse(power)))
        return self.node(s.Chain(left.position, left, tuple(rest)))

    def _path(self, source: s.Node, position: int) -> s.Node:
        if self.token.kind is Kind.STRING:
            return self.node(s.Path(position, source, self.next().text))
        if self.token.kind not in (Kind.NAME, Kind.QUOTED):
            raise self.error(f"expected a name after '.', found {self.found()}")
        return self.node(s.Path(position, source, self.name(property_of=True)))

    def _tests(self) -> tuple[s.Node, ...]:
        """Parse what stands behind ``in``: one test, or several in parentheses."""
        if not self.at("(") or not self.has_comma():
            return (self.parse(_COMPARE),)
        self.index += 1
        tests = [self.parse()]
        while self.accept(","):
            tests.append(self.parse())
        self.expect(")")
        return tuple(tests)

    def _call(self, callee: s.Node, position: int) -> s.Node:
        positional: list[s.Node] = []
        named: list[tuple[str, s.Node]] = []
        while not self.accept(")"):
            if self.is_named_argument():
                name = self.key()
                if any(name == other for other, _ in named):
                    raise self.error(f"the argument {name!r} stands here twice")
                named.append((name, self.parse()))
            else:
                positional.append(self.parse())
            if not self.at(")"):
                self.expect(",")
        if named and positional:
            raise self.error("arguments are either all named or all without names", position)
        return self.node(s.Call(position, callee, tuple(positional), tuple(named)))
