"""What a run saw open although an incident has it on record as closed: a re-exposure, whoever saw it open first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from leakguard.frozen import replace
from leakguard.models.texts import counted
from leakguard.ports import WatchStore
from leakguard.scanning.diff import EXPOSURES, ORDER, Change, ChangeKind
from leakguard.scanning.place_status import Standing, worst
from leakguard.scanning.sightings import Place, Sightings
from leakguard.use_cases.incidents.recorded_closures import RecordedClosure, closures_seen_open
from leakguard.use_cases.scans.exposure_changes import CHANGED, change_id
from leakguard.use_cases.scans.following import RunPart

MOST_NAMED = 3
"""Incidents that are named in one line."""


def with_not_closed(
    store: WatchStore, part: RunPart, changes: Sequence[Change], looks: Sightings
) -> tuple[Change, ...]:
    """The changes, and a re-exposure for each place that incidents have on record as closed.

    One that was recorded before a watch was killed stays a change, although its incidents may know of it by now.
    """
    entries = {
        (*place, spot[0]): looks.entry_of(place, spot, seen)
        for place, spots in looks.opened.items()
        for spot, seen in spots.items()
    }
    by_place: dict[Place, list[RecordedClosure]] = defaultdict(list)
    for one in closures_seen_open(store, entries):
        by_place[one.sight[0], one.sight[1]].append(one)
    recorded = {str(one.content.get("id")) for one in store.of_kinds({CHANGED}, part.run)}
    found = {(one.check_id, one.target): one for one in changes}
    for place in looks.opened if recorded else tuple(by_place):
        closures = by_place.get(place, ())
        change = _change(place, found.get(place), closures, looks, entries)
        if closures or (change.is_known and change_id(part, change) in recorded):
            found[place] = change
    return tuple(sorted(found.values(), key=lambda one: (ORDER.index(one.kind), one.target, one.check_id)))


def _change(
    place: Place, change: Change | None, closures: Sequence[RecordedClosure], looks: Sightings,
    entries: dict[tuple[str, str, str], int],
) -> Change:  # fmt: skip
    not_closed = tuple((one.finding, entries[one.sight]) for one in closures)
    if change is not None and change.kind in EXPOSURES:
        return replace(change, not_closed=not_closed)
    if change is None:
        seen = worst((Standing.OPEN, seen) for seen in looks.opened[place].values())
        change = Change(kind=ChangeKind.RE_EXPOSED, check_id=place[0], target=place[1], after=seen)
    reason = _reason(closures)
    return replace(change, kind=ChangeKind.RE_EXPOSED, not_closed=not_closed, is_known=True, reason=reason)


def _reason(closures: Sequence[RecordedClosure]) -> str:
    """`on record as closed in IR-2026-0001`; empty where nothing is on record any more."""
    names = list(dict.fromkeys(one.incident for one in closures))
    if not names:
        return ""
    rest = f" and {counted(len(names) - MOST_NAMED, 'other incident')}" if len(names) > MOST_NAMED else ""
    return f"on record as closed in {', '.join(names[:MOST_NAMED])}{rest}"
