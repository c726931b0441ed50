"""When two typed names are one person's. Nobody is authenticated: the ledger keeps what was typed."""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 200
"""A name longer than this is no name."""


def same_person(name: str) -> str:
    """What two spellings of a name have in common: width, case, spaces and signs that show nothing do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(sign for sign in folded if not sign.isspace() and sign.isprintable())
