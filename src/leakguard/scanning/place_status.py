"""Spots: one place as it is seen at each of its addresses and from each vantage, and what that adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from leakguard.scanning.diff import ORDER, ChangeKind, compared
from leakguard.scanning.exposure_summary import ExposureSummary
from leakguard.scanning.sightings import Spot


class PlaceStanding(StrEnum):
    """How a place, or one spot of it, stands by all that is known."""

    OPEN = "open"
    UNKNOWN = "unknown"
    """Open when it was last answered for; nobody knows now."""
    CLOSED = "closed"


Spots = dict[Spot, tuple[PlaceStanding, ExposureSummary]]


def standing_of(spots: Mapping[Spot, tuple[PlaceStanding, ExposureSummary]]) -> PlaceStanding:
    """One open spot keeps a place open, one without an answer keeps it from being closed."""
    found = {standing for standing, _ in spots.values()}
    return next(standing for standing in PlaceStanding if standing in found)


def comparison(
    before: Spots, opened: Mapping[Spot, ExposureSummary]
) -> tuple[ChangeKind, ExposureSummary, ExposureSummary, tuple[str, ...]]:
    """The look that changed most against the look before it at the same spot, and every trait that changed."""
    rest = worst(before.values())
    pairs = []
    for spot, new in opened.items():
        standing, old = before.get(spot, (PlaceStanding.CLOSED, rest))
        kind, fields = compared(old, new)
        if standing is PlaceStanding.CLOSED:
            kind, fields = ChangeKind.CHANGED, (*fields, *_new_about(spot, before))
        pairs.append((kind, old, new, fields))
    kind, old, new, _ = min(pairs, key=lambda pair: (ORDER.index(pair[0]), [-each for each in pair[2].weight]))
    return kind, old, new, tuple(dict.fromkeys(name for pair in pairs for name in pair[3]))


def _new_about(spot: Spot, before: Spots) -> Iterator[str]:
    """Whether the address is new, or the vantage, among the spots that were not closed; nothing where all were."""
    known = [each for each, (standing, _) in before.items() if standing is not PlaceStanding.CLOSED]
    if not known:
        return
    if spot[0] not in {where for where, _ in known}:
        yield "address"
    if spot[1] not in {vantage for _, vantage in known}:
        yield "vantage"


def worst(spots: Iterable[tuple[PlaceStanding, ExposureSummary]]) -> ExposureSummary:
    """The worst of those that stand worst."""
    order = tuple(PlaceStanding)
    return min(spots, key=lambda pair: (order.index(pair[0]), [-each for each in pair[1].weight]))[1]
