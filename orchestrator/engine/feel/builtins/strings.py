"""Functions of strings."""

import base64
from typing import Any

from orchestrator.engine.feel import regex
from orchestrator.engine.feel.builtins.registry import builtin
from orchestrator.engine.feel.errors import Refusal
from orchestrator.engine.feel.numbers import whole
from orchestrator.engine.feel.runtime import Run
from orchestrator.engine.feel.values import type_name


@builtin("substring(string: string, start position: number, length?: number)")
def _substring(_: Run, text: str, start: Any, length: Any = None) -> str:
    place = whole(start, "the start position")
    if place == 0:
        raise Refusal("substring: positions count from 1")
    if abs(place) > len(text):
        raise Refusal(f"substring: there is no position {place} in a string of {len(text)} characters")
    begin = place - 1 if place > 0 else len(text) + place
    if length is None:
        return text[begin:]
    count = whole(length, "the length")
    if count < 1:
        raise Refusal("substring: the length must be 1 or more")
    return text[begin : begin + count]


@builtin("string length(string: string)")
def _length(_: Run, text: str) -> int:
    return len(text)


@builtin("upper case(string: string)")
def _upper(_: Run, text: str) -> str:
    return text.upper()


@builtin("lower case(string: string)")
def _lower(_: Run, text: str) -> str:
    return text.lower()


@builtin("trim(string: string)")
def _trim(_: Run, text: str) -> str:
    return text.strip()


@builtin("is blank(string: string)")
def _is_blank(_: Run, text: str) -> bool:
    return not text.strip()


@builtin("to base64(value: string)")
def _to_base64(_: Run, text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@builtin("substring before(string: string, match: string)")
def _before(_: Run, text: str, match: str) -> str:
    if not match:
        return ""
    before, found, _rest = text.partition(match)
    return before if found else ""


@builtin("substring after(string: string, match: string)")
def _after(_: Run, text: str, match: str) -> str:
    if not match:
        return text
    return text.partition(match)[2]


@builtin("contains(string: string, match: string)")
def _contains(_: Run, text: str, match: str) -> bool:
    return match in text


@builtin("starts with(string: string, match: string)")
def _starts_with(_: Run, text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def _ends_with(_: Run, text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("string join(list: list, delimiter?: string?)")
def _join(run: Run, items: list[Any], delimiter: str | None = None) -> str:
    texts = [item for item in items if item is not None]
    for item in texts:
        if not isinstance(item, str):
            raise Refusal(f"string join: {type_name(item)} is not a string")
    glue = delimiter or ""
    run.check_string(sum(map(len, texts)) + len(glue) * len(texts))
    return glue.join(texts)


@builtin("string join(list: list, delimiter: string?, prefix: string?, suffix: string?)")
def _join_between(run: Run, items: list[Any], delimiter: str | None, prefix: str | None, suffix: str | None) -> str:
    return (prefix or "") + _join(run, items, delimiter) + (suffix or "")


@builtin("matches(input: string, pattern: string, flags?: string?)")
def _matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    return regex.compile_pattern(pattern, flags or "").found_in(run, text)


@builtin("replace(input: string, pattern: string, replacement: string, flags?: string?)")
def _replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    return regex.replace(run, regex.compile_pattern(pattern, flags or ""), text, replacement)


@builtin("split(string: string, delimiter: string)")
def _split(run: Run, text: str, delimiter: str) -> list[str]:
    parts = list(text) if not delimiter else regex.split(run, regex.compile_pattern(delimiter, ""), text)
    run.check_list(len(parts))
    return parts


@builtin("extract(string: string, pattern: string)")
def _extract(run: Run, text: str, pattern: str) -> list[str]:
    found = [text[match.start : match.end] for match in regex.compile_pattern(pattern, "").all_in(run, text)]
    run.check_list(len(found))
    return found
