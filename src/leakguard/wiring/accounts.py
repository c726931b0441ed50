"""Who uses this process: a session or a token, and what a guess at a password costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leakguard.accounts.passwords import Cost


class AccountWiring:
    """The part of `Wiring` that knows accounts."""

    @property
    def password_cost(self) -> Cost:
        """How much a guess at a password costs."""
        from leakguard.accounts.passwords import COST  # noqa: PLC0415  (`--help` must not load it)

        return COST
