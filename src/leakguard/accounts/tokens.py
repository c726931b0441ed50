"""Secrets that a machine shows once and keeps only as a hash: API tokens, sessions and first links."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.files.names import nearest_name

PREFIX = "lg_"
"""By which scanners of secrets know a token of ours."""
SECRET = re.compile(r"lg_[A-Za-z0-9_-]{43}", re.ASCII)
BYTES = 32
LONGEST = timedelta(days=366)
"""How long a token may be good for."""
LIFE = timedelta(days=90)
"""How long it is good for unless somebody says otherwise."""

MakeHex = Callable[[int], str]
"""Makes so many random hex digits."""


def new_secret(token: MakeHex) -> str:
    """`lg_` and 43 url-safe characters: 256 random bits."""
    raw = bytes.fromhex(token(2 * BYTES))
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def secret_hash(secret: str) -> str:
    """Hex SHA-256, which is what is kept. The secret is random, so it needs no salt and no work factor."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def is_secret(text: str) -> bool:
    """Whether a text has the shape of one, so that nothing else is looked up."""
    return SECRET.fullmatch(text) is not None


def new_actor(token: MakeHex) -> str:
    """The id of a new account: `acc_` and 16 lower-case base32 characters, 80 random bits."""
    return "acc_" + base64.b32encode(bytes.fromhex(token(20))).decode("ascii").lower()


def new_token_id(token: MakeHex) -> str:
    """The id of a new token, which is no secret."""
    return f"tok_{token(12)}"


def parse_scopes(words: Iterable[str]) -> frozenset[Right]:
    """The rights that a token is limited to; raises `UsageProblem` for a word that is none, and names the nearest."""
    found = set()
    for word in words:
        if word not in set(Right):
            near = nearest_name(word, list(Right))
            hint = f"Did you mean `{near}`? " if near else ""
            raise UsageProblem(
                f"there is no right `{word[:60]}`", next_step=f"{hint}List them: leakguard account rights"
            )
        found.add(Right(word))
    return frozenset(found)


def expiry(now: datetime, days: int | None) -> datetime:
    """When a token ends; raises `UsageProblem` for none, or for one that is good too long."""
    life = LIFE if days is None else timedelta(days=days)
    if not timedelta(0) < life <= LONGEST:
        raise UsageProblem(f"a token is good for 1 to {LONGEST.days} days", next_step="Add another one before it ends.")
    return now + life
