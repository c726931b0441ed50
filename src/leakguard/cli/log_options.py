"""`--log-level`, `--log-format` and `--log-file`: the options of every command about its log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.settings import Settings

LEVELS, FORMATS = ("debug", "info", "warning", "error"), ("console", "json")
_DEEPEST = 3
"""Words of the longest command."""
Command = TypeVar("Command", bound=Callable[..., Any])


def log_options(command: Command) -> Command:
    """The three options; each has an environment variable, for services that are started without a command line."""
    for name, kind, text in (
        ("--log-file", click.Path(), "Write the log to this file instead of stderr."),
        ("--log-format", click.Choice(FORMATS), "Format of the log (default: console)."),
        ("--log-level", click.Choice(LEVELS), "Log events of this level and above (default: no log)."),
    ):
        metavar = "FILE" if isinstance(kind, click.Path) else None
        command = click.option(
            name, type=kind, metavar=metavar, envvar=f"LEAKGUARD_{name[2:].upper().replace('-', '_')}", help=text
        )(command)
    return command


def begin_chosen(
    context: Context, ctx: click.Context, *, level: str | None, form: str | None, file: str | None
) -> None:
    """Log where an option or the environment asks for it; see `begin_stated` for what `leakguard.toml` says alone.

    Of each of the three, the nearest word counts: what neither states is as in `leakguard.toml`.
    """
    if level or form or file:
        stated = {} if level and form and file else _stated()
        _begin(
            context, ctx, level=level or stated.get("log_level", ""), form=form or stated.get("log_format", ""),
            file=file or stated.get("log_file", ""),
        )  # fmt: skip


def _stated() -> dict[str, str]:
    """What `leakguard.toml` says of the log; what is wrong with it is told by whoever reads all of it."""
    from pathlib import Path  # noqa: PLC0415  (most commands log nothing)

    from leakguard.errors import BadFile  # noqa: PLC0415  (as above)
    from leakguard.files.opening import read_text  # noqa: PLC0415  (as above)
    from leakguard.settings import FILE, parse_toml  # noqa: PLC0415  (as above)

    try:
        values = parse_toml(read_text(FILE), Path(FILE))
    except BadFile:
        return {}
    known = {"log_level": LEVELS, "log_format": FORMATS, "log_file": None}
    return {
        name: value
        for name, words in known.items()
        if isinstance(value := values.get(name), str) and (words is None or value in words)
    }


def begin_stated(context: Context, settings: Settings) -> None:
    """Log as `leakguard.toml` says, where neither an option nor the environment asks for a log."""
    ctx = click.get_current_context(silent=True)
    if context.running_log is None and (settings.log_level or settings.log_format or settings.log_file):
        _begin(context, ctx, level=settings.log_level, form=settings.log_format, file=settings.log_file)


def _begin(context: Context, ctx: click.Context | None, *, level: str, form: str, file: str) -> None:
    from leakguard.wiring.logs import LogChoice, begin_log  # noqa: PLC0415  (most commands log nothing)

    root = ctx.find_root() if ctx is not None else None
    command = _command_name(context.arguments, root) if root is not None else "leakguard"
    choice = LogChoice(level=level, format=form, file=file)
    context.running_log = begin_log(choice, command=command, has_colours=not context.has_no_color)


def _command_name(arguments: Sequence[str], root: click.Context) -> str:
    """The command by the names that LeakGuard gives it; nothing that a user typed beside them."""
    from leakguard.cli.repeating import command_names  # noqa: PLC0415  (most commands log nothing)

    first = root.invoked_subcommand or ""
    words = list(arguments[arguments.index(first) :]) if first in arguments else [first]
    return " ".join(["leakguard", *command_names(words, root.command)[:_DEEPEST]])
