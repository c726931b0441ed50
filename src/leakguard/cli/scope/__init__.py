"""`leakguard scope`: what may be probed, by whose permission, until when."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup


@click.command(
    cls=LazyGroup,
    lazy={
        "init": ("leakguard.cli.scope.init:init_cmd", "Write a scope file to fill in."),
        "add": ("leakguard.cli.scope.init:add_cmd", "Add assets to the scope."),
        "show": ("leakguard.cli.scope.show:show_cmd", "Show the scope and whether it is valid today."),
        "check": ("leakguard.cli.scope.show:check_cmd", "Say whether a target may be probed."),
        "suggest": (
            "leakguard.cli.scope.suggest:suggest_cmd",
            "List the servers that your pages use and the scope lacks.",
        ),
    },
)
def scope_group() -> None:
    """Define what may be probed, with whose permission, and for how long.

    Nothing outside a valid scope is ever probed. An excluded asset is never probed, even if it is also included.
    """
