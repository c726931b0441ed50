"""Refuses what was given and is empty, most often by an unset variable of a script, before it means "everything".

Every command passes here, so this is also where a reason that nobody can read is refused.
"""

from __future__ import annotations

from typing import NoReturn

import click
from click.core import ParameterSource

from leakguard.errors import UsageProblem
from leakguard.models.people import refuse_unreadable

_REASON = "--reason"


def refuse_empty(ctx: click.Context) -> None:
    """Raise `UsageProblem` for an option or an argument that was given an empty text, or a reason without words."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE and _is_empty(ctx.params.get(name)):
            is_option = isinstance(parameter, click.Option)
            refuse(max(parameter.opts, key=len) if is_option else parameter.human_readable_name.strip("[]."))
        if _REASON in parameter.opts:
            refuse_unreadable(ctx.params.get(name) or "")


def refuse(what: str) -> NoReturn:
    """Raise `UsageProblem` for `what`, as it is written on the command line."""
    raise UsageProblem(
        f"{what} was given an empty text",
        next_step="Write what you mean, or leave it out; in a script, look whether a variable is unset.",
    )


def _is_empty(value: object) -> bool:
    return value == "" or (isinstance(value, tuple) and "" in value)
