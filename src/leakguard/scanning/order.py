"""The order of a run: every index of a plan once, in a keyed pseudo-random order, without a list of them.

The powers of a primitive root of a prime visit every number below the prime once. A position in that order is all
that a stopped run needs to go on, and neighbours in a network lie far apart, so that none of them gets a burst.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from leakguard.frozen import Frozen

_WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41)
"""Bases of the Miller-Rabin test, which is exact below 3.3e24 with them (Sorenson and Webster, 2015)."""
_SMALLEST = 5
"""The smallest prime p for which (p - 1) / 2 is prime and p - 1 is not its only primitive root."""


class Order(Frozen, kw_only=False):
    """A permutation of `size` indices. Some positions lead to no index and are passed over."""

    size: int
    prime: int
    root: int
    start: int

    @property
    def positions(self) -> int:
        """How many positions there are: at least `size`, and hardly more."""
        return self.prime - 1 if self.size else 0

    def walk(self, first: int = 0, *, until: int | None = None) -> Iterator[tuple[int, int]]:
        """Pairs of position and index, from position `first` on, to the end or before position `until`."""
        size, prime, root = self.size, self.prime, self.root
        last = self.positions if until is None else min(until, self.positions)
        value = self.start * pow(root, first, prime) % prime
        for position in range(first, last):
            if value <= size:
                yield position, value - 1
            value = value * root % prime

    def at(self, position: int) -> int | None:
        """The index at a position; `None` where the position leads to none."""
        value = self.start * pow(self.root, position, self.prime) % self.prime
        return value - 1 if value <= self.size else None


def order_of(size: int, key: str) -> Order:
    """The order of `size` indices that belongs to `key`: the same key gives the same order, on every machine."""
    prime = _safe_prime_above(size)
    return Order(size=size, prime=prime, root=_root(prime, key), start=1 + _number(f"{key}/start") % (prime - 1))


def _root(prime: int, key: str) -> int:
    """A primitive root: with p = 2q + 1 every number but 1 and p - 1 whose q-th power is not 1."""
    for attempt in range(10_000):  # half of all numbers are primitive roots
        number = 2 + _number(f"{key}/root/{attempt}") % (prime - 3)
        if pow(number, (prime - 1) // 2, prime) != 1:
            return number
    raise AssertionError(f"{prime} is not a safe prime")  # pragma: no cover  (one in 2 to the 10,000)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def _safe_prime_above(size: int) -> int:
    """The smallest prime p > `size` for which (p - 1) / 2 is prime as well, so that its roots are found at once."""
    prime = max(_SMALLEST, size + 1) | 1
    while not (_is_prime((prime - 1) // 2) and _is_prime(prime)):
        prime += 2
    return prime


def _is_prime(number: int) -> bool:
    """Whether a number above one is prime."""
    for witness in _WITNESSES:
        if number % witness == 0:
            return number == witness
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(number, witness, odd, twos) for witness in _WITNESSES)


def _passes(number: int, witness: int, odd: int, twos: int) -> bool:
    value = pow(witness, odd, number)
    if value in {1, number - 1}:
        return True
    for _ in range(twos - 1):
        value = value * value % number
        if value == number - 1:
            return True
    return False
