"""What every command shares: the context object, the store option, formats, times."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leakguard.errors import BadFile, Problem

if TYPE_CHECKING:
    from rich.console import Console

    from leakguard.wiring import Wiring

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Context:
    """What the options before the command said; builds the wiring when a command first asks."""

    store: str | None = None
    no_color: bool = False
    quiet: bool = False

    @cached_property
    def wiring(self) -> Wiring:
        """The adapters of this run."""
        from leakguard.wiring import Wiring  # noqa: PLC0415  (`--help` must not load it)

        return Wiring.from_environment(store=self.store)

    @cached_property
    def console(self) -> Console:
        """Tables and marks for a person, on stdout."""
        return self._console(stderr=False)

    @cached_property
    def notes(self) -> Console:
        """Progress and remarks, on stderr; silent with `--quiet`."""
        return self._console(stderr=True)

    def _console(self, *, stderr: bool) -> Console:
        from rich.console import Console  # noqa: PLC0415  (`--help` must not load it)

        plain = self.no_color or bool(os.environ.get("NO_COLOR"))
        width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 160
        return Console(
            stderr=stderr, no_color=plain, highlight=False, quiet=stderr and self.quiet, soft_wrap=False, width=width
        )


pass_context = click.make_pass_decorator(Context, ensure=True)


def store_option(command: Command) -> Command:
    """`--store FILE` behind the command as well as before it."""

    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value:
            ctx.ensure_object(Context).store = value

    return click.option(
        "--store", metavar="FILE", expose_value=False, callback=remember, help="The store: a SQLite file."
    )(command)


def read_text(path: str) -> str:
    """The text of a file that the user named (`-` is stdin); raises `BadFile` when it cannot be read."""
    try:
        if path == "-":
            return sys.stdin.read()
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(path, (Problem(where="", text=error.strerror or type(error).__name__),)) from error
    except UnicodeDecodeError as error:
        raise BadFile(path, (Problem(where="", text="not UTF-8 text"),)) from error
