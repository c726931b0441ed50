"""Passwords and codes: asked for without echo, or read from a file; never the value of an option."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from leakguard.cli.options import read_text
from leakguard.errors import UsageProblem

Command = TypeVar("Command", bound=Callable[..., Any])
_MOST = 8192
"""Bytes of a file with a password."""


def password_file_option(command: Command) -> Command:
    """`--password-file FILE`."""
    return click.option(
        "--password-file", metavar="FILE", help="Read the password from the first line of FILE; `-` is stdin."
    )(command)


def password_in(path: str | None) -> str | None:
    """The first line of a file; nothing where none was named. Raises `BadFile`."""
    return read_text(path, most=_MOST).partition("\n")[0] if path is not None else None


def ask_password(known: str | None, *, what: str = "Password", is_new: bool = False) -> str:
    """The password that a file held, or as it is typed, twice where it is new; raises `UsageProblem` without either."""
    if known is not None:
        return known
    if not sys.stdin.isatty():
        raise UsageProblem(
            "nobody can be asked for the password here, as there is no terminal",
            next_step="Name a file that holds it: --password-file FILE, or `-` for stdin.",
        )
    return str(click.prompt(what, hide_input=True, confirmation_prompt=is_new, err=True))


def ask_code() -> str:
    """The code of a second factor, as it is typed; empty where nobody can be asked."""
    return str(click.prompt("Code", default="", show_default=False, err=True)) if sys.stdin.isatty() else ""
