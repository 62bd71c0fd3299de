"""Runs the cases of the DMN Technology Compatibility Kit: ``baton tck DIR``.

Whatever lies in the folder, every case ends as passed or failed with a reason: a file that cannot be read, a model
that is not there and a mistake of ours are reasons like any other.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from orchestrator.domain.limits import Limits
from orchestrator.engine import xml
from orchestrator.engine.dmn.decisions import Decided, DmnModel, EvaluationFailed
from orchestrator.engine.dmn.loading import UnreadableModel, load_with_imports, read_head
from orchestrator.engine.dmn.tck_values import Empty, read_value, same
from orchestrator.engine.feel.errors import FeelError, Refusal
from orchestrator.engine.feel.text import show

_LIMITS = Limits(model_bytes=20_000_000, model_elements=200_000)
_CLOCK = datetime(2025, 1, 1, 12, tzinfo=UTC)  #: cases that ask for the time only ask for its type
_LINE = 1_000  #: characters of a reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case."""

    case: str
    status: str  #: passed, failed or skipped
    why: str = ""

    def __str__(self) -> str:
        return " ".join(f"{self.status}: {self.case}: {self.why}".split())[:_LINE]


@dataclass(frozen=True, slots=True)
class _Folder:
    """The models of a folder by file name, and why others could not be loaded."""

    models: Mapping[str, DmnModel]
    problems: Mapping[str, str]

    def model(self, wanted: str) -> DmnModel | str:
        """Return a model, or why there is none; a case that names none means the only one."""
        if not wanted and len(self.models) == 1:
            return next(iter(self.models.values()))
        return self.models.get(wanted) or self.problems.get(wanted) or f"there is no model {wanted!r}"


def run(directory: Path | str, out: TextIO) -> int:
    """Run all cases below a directory; print those that do not pass and the totals. Returns 0 when all pass."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for outcome in outcomes(Path(directory)):
        counts[outcome.status] += 1
        if outcome.status != "passed":
            encoding = out.encoding or "utf-8"  # a file's name and a model's text may hold anything
            print(str(outcome).encode(encoding, "backslashreplace").decode(encoding), file=out)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped", file=out)
    return int(counts["failed"] > 0 or counts["passed"] == 0)


def outcomes(directory: Path) -> Iterator[Outcome]:
    """Yield what became of every case, folder by folder."""
    paths = sorted(path for path in directory.rglob("*") if path.suffix.lower() in (".dmn", ".xml") and path.is_file())
    for folder in sorted({path.parent for path in paths}):
        own = [path for path in paths if path.parent == folder]
        models = _load([path for path in own if path.suffix.lower() == ".dmn"])
        for path in own:
            if path.suffix.lower() == ".xml":
                yield from _run_file(path, models)


def _load(paths: Iterable[Path]) -> _Folder:
    """Load each file of a folder on what the others offer to import."""
    sources: dict[str, bytes] = {}
    problems: dict[str, str] = {}
    for path in paths:
        try:
            sources[path.name] = path.read_bytes()
            read_head(sources[path.name], limits=_LIMITS)
        except (OSError, UnreadableModel) as problem:
            sources.pop(path.name, None)
            problems[path.name] = f"the model cannot be read: {problem}"
    models: dict[str, DmnModel] = {}
    for name, source in sources.items():
        others = [content for other, content in sources.items() if other != name]
        try:
            models[name] = load_with_imports(source, others, limits=_LIMITS)
        except Exception as problem:  # noqa: BLE001 - one bad model must not take the other folders with it
            problems[name] = f"the model cannot be loaded: {_words(problem)}"
    return _Folder(models, problems)


def _words(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"


def _run_file(path: Path, folder: _Folder) -> Iterator[Outcome]:
    whole = f"{path.parent.name}/{path.stem}"
    try:
        root = xml.read(path.read_bytes(), _LIMITS)
    except (OSError, xml.Unreadable) as problem:
        yield Outcome(whole, "failed", f"the cases cannot be read: {problem}")
        return
    cases = list(root.iterchildren("{*}testCase"))
    if not cases:
        yield Outcome(whole, "failed", f"there is no test case in the element '{root.tag}'")
    model = folder.model((root.findtext("{*}modelName") or "").strip())
    for number, case in enumerate(cases, 1):
        name = f"{whole}/{case.get('id') or number}"
        try:
            why = model if isinstance(model, str) else _run_case(model, case)
        except Exception as problem:  # noqa: BLE001 - a mistake of ours is a failed case
            why = _words(problem)
        yield Outcome(name, "failed" if why else "passed", why)


def _run_case(model: DmnModel, case: Any) -> str:
    """Return why a case fails; nothing when it passes."""
    try:
        context = _context(model, case)
    except (Refusal, ValueError) as problem:
        return f"an input cannot be read: {problem}"
    results = list(case.iterchildren("{*}resultNode"))
    for result in results:
        why = _check(model, case, result, context)
        if why:
            return f"{result.get('name')}: {why}"
    return "" if results else "there is no result to compare"


def _context(model: DmnModel, case: Any) -> dict[str, Any]:
    """Return the inputs; those of another namespace stand under the name of its import."""
    aliases = {each.namespace: each.name for each in model.definitions.imports if each.name}
    context: dict[str, Any] = {}
    for node in case.iterchildren("{*}inputNode"):
        value, alias = read_value(node), aliases.get(node.get("namespace", ""))
        place = context if alias is None else context.setdefault(alias, {})
        place[" ".join((node.get("name") or "").split())] = None if isinstance(value, Empty) else value
    return context


def _check(model: DmnModel, case: Any, result: Any, context: Mapping[str, Any]) -> str:
    expected = result.find("{*}expected")
    try:
        wanted = None if expected is None else read_value(expected)
    except (Refusal, ValueError) as problem:
        return f"the expected value cannot be read: {problem}"
    try:
        decided = _evaluate(model, case, result, context)
    except (EvaluationFailed, FeelError) as problem:
        is_expected = result.get("errorResult") in ("true", "1")
        return "" if is_expected else f"expected {show(wanted)}, but {problem}"
    except LookupError as problem:
        return str(problem)
    if same(decided.value, wanted):
        return ""
    because = f" ({decided.warnings[0]})" if decided.warnings else ""
    return f"expected {_shown(wanted)}, found {_shown(decided.value)}{because}"


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else show(value)


def _evaluate(model: DmnModel, case: Any, result: Any, context: Mapping[str, Any]) -> Decided:
    name = result.get("name") or ""
    match case.get("type", "decision"):
        case "decisionService":
            return _serve(model, case.get("invocableName") or "", context, name)
        case "bkm":
            return model.evaluate_knowledge(case.get("invocableName") or name, context, now=_CLOCK)
        case _:
            by_name = next((each.element_id for each in model.decisions if each.name == name), name)
            return model.evaluate_decision(by_name, context, now=_CLOCK)


def _serve(model: DmnModel, service: str, context: Mapping[str, Any], output: str) -> Decided:
    """Call a service; where it has several outputs, return the one that is asked for."""
    decided = model.evaluate_service(service, context, now=_CLOCK)
    several = any(len(each.outputs) > 1 for each in model.services if service in (each.name, each.element_id))
    if several and isinstance(decided.value, Mapping) and output in decided.value:
        return replace(decided, value=decided.value[output])
    return decided
