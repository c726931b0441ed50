"""`leakguard token`: secrets by which programs use the store as an account."""

from __future__ import annotations

import click

from leakguard.cli.lazy import LazyGroup

_ROOM = "leakguard.cli.token"


@click.command(
    cls=LazyGroup,
    lazy={
        "add": (f"{_ROOM}.tokens:add_cmd", "Create a token, and show it once."),
        "list": (f"{_ROOM}.tokens:list_cmd", "List tokens, without their secrets."),
        "revoke": (f"{_ROOM}.tokens:revoke_cmd", "Revoke a token at once."),
    },
)
def token_group() -> None:
    """Create tokens for programs: for the API, and for commands with LEAKGUARD_TOKEN in the environment.

    A token is shown once, and only its hash is kept. It begins with `lg_`, so that secret scanners find a leaked
    token.
    """
