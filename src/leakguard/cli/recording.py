"""`--by NAME`, which every command that records something in the ledger has, and which no other command has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from leakguard.cli.given import refuse
from leakguard.cli.options import Context
from leakguard.models.people import BySource, Recorder, refuse_nameless

Command = TypeVar("Command", bound=Callable[..., Any])
NAMES_NOTE = (
    "Names are as they were typed, or as the operating system calls the user; nobody is authenticated but who is marked"
    " as logged in, or by an API token."
)
"""Said wherever names are shown."""


class ByOption(click.Option):
    """The mark by which a command that records is known, and by which tests find them all."""


def records(who: str, *, program: str = "") -> Callable[[Command], Command]:
    """Make a command one that records: `who` is what its `--by NAME` asks for.

    Without the option it is the account that is logged in, else the user of the operating system, or `program` for what
    runs without a person; in any case the record says so. The name arrives as `context.by`.
    """
    default = (
        f"`{program}`, marked as a program"
        if program
        else "the logged-in LeakGuard account, else the operating system user"
    )

    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        context = ctx.ensure_object(Context)
        if value is not None:
            refuse_nameless(value or refuse("--by"))
            context.typed_recorder = Recorder(name=" ".join(value.split()))
        elif program:
            context.typed_recorder = Recorder(name=program, source=BySource.PROGRAM, actor=f"program:{program}")

    text = f"{who} (default: {default}). The entry records where the name comes from."
    return click.option("--by", metavar="NAME", cls=ByOption, expose_value=False, callback=remember, help=text)


def second_option(text: str, *, required: bool = False) -> Callable[[Command], Command]:
    """`--second NAME`: another person, who is always typed."""

    def refuse_none(_: click.Context, __: click.Parameter, value: str | None) -> str:
        if value:
            refuse_nameless(value, option="--second")
        return value or ""

    return click.option("--second", metavar="NAME", required=required, callback=refuse_none, help=text)
