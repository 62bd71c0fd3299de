"""Camunda 7's expressions (``${amount > 1000 && approved}``) → FEEL, where the meaning is the same."""

import json
import re
from dataclasses import dataclass

from orchestrator.engine.dialects import terms
from orchestrator.engine.dialects.terms import Term, Untranslatable

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<text>'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:().,\[\]]))"
)
_PIECES = re.compile(r"[$#]\{([^{}]*)\}")
_WORDS = {
    "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "&&", "or": "||", "not": "!",
    "div": "/", "mod": "%",
}  # fmt: skip
_POWERS = {
    "?": 1, "||": 2, "&&": 3, "==": 4, "!=": 4, "<": 5, ">": 5, "<=": 5, ">=": 5, "+": 6, "-": 6, "*": 7, "/": 7, "%": 7
}  # fmt: skip
_UNARY = 8
_COMPARISONS = {"==": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_KNOWN = {"true": True, "false": False, "null": None}
_COUNTERS = {
    "nrOfInstances": "numberOfInstances",
    "nrOfActiveInstances": "numberOfActiveInstances",
    "nrOfCompletedInstances": "numberOfCompletedInstances",
}
_DEEPEST = 40


def is_juel(text: str) -> bool:
    """Whether a text has an expression in it."""
    return _PIECES.search(text) is not None


def to_feel(text: str) -> str:
    """Return FEEL with its leading ``=``; a text without expression stays itself."""
    if not is_juel(text):
        return text
    whole = _PIECES.fullmatch(text.strip())
    if whole is not None:
        return f"={translate(whole.group(1)).text}"
    parts: list[str] = []
    end = 0
    for piece in _PIECES.finditer(text):
        if piece.start() > end:
            parts.append(json.dumps(text[end : piece.start()], ensure_ascii=False))
        parts.append(f"string({translate(piece.group(1)).text})")
        end = piece.end()
    if end < len(text):
        parts.append(json.dumps(text[end:], ensure_ascii=False))
    return "=" + " + ".join(parts)


def to_condition(text: str) -> str:
    """Return FEEL that is true or false."""
    whole = _PIECES.fullmatch(text.strip())
    if whole is None:
        message = f"«{text}»"
        raise Untranslatable(message)
    term = translate(whole.group(1))
    return f"={term.text if term.truth else term.condition()[1:-1]}"


def translate(text: str) -> Term:
    """Return one expression without its braces."""
    parser = _Parser(_tokens(text), text)
    term = parser.expression(0)
    if parser.position < len(parser.tokens):
        raise parser.stuck()
    return term


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            message = f"«{text[position:].strip()}»"
            raise Untranslatable(message)
        kind, word = match.lastgroup, match.group(match.lastgroup)
        found.append(_Token("sign", _WORDS[word]) if kind == "name" and word in _WORDS else _Token(kind, word))
        position = match.end()
    return found


class _Parser:
    """Precedence climbing."""

    def __init__(self, tokens: list[_Token], text: str) -> None:
        self.tokens = tokens
        self.text = text
        self.position = 0
        self._depth = 0

    def stuck(self) -> Untranslatable:
        rest = " ".join(token.text for token in self.tokens[self.position : self.position + 4])
        return Untranslatable(f"«{rest or self.text}»")

    def _peek(self) -> str | None:
        token = self.tokens[self.position] if self.position < len(self.tokens) else None
        return token.text if token is not None and token.kind == "sign" else None

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise self.stuck()
        self.position += 1

    def expression(self, power: int) -> Term:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.stuck()
        left = self._prefix()
        while True:
            sign = self._peek()
            binding = _POWERS.get(sign or "", 0)
            if sign is None or binding <= power:
                self._depth -= 1
                return left
            self.position += 1
            left = self._infix(left, sign, binding)

    def _infix(self, left: Term, sign: str, binding: int) -> Term:
        if sign == "?":
            yes = self.expression(0)
            self._take(":")
            return terms.chosen(left, yes, self.expression(0))
        right = self.expression(binding)
        if sign in {"&&", "||"}:
            return terms.joined("and" if sign == "&&" else "or", left, right)
        if sign in _COMPARISONS:
            return terms.compared(_COMPARISONS[sign], left, right)
        return terms.calculated(sign, left, right)

    def _prefix(self) -> Term:
        sign = self._peek()
        if sign == "!":
            self.position += 1
            return terms.negated(self.expression(_UNARY))
        if sign == "-":
            self.position += 1
            return Term(f"-{self.expression(_UNARY).inner()}", atom=False)
        return self._suffixes(self._primary())

    def _primary(self) -> Term:
        if self._peek() == "(":
            self.position += 1
            term = self.expression(0)
            self._take(")")
            return term
        if self.position >= len(self.tokens):
            raise self.stuck()
        token = self.tokens[self.position]
        if token.kind == "sign":
            raise self.stuck()
        self.position += 1
        match token.kind:
            case "number":
                return Term(token.text)
            case "text":
                return terms.literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]))
            case _:
                return self._named(token.text)

    def _named(self, word: str) -> Term:
        if word in _KNOWN:
            return terms.literal(_KNOWN[word])
        if word == "empty":
            return Term(f'list contains([null, "", []], {self.expression(_UNARY).text})', truth=True)
        if word == "execution":
            return self._execution()
        if self._peek() == "(":
            raise self.stuck()
        if word == "loopCounter":
            return Term("loopCounter - 1", atom=False)  # here the first round is 1, there it was 0
        return terms.name(_COUNTERS.get(word, word))

    def _execution(self) -> Term:
        """``execution.getVariable('x')`` is a variable."""
        words = [token.text for token in self.tokens[self.position : self.position + 5]]
        if len(words) == 5 and words[:3] == [".", "getVariable", "("] and words[4] == ")":  # noqa: PLR2004 - its tokens
            self.position += 5
            return terms.name(words[3].strip("'\""))
        raise self.stuck()

    def _suffixes(self, term: Term) -> Term:
        while self._peek() in {".", "["}:
            sign = self._peek()
            self.position += 1
            if sign == ".":
                if self.position >= len(self.tokens) or self.tokens[self.position].kind != "name":
                    raise self.stuck()
                key = self.tokens[self.position].text
                self.position += 1
                if self._peek() == "(":
                    raise self.stuck()
                term = terms.entry(term, key)
                continue
            token = self.tokens[self.position] if self.position < len(self.tokens) else None
            index = self.expression(0)
            self._take("]")
            is_key = token is not None and token.kind == "text"
            term = terms.entry(term, json.loads(index.text)) if is_key else terms.item(term, index)
        return term
