"""The history of everything that was ever open: one small summary a place, folded run by run.

A place is in exactly one standing. Closure is claimed only once each spot at which it was seen open has a closed port
or asks for a login; a silence makes it unknown and never closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from leakguard.models.findings import is_resource
from leakguard.scanning.diff import EXPOSURES, ORDER, Change, ChangeKind
from leakguard.scanning.exposure_summary import ExposureSummary, agree
from leakguard.scanning.place_status import PlaceStanding, Spots, comparison, standing_of, worst
from leakguard.scanning.sightings import Place, Sightings, Spot, bucket_of

LOGIN, PORT, NO_ANSWER = "a login is asked for", "the port is closed", "no clear answer, so closure is not claimed"
SETTINGS = "the owner's own settings no longer open it"
NOT_LOOKED_AT = "the later run did not look at it from there"
MOST_PLACES = 20
"""Places that one store is known by; thousands of nodes may share an id, and each would name all the others."""


class Parts(NamedTuple):
    """What a history knows, as it is kept; see `history_state`."""

    places: dict[Place, Spots]
    since: dict[Place, datetime]
    """When each was first seen open, ever or since it was last proved closed."""
    at: dict[str, tuple[Place, ...]]
    """By the key of an endpoint: what was ever seen open there."""
    named: dict[str, set[Place]]
    """By host name."""
    stores: dict[tuple[str, str], dict[Place, None]]
    """By what a store calls itself: where it was ever seen open, the first place first."""
    last: dict[tuple[Place, Spot], int]
    """The entry that kept the latest look."""
    common: set[tuple[str, str]]
    """Ids that two different stores were seen with; they tell nothing."""


class History:
    """Every place that was ever seen open; `fold` takes one run more and tells what changed."""

    def __init__(self) -> None:
        self.parts = Parts({}, {}, {}, defaultdict(set), defaultdict(dict), {}, set())
        self._places, self._since, self._at, self._named, self._stores, self._last, self._common = self.parts

    def knows_spot(self, place: Place, spot: Spot) -> bool:
        """Whether it was ever seen open there."""
        return spot in self._places.get(place, {})

    def key_at(self, place: Place, spot: Spot) -> str:
        """The public key by which it was seen open there; see `Finding.key`."""
        return self._places[place][spot][1].key

    def knows_endpoint(self, key: str) -> bool:
        """Whether anything was ever seen open at the endpoint."""
        return key in self._at

    def last_look(self, place: Place, spot: Spot) -> int:
        """The entry that kept the latest look there; 0 before the first.

        A run may end, or go on, long after it looked: what was verified meanwhile is the later look.
        """
        return self._last.get((place, spot), 0)

    def latest_look(self, place: Place) -> int:
        """The entry that kept the latest look at any spot of it; 0 before the first."""
        return max((self.last_look(place, spot) for spot in self._places.get(place, {})), default=0)

    def open_since(self, place: Place) -> datetime | None:
        """When it was first seen open, ever or since it was last proved closed; a silence in between ends nothing."""
        return self._since.get(place)

    def standings(self) -> dict[Place, PlaceStanding]:
        """How each place stands."""
        return {place: standing_of(spots) for place, spots in self._places.items()}

    def not_closed_at(self, targets: Collection[str], names: Mapping[str, frozenset[int]]) -> int:
        """How many places of these targets and names were seen open, and are not proved closed by all that is known.

        A place may be closed from here and open from elsewhere, and a name may lead elsewhere, or nowhere, today. A
        target without a bucket stands for all buckets there.
        """
        wanted = (
            (place, spots) for place, spots in self._places.items() if standing_of(spots) is not PlaceStanding.CLOSED
        )
        return sum(
            place[1] in targets or place[1].partition("/")[0] in targets or _is_named(spots, names)
            for place, spots in wanted
        )

    def open_spots(self, place: Place) -> Mapping[Spot, ExposureSummary]:
        """The spots at which it was seen open and not yet seen closed, each as it was last seen open."""
        spots = self._places.get(place, {})
        return {spot: seen for spot, (standing, seen) in spots.items() if standing is not PlaceStanding.CLOSED}

    def fold(self, looks: Sightings, *, with_same: bool = False) -> tuple[Change, ...]:
        """Take one run more; returns the changes, what needs somebody first, each place at most once."""
        unseen = sorted(place for place in looks.opened if place not in self._places)
        names = looks.facts.names() if looks.is_finished else {}
        known = [change for place in self._touched(looks, names) if (change := self._look(place, looks, names))]
        ended = {(change.check_id, change.target) for change in known if change.kind is ChangeKind.CLOSED}
        new = [self._arrival(place, looks, ended) for place in unseen]
        changes = (each for each in (*known, *new) if with_same or each.kind is not ChangeKind.SAME)
        return tuple(sorted(changes, key=lambda change: (ORDER.index(change.kind), change.target, change.check_id)))

    def take(self, looks: Sightings) -> None:
        """As `fold`, in half the time, where nobody asks what changed: most of a long history was told long ago."""
        unseen = [place for place in looks.opened if place not in self._places]
        names = looks.facts.names() if looks.is_finished else {}
        for place in self._touched(looks, names):
            self._take_in(place, looks, names)
        for place in sorted(unseen):
            self._arrival(place, looks, set())

    def difference(self, later: Sightings) -> tuple[Change, ...]:
        """As `fold`, with what stayed the same, and what the later run did not look at."""
        before = dict(self._places)
        changes = self.fold(later, with_same=True)
        changed = {(change.check_id, change.target) for change in changes}
        missed = (
            Change(
                kind=ChangeKind.UNKNOWN, check_id=place[0], target=place[1], before=worst(spots.values()),
                reason=NOT_LOOKED_AT,
            )
            for place, spots in before.items()
            if place not in changed and standing_of(spots) is not PlaceStanding.CLOSED
        )  # fmt: skip
        return (*changes, *missed)

    def _touched(self, looks: Sightings, names: Mapping[str, frozenset[int]]) -> list[Place]:
        """The known places about which the run says something, in a steady order."""
        found = {place for place in looks.opened if place in self._places}
        found.update(place for place, _ in looks.answered)
        for endpoint in looks.standings:
            found.update(self._at.get(endpoint, ()))
        for name in names:
            found.update(self._named.get(name, ()))
        return sorted(found)

    def _look(self, place: Place, looks: Sightings, names: Mapping[str, frozenset[int]]) -> Change | None:
        """Take in all that the run says about one known place; what changed."""
        before = dict(self._places[place])
        self._take_in(place, looks, names)
        return self._change(place, before, looks)

    def _take_in(self, place: Place, looks: Sightings, names: Mapping[str, frozenset[int]]) -> None:
        """What the run says about one known place."""
        if (opened := looks.opened.get(place)) and standing_of(self._places[place]) is PlaceStanding.CLOSED:
            self._since[place] = _first(opened)
        self._answer(place, looks, names)
        self._open(place, looks)

    def _answer(self, place: Place, looks: Sightings, names: Mapping[str, frozenset[int]]) -> None:
        """Closed where that is proved; unknown where the run looked, or should have, and got no clear answer."""
        spots = self._places[place]
        for spot, (standing, seen) in spots.items():
            is_closed = looks.closure_at(place, spot, seen)
            if is_closed is not None:
                entry = looks.entry_of(place, spot, seen)
                if entry < self.last_look(place, spot):
                    continue
                self._last[place, spot] = entry
            elif _was_wanted(place, spot, seen, looks, names):
                is_closed = False
            if is_closed or (is_closed is not None and standing is PlaceStanding.OPEN):
                spots[spot] = (PlaceStanding.CLOSED if is_closed else PlaceStanding.UNKNOWN, seen)

    def _open(self, place: Place, looks: Sightings) -> None:
        for spot, seen in looks.opened.get(place, {}).items():
            self._last[place, spot] = looks.entry_of(place, spot, seen)
            self._places.setdefault(place, {})[spot] = (PlaceStanding.OPEN, seen)
            if place not in (here := self._at.get(seen.endpoint, ())):
                self._at[seen.endpoint] = (*here, place)
            if seen.host:
                self._named[seen.host].add(place)
            if seen.store_key:
                self._stores[seen.store_key][place] = None

    def _change(self, place: Place, before: Spots, looks: Sightings) -> Change | None:
        """What happened to a place that was known before the run."""
        was, now = standing_of(before), standing_of(self._places[place])
        opened, last = looks.opened.get(place, {}), worst(before.values())
        if opened:
            return self._seen_open(place, before, opened)
        if was is now or now is PlaceStanding.OPEN or was is PlaceStanding.CLOSED:
            return None
        is_closed = now is PlaceStanding.CLOSED
        kind = ChangeKind.CLOSED if is_closed else ChangeKind.UNKNOWN
        reason = _why_closed(looks, last) if is_closed else NO_ANSWER
        return Change(kind=kind, check_id=place[0], target=place[1], before=last, reason=reason)

    def _seen_open(self, place: Place, before: Spots, opened: Mapping[Spot, ExposureSummary]) -> Change:
        was = standing_of(before)
        kind, old, new, fields = comparison(before, opened)
        if was is PlaceStanding.CLOSED:
            kind = ChangeKind.RE_EXPOSED
        elif was is PlaceStanding.UNKNOWN:
            kind = ChangeKind.STILL_OPEN
        others = self._others(place, new) if kind in EXPOSURES else ()
        elsewhere = tuple(target for _, target in others)
        return Change(
            kind=kind, check_id=place[0], target=place[1], before=old, after=new, fields=fields, elsewhere=elsewhere
        )

    def _arrival(self, place: Place, looks: Sightings, ended: set[Place]) -> Change:
        """A place that was never seen open; its store may have been, elsewhere."""
        new = worst((PlaceStanding.OPEN, seen) for seen in looks.opened[place].values())
        others = self._others(place, new)
        kind = self._kind_of_arrival(others, new, ended)
        self._since[place] = _first(looks.opened[place])
        self._open(place, looks)
        elsewhere = tuple(target for _, target in others) if kind is not ChangeKind.NEW else ()
        return Change(kind=kind, check_id=place[0], target=place[1], after=new, elsewhere=elsewhere)

    def _kind_of_arrival(self, others: tuple[Place, ...], new: ExposureSummary, ended: set[Place]) -> ChangeKind:
        here = [(other, self._places[other]) for other in others]
        opened = [worst(spots.values()) for _, spots in here if standing_of(spots) is PlaceStanding.OPEN]
        opened = [seen for seen in opened if seen.store_key == new.store_key]
        if any(seen.run == new.run and not agree(seen, new) for seen in opened) and new.store_key:
            self._common.add(new.store_key)
            return ChangeKind.NEW
        if not others or opened:
            return ChangeKind.ALSO_AT if opened else ChangeKind.NEW
        is_gone = all(standing_of(spots) is PlaceStanding.CLOSED and other not in ended for other, spots in here)
        return ChangeKind.RE_EXPOSED if is_gone else ChangeKind.MOVED

    def _others(self, place: Place, seen: ExposureSummary) -> tuple[Place, ...]:
        """Other places at which the same store was ever seen open, those that were seen first."""
        key = seen.store_key
        if key is None or key in self._common:
            return ()
        others = (other for other in self._stores.get(key, ()) if other != place)
        return tuple(sorted(islice(others, MOST_PLACES)))


def _first(opened: Mapping[Spot, ExposureSummary]) -> datetime:
    return min(seen.observed_at for seen in opened.values())


def _is_named(spots: Spots, names: Mapping[str, frozenset[int]]) -> bool:
    """Whether one of these names leads there, or did; a bucket has a name of its own behind that of its host."""
    seen = (traits for _, traits in spots.values())
    return any(
        summary.host is not None and not summary.is_bucket and summary.port in names.get(summary.host, ())
        for summary in seen
    )


def _was_wanted(
    place: Place, spot: Spot, seen: ExposureSummary, looks: Sightings, names: Mapping[str, frozenset[int]]
) -> bool:
    """Whether a finished run set out to look at this name; then an address that it did not meet is gone, not closed."""
    facts = looks.facts
    is_named = seen.host is not None and seen.port in names.get(seen.host, ())
    if is_named and seen.is_bucket and not facts.asked_for(seen.host or "", bucket_of(place)):
        return False
    return is_named and spot[1] == facts.vantage and facts.asked(place[0])


def _why_closed(looks: Sightings, last: ExposureSummary) -> str:
    if is_resource(last.endpoint):
        return SETTINGS
    return PORT if looks.standings.get(last.endpoint) == "closed" else LOGIN
