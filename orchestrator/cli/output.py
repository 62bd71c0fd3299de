"""What commands print: tables for people, JSON for programs, and the same values in both."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any, TypeVar

import click

from orchestrator.domain.finding import Finding, Severity

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
LONGEST = 60  #: of a value in a table
MANY = 20  #: things from which on a progress bar is worth its line

T = TypeVar("T")


def progress(things: Iterable[T], count: int, label: str) -> Iterator[T]:
    """Pass things on, and show a person who waits for many of them how far it is."""
    hidden = count < MANY or not sys.stderr.isatty()
    with click.progressbar(things, length=count, label=label, hidden=hidden, file=sys.stderr) as shown:
        yield from shown


def print_json(value: Any, *, into: IO[str] | None = None) -> None:
    """Print a value for programs: keys as strings of digits, moments in ISO 8601."""
    import orjson

    packed = orjson.dumps(plain(value), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str)
    click.echo(packed.decode(), file=into)


def plain(value: Any, name: str = "") -> Any:
    """Return a value as JSON has it; whole numbers named ``…key`` become strings, since JavaScript would round them."""
    match value:
        case Mapping():
            return {str(each): plain(inner, str(each)) for each, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each, name) for each in value]
        case bool():
            return value
        case int() if name == "key" or name.endswith("_key"):
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            return value


def print_rows(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool, empty: str) -> None:
    """Print rows; ``columns`` are field names and headings."""
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo(empty)
        return
    table([[cell(row.get(name)) for name in columns] for row in rows], list(columns.values()))


def table(rows: Iterable[Sequence[str]], headings: Sequence[str], *, into: IO[str] | None = None) -> None:
    """Print a table that fits the terminal; piped, it keeps its full width."""
    from rich.console import Console
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        made.add_column(heading, no_wrap=heading == "key", overflow="fold")
    for row in rows:
        made.add_row(*row)
    terminal = Console(highlight=False, file=into)
    console = terminal if terminal.is_terminal else Console(highlight=False, width=200, file=into)
    console.print(made)


def cell(value: Any) -> str:
    """Return a value as a short text without any markup of its own."""
    from rich.markup import escape

    match value:
        case None:
            text = ""
        case datetime():
            text = value.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        case bool():
            text = "yes" if value else "no"
        case list() | tuple() if all(isinstance(each, str) for each in value):
            text = ", ".join(value)
        case list() | tuple() | Mapping():
            text = one_line(value)
        case _:
            text = str(value)
    text = " ".join(text.split())
    return escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")


def one_line(value: Any) -> str:
    """Return a value as JSON on one line."""
    import orjson

    return orjson.dumps(plain(value), default=str).decode()


def print_findings(findings: Sequence[Finding], *, to_stderr: bool = False, into: IO[str] | None = None) -> None:
    """Print remarks on models, a line each: place, severity, rule, sentence."""
    for each in findings:
        place = ":".join(str(part) for part in (each.resource, each.line) if part)
        element = f" [{each.element_name or each.element_id}]" if each.element_id else ""
        click.echo(
            f"{place + ': ' if place else ''}"
            + click.style(each.severity.value, fg=COLOURS[each.severity])
            + f" {each.rule}{element}: {each.message}",
            file=into,
            err=to_stderr,
        )
