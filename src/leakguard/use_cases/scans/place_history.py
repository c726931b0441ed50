"""What the last runs saw at the place of one finding, look by look."""

from __future__ import annotations

from datetime import datetime

from leakguard.frozen import Frozen
from leakguard.models.findings import Finding
from leakguard.ports import ScanStore
from leakguard.scanning.diff import Change
from leakguard.scanning.history import History
from leakguard.use_cases.scans.exposures import looks_of, open_since
from leakguard.use_cases.scans.following import Follower

MOST_RUNS = 30
"""The latest runs that are read; a store may have one each quarter of an hour."""


class Sighting(Frozen):
    """One run that said something of the place."""

    run: str
    ended_at: datetime
    change: Change


class PlaceHistory(Frozen):
    """What is known of a place."""

    looks: tuple[Sighting, ...]
    """The latest first."""
    since: datetime | None
    """When it was first seen open, ever or since it was last proved closed; `None` where only this finding tells."""
    runs_read: int
    runs_left_out: int
    """Earlier runs, which were not read."""


def place_history(store: ScanStore, finding: Finding) -> PlaceHistory:
    """Fold the latest runs for this place alone, and tell what each added."""
    follower = Follower(store=store)
    follower.read_on()
    parts = (*follower.ended, *follower.rest())
    read = parts[-MOST_RUNS:]
    history, looks = History(), list[Sighting]()
    place = (finding.check_id, finding.place)
    for part in read:
        changes = history.fold(looks_of(store, history, part, only={place}), with_same=True)
        looks += [Sighting(run=part.run, ended_at=part.ended_at, change=change) for change in changes]
    is_whole = len(read) == len(parts)
    return PlaceHistory(
        looks=tuple(reversed(looks)), runs_read=len(read), runs_left_out=len(parts) - len(read),
        since=history.open_since(place) if is_whole else open_since(store, [finding]).get(finding.id),
    )  # fmt: skip
