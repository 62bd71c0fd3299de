"""Tokens with a place among them: what every rule of the grammar asks for."""

from orchestrator.engine.feel.errors import FeelSyntaxError
from orchestrator.engine.feel.limits import Limits
from orchestrator.engine.feel.tokens import Kind, Token, tokenize


class TokenStream:
    """The tokens of a text, and how deep the rules are nested at this place."""

    def __init__(self, text: str, limits: Limits) -> None:
        if len(text) > limits.text:
            raise FeelSyntaxError(f"an expression has at most {limits.text} characters", limits.text, text)
        self.text = text
        self.limits = limits
        self.tokens = tokenize(text)
        self.index = 0
        self.nesting = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    def next(self) -> Token:
        """Take a token."""
        token = self.tokens[self.index]
        if token.kind is not Kind.END:
            self.index += 1
        return token

    def at(self, text: str, ahead: int = 0) -> bool:
        """Whether a token is this symbol or word."""
        token = self.tokens[min(self.index + ahead, len(self.tokens) - 1)]
        return token.text == text and token.kind in (Kind.SYMBOL, Kind.NAME)

    def accept(self, text: str) -> bool:
        """Take this symbol or word if it is next."""
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take this symbol or word."""
        if not self.at(text):
            raise self.error(f"expected {text!r}, found {self.found()}")
        return self.next()

    def expect_end(self) -> None:
        """Check that nothing is left."""
        if self.token.kind is not Kind.END:
            raise self.error(f"unexpected {self.found()}")

    def found(self) -> str:
        """Describe the next token."""
        token = self.token
        return "the end" if token.kind is Kind.END else repr(self.text[token.position : token.end])

    def error(self, message: str, position: int | None = None) -> FeelSyntaxError:
        """Return an error at a position, by default the next token's."""
        return FeelSyntaxError(message, self.token.position if position is None else position, self.text)

    def deeper(self) -> None:
        """Go one level down, as far as the limits allow."""
        self.nesting += 1
        if self.nesting > self.limits.depth:
            raise self.error(f"nested more than {self.limits.depth} levels deep")

    # looking ahead without parsing, so that nothing is parsed twice

    def is_negated(self) -> bool:
        """Whether ``not(`` spans the whole text; ``not(a) or b`` is an expression."""
        if self.token.text != "not" or self.tokens[self.index + 1].text != "(":
            return False
        depth = 0
        for place in range(self.index + 1, len(self.tokens) - 1):
            token = self.tokens[place]
            if token.kind is Kind.SYMBOL:
                depth += _nesting(token)
            if depth == 0:
                return self.tokens[place + 1].kind is Kind.END
        return self.tokens[-2].text == ")"

    def opens_filter(self) -> bool:
        """Whether the bracket here is closed before the range is; looks ahead without parsing."""
        depth = 0
        for place in range(self.index, len(self.tokens) - 1):
            token = self.tokens[place]
            if token.kind is not Kind.SYMBOL:
                continue
            depth += _nesting(token)
            if depth == 0:
                closing = self.tokens[place + 1]
                return closing.kind is Kind.SYMBOL and closing.text in ("]", ")", "[", "+", "-", "*", "/", ".")
            if depth < 0:
                return False
        return False

    def has_comma(self) -> bool:
        """Whether the parenthesis here holds several tests; else it is a range or a plain expression."""
        depth = 0
        for place in range(self.index, len(self.tokens) - 1):
            token = self.tokens[place]
            if token.kind is Kind.SYMBOL:
                depth += _nesting(token)
                if depth == 0 or (depth == 1 and token.text == ","):
                    return depth == 1
        return False


def _nesting(token: Token) -> int:
    return (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
