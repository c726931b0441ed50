"""What a run does not look at of its targets, counted by why, so that nothing is dropped without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from leakguard.frozen import Frozen

MOST_ADDRESSES = 64
"""Addresses of one name that are looked at: more than any sane answer holds."""


class LeftOut(Frozen):
    """How many of a name's addresses nothing is asked of; or a web address below whose path nothing is."""

    name: str
    """A name, or a whole web address."""
    addresses: int
    """All that the name has."""
    out_of_scope: int = 0
    excluded: int = 0
    too_many: int = 0
    """In the scope, and behind the first `MOST_ADDRESSES` that are: nobody knows what is there."""

    unasked_paths: int = 0
    """1 for a web address below whose path nothing may be asked: nobody knows what is there."""

    @property
    def count(self) -> int:
        """All that are left out."""
        return self.out_of_scope + self.excluded + self.too_many + self.unasked_paths

    @property
    def is_unknown(self) -> bool:
        """Whether something ought to be looked at and is not, so that a run of it is not finished."""
        return bool(self.too_many or self.unasked_paths)


def first_of(addresses: Iterable[str], may_probe: Callable[[str], bool]) -> tuple[str, ...]:
    """The addresses of one name that are looked at."""
    return tuple(filter(may_probe, addresses))[:MOST_ADDRESSES]


def left_out_of(
    name: str, addresses: Iterable[str], may_probe: Callable[[str], bool], is_excluded: Callable[[str], bool]
) -> LeftOut:
    """Why the others are not."""
    found = tuple(addresses)
    refused = [address for address in found if not may_probe(address)]
    excluded = sum(map(is_excluded, refused))
    return LeftOut(
        name=name, addresses=len(found), out_of_scope=len(refused) - excluded, excluded=excluded,
        too_many=max(0, len(found) - len(refused) - MOST_ADDRESSES),
    )  # fmt: skip
