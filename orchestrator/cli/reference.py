"""The commands' reference, made of what they say about themselves."""

from collections.abc import Iterator

import click

from orchestrator.cli import COMMANDS, baton


def reference() -> str:
    """Return a section for each command."""
    context = click.Context(baton, info_name="baton")
    parts: list[str] = []
    for name in COMMANDS:
        command = baton.get_command(context, name)
        if command is not None:
            parts += _section(command, f"baton {name}")
    return "\n".join(parts)


def _section(command: click.Command, path: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        yield f"## {path}\n\n{_text(command)}\n"
        for name, inner in command.commands.items():
            yield from _section(inner, f"{path} {name}")
        return
    arguments = [
        each.make_metavar(click.Context(command)) for each in command.params if isinstance(each, click.Argument)
    ]
    heading = "##" if path.count(" ") == 1 else "###"
    yield f"{heading} {path}\n\n```text\n{' '.join([path, *arguments])}\n```\n\n{_text(command)}\n"
    rows = [_row(each) for each in command.params if isinstance(each, click.Option)]
    if rows:
        yield "\n".join(["| option | meaning |", "|---|---|", *rows, ""])


def _text(command: click.Command) -> str:
    return " ".join((command.help or "").split())


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{each}`" for each in option.opts)
    default = option.default
    shown = (
        f" Default: `{', '.join(default) if isinstance(default, list) else default}`."
        if option.show_default and default
        else ""
    )
    return f"| {names} | {' '.join((option.help or '').split())}{shown} |"
