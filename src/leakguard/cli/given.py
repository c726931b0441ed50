"""Refuses what was given and is empty, most often by an unset variable of a script, before it means "everything"."""

from __future__ import annotations

from typing import NoReturn

import click
from click.core import ParameterSource

from leakguard.errors import UsageProblem


def refuse_empty(ctx: click.Context) -> None:
    """Raise `UsageProblem` for an option or an argument of this command that was given an empty text."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE and _is_empty(ctx.params.get(name)):
            is_option = isinstance(parameter, click.Option)
            refuse(max(parameter.opts, key=len) if is_option else parameter.human_readable_name.strip("[]."))


def refuse(what: str) -> NoReturn:
    """Raise `UsageProblem` for `what`, as it is written on the command line."""
    raise UsageProblem(
        f"{what} was given an empty text",
        next_step="Write what you mean, or leave it out; in a script, look whether a variable is unset.",
    )


def _is_empty(value: object) -> bool:
    return value == "" or (isinstance(value, tuple) and "" in value)
