"""Command lines of documents, parsed as the command line would parse them, and never run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from leakguard.cli.app import app


def all_commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command at the ends of the tree below `group`, with its path."""
    context = click.Context(group)
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from all_commands(command, (*path, name))
    else:
        yield path, group


def all_groups(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Group]]:
    """`group` and every group below it, with its path."""
    yield path, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from all_groups(command, (*path, name))


def examples_of(command: click.Command) -> list[str]:
    """The lines of `leakguard` in a command's help, without what is piped around them."""
    text = re.sub(r"\s*\\\n\s*", " ", command.epilog or "")
    lines = [line.strip() for line in text.splitlines()]
    return [found[1] for line in lines if (found := re.search(r"(?:^|\| |\* |&& )(leakguard .*)", line))]


def parse_line(line: str) -> click.Context:
    """Walk down the groups and let the command parse its arguments; raises what click raises."""
    words = re.split(r" (?:[|<>&]|\|\|) | >> ", line, maxsplit=1)[0]
    rest = shlex.split(words, comments=True)[1:]
    command: click.Command = app
    context = click.Context(app, info_name="leakguard")
    while isinstance(command, click.Group):
        with command.make_context(context.info_name or "", list(rest), parent=context.parent) as context:
            name, found, rest = command.resolve_command(context, [*context._protected_args, *context.args])  # noqa: SLF001  (click has no public name)
        assert found is not None
        command = found
        context = click.Context(command, info_name=name, parent=context)
    return command.make_context(command.name or "", list(rest), parent=context.parent)
