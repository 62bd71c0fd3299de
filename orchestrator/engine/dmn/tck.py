"""Runs the cases of the DMN Technology Compatibility Kit: ``baton tck DIR``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.dmn.decisions import Decided, DmnModel, EvaluationFailed
from orchestrator.engine.dmn.loading import UnreadableModel, load_models
from orchestrator.engine.feel import numbers
from orchestrator.engine.feel.errors import FeelError, Refusal
from orchestrator.engine.feel.temporal import DateTime, Time
from orchestrator.engine.feel.temporal_text import parse_date, parse_date_time, parse_duration, parse_time
from orchestrator.engine.feel.text import show
from orchestrator.engine.feel.values import is_number

_LIMITS = Limits(model_bytes=20_000_000, model_elements=200_000)
_CLOCK = datetime(2025, 1, 1, 12, tzinfo=UTC)  #: cases that ask for the time only ask for its type
_TOLERANCE = Decimal("1e-8")  #: the cases were written with numbers of different precision


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    case: str
    status: str  #: passed, failed or skipped
    why: str = ""


def run(directory: Path | str, out: TextIO) -> int:
    """Run all cases below a directory; print those that do not pass and the totals. Returns 0 when all pass."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for outcome in outcomes(Path(directory)):
        counts[outcome.status] += 1
        if outcome.status != "passed":
            print(f"{outcome.status}: {outcome.case}: {outcome.why}", file=out)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped", file=out)
    return int(counts["failed"] > 0 or counts["passed"] == 0)


def outcomes(directory: Path) -> Iterator[Outcome]:
    """Yield what became of every case, folder by folder."""
    for folder in sorted({path.parent for path in directory.rglob("*.dmn")}):
        models, problem = _load(sorted(folder.glob("*.dmn")))
        for path in sorted(folder.glob("*.xml")):
            yield from _run_file(path, models, problem)


def _load(paths: Iterable[Path]) -> tuple[dict[str, DmnModel], str]:
    """Load a folder's models by file name."""
    sources = {path.name: path.read_bytes() for path in paths}
    try:
        loaded = load_models(sources.values(), limits=_LIMITS)
    except UnreadableModel as error:
        return {}, str(error)
    by_file = {}
    for name, source in sources.items():
        namespace = xml.read(source, _LIMITS).get("namespace", "")
        by_file[name] = loaded[namespace]
    return by_file, ""


def _run_file(path: Path, models: Mapping[str, DmnModel], problem: str) -> Iterator[Outcome]:
    try:
        root = xml.read(path.read_bytes(), _LIMITS)
    except xml.Unreadable as error:
        yield Outcome(f"{path.parent.name}/{path.stem}", "skipped", str(error))
        return
    wanted = (root.findtext("{*}modelName") or "").strip()
    model = models.get(wanted)
    for case in root.iterchildren("{*}testCase"):
        name = f"{path.parent.name}/{path.stem}/{case.get('id')}"
        if model is None:
            yield Outcome(name, "failed", problem or f"there is no model {wanted!r}")
            continue
        why = _run_case(model, case)
        yield Outcome(name, "failed" if why else "passed", why)


def _run_case(model: DmnModel, case: Any) -> str:
    """Return why a case fails; nothing when it passes."""
    try:
        context = {node.get("name"): _value(node) for node in case.iterchildren("{*}inputNode")}
    except (Refusal, ValueError) as error:
        return f"an input cannot be read: {error}"
    for result in case.iterchildren("{*}resultNode"):
        why = _check(model, case, result, context)
        if why:
            return f"{result.get('name')}: {why}"
    return ""


def _check(model: DmnModel, case: Any, result: Any, context: Mapping[str, Any]) -> str:
    expected = result.find("{*}expected")
    wanted = None if expected is None else _value(expected)
    try:
        decided = _evaluate(model, case, result.get("name"), context)
    except (EvaluationFailed, FeelError) as error:
        return "" if result.get("errorResult") == "true" else f"expected {show(wanted)}, but {error}"
    except LookupError as error:
        return str(error)
    if _same(decided.value, wanted):
        return ""
    because = f" ({decided.warnings[0]})" if decided.warnings else ""
    return f"expected {show(wanted)}, found {show(decided.value)}{because}"


def _evaluate(model: DmnModel, case: Any, name: str, context: Mapping[str, Any]) -> Decided:
    match case.get("type", "decision"):
        case "decisionService":
            decided = model.evaluate_service(case.get("invocableName"), context, now=_CLOCK)
            return _part(decided, name)
        case "bkm":
            return model.evaluate_knowledge(case.get("invocableName"), context, now=_CLOCK)
        case _:
            return model.evaluate_decision(name, context, now=_CLOCK)


def _part(decided: Decided, name: str) -> Decided:
    """Return one output of a service that has several."""
    if isinstance(decided.value, Mapping) and name in decided.value:
        return replace(decided, value=decided.value[name])
    return decided


def _value(element: Any) -> Any:
    """Read a value: simple, list or components."""
    listed = element.find("{*}list")
    if listed is not None:
        return None if _is_nil(listed) else [_value(item) for item in listed.iterchildren("{*}item")]
    components = list(element.iterchildren("{*}component"))
    if components:
        return {part.get("name"): None if _is_nil(part) else _value(part) for part in components}
    simple = element.find("{*}value")
    if simple is None or _is_nil(simple):
        return None
    return _simple(simple)


_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def _is_nil(element: Any) -> bool:
    return bool(element.get(f"{_XSI}nil") in ("true", "1"))


def _simple(element: Any) -> Any:
    text = element.text or ""
    match element.get(f"{_XSI}type", "").rpartition(":")[2]:
        case "decimal" | "double" | "float" | "integer" | "int" | "long":
            return numbers.simplify(numbers.parse(text.strip()) if text.strip()[:1] != "-" else _negative(text))
        case "boolean":
            return text.strip() in ("true", "1")
        case "date":
            return parse_date(text.strip())
        case "time":
            return parse_time(text.strip())
        case "dateTime":
            return parse_date_time(text.strip())
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return parse_duration(text.strip())
        case _:
            return text


def _negative(text: str) -> numbers.Number:
    return numbers.negate(numbers.parse(text.strip()[1:]))


def _same(found: Any, wanted: Any) -> bool:
    """Compare exactly, but for the digits of numbers that a double could not have."""
    match found, wanted:
        case list(), list():
            return len(found) == len(wanted) and all(map(_same, found, wanted))
        case Mapping(), Mapping():
            return found.keys() == wanted.keys() and all(_same(value, wanted[name]) for name, value in found.items())
        case (Time(), Time()) | (DateTime(), DateTime()):
            return found == wanted
        case _ if is_number(found) and is_number(wanted):
            return _close(numbers.decimal(found), numbers.decimal(wanted))
        case _:
            return type(found) is type(wanted) and bool(found == wanted)


def _close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= _TOLERANCE * max(abs(a), abs(b), Decimal(1))
