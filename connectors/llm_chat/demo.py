"""Plain rules in place of a language model, so that everything can be tried without a key.

Nothing here understands anything. Words are counted, sentences are picked, the same question always gets the same
answer, and every reply says that no language model was used.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from connectors.llm_chat.question import Question, Reply, Usage

MODEL = "demo-rules-1"
NOTE = "No language model was used: this answer was made by the plain rules of demo-rules-1."

WORD = re.compile(r"[^\W_]+")
NUMBER = re.compile(r"(?<![\w-])-?\d+(?:[.,]\d+)?")
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
OTHERWISE = ("other", "unknown", "none", "general", "unclear", "normal", "medium")
SURE = ("confidence", "probability", "certainty", "score")
ENDINGS = ("ing", "ed", "es", "s", "ly", "e")
DULL = frozenset(
    WORD.findall(
        "a about after all also an and any are as at be because been but by can could did do does for from get had "
        "has have he her his how i if in is it its just me my no not of on or our out please she should so some than "
        "that the their them then there they this to up us was we were what when which who will with would you your"
    )
)
AKIN = {  # a word stands for others, where no description says more
    "damage": "broken break crack scratch defect faulty shatter torn leak dent",
    "late": "delay wait still arrive never overdue weeks",
    "lost": "never missing disappear stolen nowhere",
    "wrong": "different instead incorrect mistake another",
    "refund": "money back return reimburse repay",
    "fraud": "chargeback stolen unknown suspicious",
    "urgent": "immediately asap outage down critical emergency now",
    "critical": "outage down unavailable breach loss everyone customers production",
    "high": "urgent immediately outage down critical fail failing error customers",
    "low": "typo cosmetic question minor whenever small wish",
    "angry": "unacceptable terrible worst furious never again disappoint",
    "network": "dns connection timeout latency packet vpn switch router",
    "database": "sql query postgres mysql replication deadlock disk index",
    "application": "exception deploy release error bug crash memory version",
    "security": "breach login password phishing attack token leak",
}


def ask(question: Question) -> Reply:
    """Answer by rules; tokens and cost are nothing, because nothing was asked."""
    about = flat(question.content) if question.content is not None else question.prompt
    if question.schema is None:
        return Reply(
            text=_written(question.prompt, question.content),
            model=MODEL,
            usage=_nothing(),
            finish_reason="stop",
            note=NOTE,
        )
    value = filled(question.schema, "answer", about)
    text = json.dumps(value, ensure_ascii=False)
    return Reply(text=text, value=value, model=MODEL, usage=_nothing(), finish_reason="stop", note=NOTE)


def _nothing() -> Usage:
    return Usage(requests=0)


def flat(value: Any) -> str:
    """Return all text of a value, one line a leaf; only what is not text keeps its name, which is all it means."""
    return "\n".join(_leaves(value, ""))


def _leaves(value: Any, name: str) -> Iterator[str]:
    match value:
        case Mapping():
            for inner, each in value.items():
                yield from _leaves(each, str(inner))
        case list() | tuple():
            for each in value:
                yield from _leaves(each, name)
        case str():
            yield value
        case None:
            pass
        case _:
            yield f"{name}: {value}" if name else str(value)


def filled(schema: Mapping[str, Any], name: str, about: str) -> Any:
    """Return a value of the schema, made of what the text has to offer."""
    if (options := _options(schema)) is not None:
        return chosen(options, about)
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            return {each: filled(inner, each, about) for each, inner in schema.get("properties", {}).items()}
        case "array":
            return _several(schema, about)
        case "boolean":
            return weight(f"{name} {schema.get('description', '')}", about) > 0
        case "integer":
            return int(_number(schema, name, about))
        case "number":
            return _number(schema, name, about)
        case "null":
            return None
        case _:
            return _text(schema, name, about)


def _options(schema: Mapping[str, Any]) -> list[tuple[Any, str]] | None:
    """Return the values to choose from, each with the words that speak for it."""
    if "const" in schema:
        return [(schema["const"], "")]
    if "enum" in schema:
        return [(each, str(each)) for each in schema["enum"]]
    for word in ("oneOf", "anyOf"):
        branches = schema.get(word, [])
        if branches and all("const" in each for each in branches):
            return [(each["const"], f"{each['const']} {each.get('description', '')}") for each in branches]
    return None


def chosen(options: Sequence[tuple[Any, str]], about: str) -> Any:
    """Choose what most words speak for; if none do, whatever means «something else», else by the text's digest."""
    weights = [weight(words, about) for _, words in options]
    if max(weights) > 0:
        return options[weights.index(max(weights))][0]
    for value, _ in options:
        if str(value).lower() in OTHERWISE:
            return value
    return options[int(sha256(about.encode()).hexdigest(), 16) % len(options)][0]


def weight(words: str, about: str) -> int:
    """Count how often words of the text are among these words or their kin."""
    direct = stems(words.replace("_", " "))
    kin = {each for word, others in AKIN.items() if stem(word) in direct for each in stems(others)}
    counted = Counter(stem(word) for word in WORD.findall(about.lower()))
    return sum(2 * counted[each] for each in direct) + sum(counted[each] for each in kin - direct)


def stems(words: str) -> set[str]:
    """Return the stems of all words worth counting."""
    return {stem(each) for each in WORD.findall(words.lower()) if each not in DULL}


def stem(word: str) -> str:
    """Cut an ending off; crude, and the same for both sides."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - shorter is no word any more
            return word[: -len(ending)]
    return word


def _several(schema: Mapping[str, Any], about: str) -> list[Any]:
    inner = schema.get("items", {})
    options = _options(inner)
    if options is None:
        if inner.get("type") == "object":
            return [filled(inner, "item", about)] if schema.get("minItems", 0) else []
        return keywords(about)[: schema.get("maxItems", 5)]
    fitting = [value for value, words in options if weight(words, about) > 0]
    if len(fitting) < schema.get("minItems", 0):
        fitting = fitting or [chosen(options, about)]
    return fitting[: schema.get("maxItems", len(fitting))]


def _number(schema: Mapping[str, Any], name: str, about: str) -> float:
    if any(word in name.lower() for word in SURE):
        value = 0.5 + (len(stems(about)) % 40) / 100  # says nothing, and looks like a number between a half and 0.9
    else:
        lines = [line for line in about.splitlines() if weight(name, line) > 0] or [about]
        found = NUMBER.findall("\n".join(lines))
        value = float(found[0].replace(",", ".")) if found else 0.0
    lowest, highest = float(schema.get("minimum", value)), float(schema.get("maximum", value))
    return min(max(value, lowest), max(highest, lowest))


def _text(schema: Mapping[str, Any], name: str, about: str) -> str:
    if schema.get("format") == "date" and (found := DATE.search(about)):
        return found.group()
    if (schema.get("format") == "email" or "mail" in name.lower()) and (found := MAIL.search(about)):
        return found.group()
    text = summary(about)
    return text[: schema.get("maxLength", len(text))]


def summary(about: str, most: int = 2) -> str:
    """Return the sentences with the most frequent words, in their order."""
    sentences = [each.strip() for each in SENTENCE.split(about) if each.strip()]
    counted = Counter(stem(word) for word in WORD.findall(about.lower()) if word not in DULL)
    ranked = sorted(sentences, key=lambda each: -sum(counted[one] for one in stems(each)))[:most]
    return " ".join(each for each in sentences if each in ranked)[:400]


def keywords(about: str, most: int = 5) -> list[str]:
    """Return the most frequent words."""
    counted = Counter(each for each in WORD.findall(about.lower()) if each not in DULL and not each.isdigit())
    return [word for word, _ in counted.most_common(most)]


def _written(prompt: str, content: Any) -> str:
    """Return a letter where one is asked for, with the shorter texts as notes on the longest; else a summary."""
    leaves = [each for each in _leaves(content if content is not None else prompt, "") if each.strip()]
    if not re.search(r"\b(reply|answer|letter|mail|message|write|draft)\b", prompt, re.IGNORECASE) or not leaves:
        return summary("\n".join(leaves))
    main = max(leaves, key=len)
    notes = "".join(f"\n- {each}" for each in leaves if each is not main)
    topics = ", ".join(keywords(main, 3))
    return (
        f"Hello,\n\nthank you for writing to us about {topics}. We have read: “{summary(main, 1)}”"
        + (f"\n\nWhat we can say:{notes}" if notes else "")
        + "\n\nKind regards"
    )
