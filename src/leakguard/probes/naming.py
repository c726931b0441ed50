"""How every request over HTTP says who asks, and whom to reach."""

from __future__ import annotations

from leakguard import __version__
from leakguard.models.scope import Scope


def user_agent(scope: Scope) -> str:
    """`leakguard/0.1.0 (security@example.edu)`."""
    contact = scope.owner.contact.encode("ascii", "replace").decode()
    return "".join(letter for letter in f"leakguard/{__version__} ({contact})" if letter.isprintable())
