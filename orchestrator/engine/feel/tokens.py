"""Characters to tokens."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from orchestrator.engine.feel.errors import FeelSyntaxError

_START = (
    "A-Za-z_?\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"""
    (?P<space>[\s\u0085\u180e\u200b\ufeff]+ | //[^\n]* | /\*(?s:.*?)\*/)
  | (?P<number>(?:[0-9]+(?:\.[0-9]+)? | \.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<at>@\s*"(?:[^"\\]|\\.)*")
  | (?P<string>"(?:[^"\\]|\\(?s:.))*")
  | (?P<name>[{_START}][{_PART}]*)
  | (?P<quoted>`[^`\n]+`)
  | (?P<symbol>\.\.|\*\*|->|<=|>=|!=|/(?!\*)|[-+*=<>()\[\]{{}},:.'\u2019|])
    """,
    re.VERBOSE,
)

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|([nrt\"'\\]))")
_LAST = 0x10FFFF  #: code point
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


class Kind(Enum):
    """What a token is."""

    NUMBER = auto()
    STRING = auto()
    AT = auto()
    NAME = auto()
    QUOTED = auto()  #: a name between back quotes, taken as it is
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; ``text`` of strings and quoted names is already unescaped."""

    kind: Kind
    text: str
    position: int
    end: int


_KINDS = {
    "number": Kind.NUMBER,
    "at": Kind.AT,
    "string": Kind.STRING,
    "name": Kind.NAME,
    "quoted": Kind.QUOTED,
    "symbol": Kind.SYMBOL,
}


def tokenize(text: str) -> list[Token]:
    """Split a text; the last token is ``END``."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise FeelSyntaxError(_complaint(text, position), position, text)
        group = found.lastgroup or ""
        if group != "space":
            tokens.append(Token(_KINDS[group], _meaning(group, found.group(), position, text), position, found.end()))
        position = found.end()
    tokens.append(Token(Kind.END, "", len(text), len(text)))
    return tokens


def _complaint(text: str, position: int) -> str:
    if text[position] == '"' or text.startswith('@"', position):
        return "this string is not closed"
    if text.startswith("/*", position):
        return "this comment is not closed"
    return f"unexpected character {text[position]!r}"


def _meaning(group: str, raw: str, position: int, text: str) -> str:
    match group:
        case "string":
            return _unescape(raw[1:-1], position, text)
        case "at":
            return _unescape(raw[raw.index('"') + 1 : -1], position, text)
        case "quoted":
            return " ".join(raw[1:-1].split())
        case _:
            return raw


def _unescape(raw: str, position: int, text: str) -> str:
    """Resolve escapes; a backslash before anything else stays, so that patterns need no doubling."""
    if "\\" not in raw:
        return raw
    plain = _ESCAPE.sub(_escaped, raw)
    if any("\ud800" <= character <= "\udfff" for character in plain):
        try:
            plain = plain.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise FeelSyntaxError("this string has half of a surrogate pair", position, text) from None
    return plain


def _escaped(found: re.Match[str]) -> str:
    short, long, plain = found.groups()
    if plain:
        return _PLAIN[plain]
    code = int(short or long, 16)
    return chr(code) if code <= _LAST else found.group()
