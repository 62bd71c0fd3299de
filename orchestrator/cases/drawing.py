"""Draw what cases have gone through: the model's own picture, green where they went and red where none did."""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from orchestrator.cases.coverage import Coverage
from orchestrator.engine.layout.picture import Box, Picture, Way, pictures

MARGIN = 30
LINE = 15  #: height of a line of text
LETTER = 6.3  #: width of a letter, about
WIDEST_LABEL = 15  #: letters of a line beside an event or gateway

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1c2430; background: #fff; }
body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid #d8dee6; }
figure { margin: 1rem 0; overflow: auto; border: 1px solid #d8dee6; border-radius: 6px; padding: .5rem; }
code { background: #f1f4f8; padding: .1rem .3rem; border-radius: 3px; }
svg { font: 12px Arial, sans-serif; max-width: 100%; height: auto; } svg text { text-anchor: middle; fill: #1c2430; }
.box { fill: #fff; stroke: #5b6675; stroke-width: 1.5; } .around { fill: none; }
.way { fill: none; stroke: #5b6675; stroke-width: 1.5; }
.hit .box { fill: #e2f5e9; stroke: #1a7f45; } .missed .box { fill: #fde7e7; stroke: #c62828; stroke-dasharray: 5 3; }
.hit.around .box, .missed.around .box { fill: none; }
.hit .way { stroke: #1a7f45; stroke-width: 2; } .missed .way { stroke: #c62828; stroke-dasharray: 5 3; }
.count rect { fill: #1a7f45; } svg .count text { fill: #fff; font-size: 10px; font-weight: bold; }
"""
_PLAIN = frozenset({"participant", "lane", "textAnnotation", "group", "dataObjectReference", "dataStoreReference"})
_AROUND = frozenset({"subProcess", "transaction", "adHocSubProcess", "participant", "lane", "group"})
_MARKS = {
    "exclusiveGateway": "✕",
    "parallelGateway": "+",
    "inclusiveGateway": "○",
    "complexGateway": "✱",
    "eventBasedGateway": "⬠",
    "message": "✉",
    "timer": "◷",
    "signal": "△",
    "error": "↯",
    "escalation": "⇑",
    "conditional": "≡",
    "compensate": "◁◁",
    "link": "➔",
    "terminate": "●",
    "cancel": "✕",
}


def write(coverage: Sequence[Coverage], folder: Path) -> Path:
    """Write a page of all models into a folder, and each picture as a file of its own; return the page."""
    folder.mkdir(parents=True, exist_ok=True)
    sections = []
    for each in coverage:
        drawn = [svg(picture, each) for picture in pictures(each.source)]
        for number, text in enumerate(drawn, 1):
            name = f"{each.model}-{each.file}{f'-{number}' if number > 1 else ''}.svg"
            (folder / name).write_text(text, encoding="utf-8")
        sections.append(_section(each, drawn))
    page = folder / "index.html"
    page.write_text(_page(coverage, sections), encoding="utf-8")
    return page


def _page(coverage: Sequence[Coverage], sections: Sequence[str]) -> str:
    rows = "".join(
        f'<tr><td><a href="#{escape(_anchor(each))}">{escape(each.model)}</a></td><td>{escape(each.file)}</td>'
        f"<td>{len(each.elements) - len(each.left)} of {len(each.elements)}</td>"
        f"<td>{len(each.flows) - len(each.left_flows)} of {len(each.flows)}</td><td>{each.percent} %</td></tr>"
        for each in coverage
    )
    heads = "".join(f"<th>{word}</th>" for word in ("Model", "File", "Elements", "Flows", "Visited"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>What the cases visit</title>'
        f"<style>{STYLE}</style></head><body><h1>What the cases visit</h1>"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{''.join(sections)}</body></html>"
    )


def _section(each: Coverage, drawn: Sequence[str]) -> str:
    figures = "".join(f"<figure>{text}</figure>" for text in drawn)
    title = f'<h2 id="{escape(_anchor(each))}">{escape(each.model)}: {escape(each.file)}, {each.percent} %</h2>'
    return title + _left("No case visits", each.left) + _left("No case takes the flows", each.left_flows) + figures


def _left(words: str, ids: Sequence[str]) -> str:
    return f"<p>{words} {', '.join(f'<code>{escape(each)}</code>' for each in ids)}.</p>" if ids else ""


def _anchor(each: Coverage) -> str:
    return f"{each.model}-{each.file}"


def svg(picture: Picture, coverage: Coverage) -> str:
    """Return a page of a model as SVG."""
    spots = [(box.x, box.y) for box in picture.boxes] + [
        (box.x + box.width, box.y + box.height + LINE) for box in picture.boxes
    ]
    spots += [point for way in picture.ways for point in way.points]
    left, top = min((x for x, _ in spots), default=0) - MARGIN, min((y for _, y in spots), default=0) - MARGIN
    width = max((x for x, _ in spots), default=0) + MARGIN - left
    height = max((y for _, y in spots), default=0) + MARGIN - top
    parts = [*(_box(box, coverage) for box in picture.boxes), *(_way(way, coverage) for way in picture.ways)]
    arrow = (
        '<defs><marker id="arrow" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M 0 0 L 10 5 L 0 10 Z" fill="context-stroke"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(coverage.file)}" '
        f'viewBox="{left:g} {top:g} {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f"<style>{escape(STYLE)}</style>{arrow}{''.join(parts)}</svg>"
    )


def _state(identity: str, counts: dict[str, int]) -> str:
    return "" if identity not in counts else "hit" if counts[identity] else "missed"


def _box(box: Box, coverage: Coverage) -> str:
    counts = dict(coverage.elements)
    css = " ".join(filter(None, (_state(box.id, counts), "around" if box.kind in _AROUND else "")))
    label = "".join(_label(box))
    count = _count(box, counts.get(box.id, 0))
    title = f"<title>{escape(box.name or box.id)}: {counts.get(box.id, 0)}</title>" if box.id in counts else ""
    return f'<g class="{css}" data-element-id="{escape(box.id)}">{title}{_outline(box)}{label}{count}</g>'


def _outline(box: Box) -> str:
    x, y, width, height = box.x, box.y, box.width, box.height
    middle_x, middle_y = x + width / 2, y + height / 2
    if box.kind.endswith("Event"):
        thick = ' style="stroke-width:3.5"' if box.kind == "endEvent" else ""
        ring = "" if box.kind in {"startEvent", "endEvent"} else _circle(middle_x, middle_y, width / 2 - 3)
        return _circle(middle_x, middle_y, width / 2, thick) + ring
    if box.kind.endswith("Gateway"):
        points = ((middle_x, y), (x + width, middle_y), (middle_x, y + height), (x, middle_y))
        return f'<polygon class="box" points="{_points(points)}"/>'
    round_ = 0 if box.kind in _PLAIN else 10
    double = _rect(x + 3, y + 3, width - 6, height - 6, 7) if box.kind == "transaction" else ""
    return _rect(x, y, width, height, round_) + double


def _circle(x: float, y: float, radius: float, more: str = "") -> str:
    return f'<circle class="box" cx="{x:g}" cy="{y:g}" r="{radius:g}"{more}/>'


def _rect(x: float, y: float, width: float, height: float, round_: float) -> str:
    return f'<rect class="box" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{round_}"/>'


def _label(box: Box) -> Iterator[str]:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    mark = _MARKS.get(box.kind) or _MARKS.get(box.symbol or "")
    if mark:
        yield f'<text x="{x:g}" y="{y + 5:g}">{mark}</text>'
    if not box.name:
        return
    if box.kind in {"participant", "lane"}:
        turned = f'transform="rotate(-90 {box.x + 18:g} {y:g})"'
        yield f'<text x="{box.x + 18:g}" y="{y:g}" {turned}>{escape(box.name)}</text>'
        return
    beside = box.kind.endswith(("Event", "Gateway", "Reference"))
    lines = list(_lines(box.name, WIDEST_LABEL if beside else max(8, int(box.width / LETTER) - 1)))
    top = box.y + box.height + LINE if beside else y - LINE * (len(lines) - 1) / 2 + 4
    if box.kind in _AROUND and box.height > 100:  # noqa: PLR2004 - an open one; its name stands above what is inside
        top = box.y + LINE + 3
    for number, line in enumerate(lines):
        yield f'<text x="{x:g}" y="{top + number * LINE:g}">{escape(line)}</text>'


def _lines(text: str, most: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= most:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    if line:
        yield line


def _count(box: Box, count: int) -> str:
    if not count:
        return ""
    width = 8 + LETTER * len(str(count))
    x, y = box.x + box.width - width / 2, box.y - 7
    return (
        f'<g class="count"><rect x="{x:g}" y="{y:g}" width="{width:g}" height="14" rx="7"/>'
        f'<text x="{x + width / 2:g}" y="{y + 10.5:g}">{count}</text></g>'
    )


def _way(way: Way, coverage: Coverage) -> str:
    state = _state(way.id, dict(coverage.flows))
    end = ' marker-end="url(#arrow)"' if way.kind in {"sequenceFlow", "messageFlow"} else ""
    dashed = "" if way.kind == "sequenceFlow" else ' stroke-dasharray="3 4"'
    (from_x, from_y), (to_x, to_y) = way.points[-2:]  # where branches have parted
    x, y = (from_x + to_x) / 2, (from_y + to_y) / 2
    name = f'<text x="{x:g}" y="{y - 5:g}">{escape(way.name)}</text>' if way.name else ""
    line = f'<polyline class="way" points="{_points(way.points)}"{end}{dashed}/>'
    return f'<g class="{state}" data-element-id="{escape(way.id)}">{line}{name}</g>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
