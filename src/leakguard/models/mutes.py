"""Mutes: the owner says of an open finding that it is known and accepted, for a while."""

from __future__ import annotations

from datetime import date

from leakguard.frozen import Frozen
from leakguard.models.glances import Glance


class Mute(Frozen):
    """One entry of the mute list; at least one of `finding`, `target`, `cluster_id` is given."""

    reason: str
    owner: str
    """Who answers for it."""
    expires: date
    """The last day on which it holds, UTC."""
    finding: str | None = None
    check: str | None = None
    target: str | None = None
    """`host:port` or `address:port`, as findings name their place."""
    cluster_id: str | None = None

    @property
    def named(self) -> str:
        """What it speaks of, in the words of the list."""
        return self.target or self.cluster_id or self.finding or ""

    def fits(self, seen: Glance) -> bool:
        """Whether it speaks of this finding: everything that it names must be so."""
        asked = (
            (self.finding, (seen.id,)),
            (self.check, (seen.check_id,)),
            (self.target, (seen.target, seen.place)),
            (self.cluster_id, (seen.cluster_id,)),
        )
        return all(wanted is None or wanted in found for wanted, found in asked)
