"""Passwords: argon2id hashes, and the same work for a user whom nobody knows."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING
from unicodedata import normalize

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from argon2 import PasswordHasher

FEWEST, MOST = 12, 1024
"""Characters of a password. A longer one would cost time before it is hashed."""

_ADVICE = "Take several words that nobody else puts together."


class Cost(Frozen):
    """How much a guess costs."""

    passes: int = 3
    """Over the memory."""
    memory: int = 65_536
    """KiB."""
    lanes: int = 4


COST = Cost()
"""The second recommendation of RFC 9106, for machines without 2 GiB to spare."""


def dummy_hash(cost: Cost = COST) -> str:
    """What a password is held against where there is no account: no password fits, and the work is the same."""
    salt, digest = "bGVha2d1YXJkLW5vYm9keQ", "A" * 43
    return f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}${salt}${digest}"


def refuse_weak(password: str) -> None:
    """Raise `UsageProblem` for a password that nobody should have; its text is never in the message."""
    if not FEWEST <= len(password) <= MOST:
        raise UsageProblem(f"a password has {FEWEST} to {MOST:,} characters", next_step=_ADVICE)
    if len(set(password)) < 5:  # noqa: PLR2004  (`aaaaaaaaaaaa` and `abababababab`)
        raise UsageProblem("this password repeats a few characters", next_step=_ADVICE)


def first_password(token: Callable[[int], str]) -> str:
    """A password to hand to somebody, who then takes one of their own: 100 random bits in five groups."""
    letters = base64.b32encode(bytes.fromhex(token(26))).decode("ascii").lower()[:20]
    return "-".join(letters[place : place + 4] for place in range(0, 20, 4))


def hash_password(password: str, *, salt: bytes, cost: Cost = COST) -> str:
    """The hash to keep, with its parameters in it; `salt` is 16 random bytes."""
    return _hasher(cost).hash(_bytes(password), salt=salt)


def verify_password(kept: str, password: str, *, cost: Cost = COST) -> bool:
    """Whether a password is the one of a hash; what is no hash fits no password, and costs the same."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  (only who logs in loads it)

    try:
        return _hasher(cost).verify(kept, _bytes(password))
    except InvalidHashError:
        verify_password(dummy_hash(cost), password, cost=cost)
        return False
    except VerificationError:
        return False


def is_outdated(kept: str, cost: Cost = COST) -> bool:
    """Whether a hash was made at another cost than new ones are."""
    return _hasher(cost).check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    """One password is the same bytes whichever keyboard typed it; one that is too long is nobody's."""
    return normalize("NFKC", password[: MOST + 1]).encode("utf-8", "surrogatepass")


def _hasher(cost: Cost) -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415  (only who logs in loads it)

    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes)
