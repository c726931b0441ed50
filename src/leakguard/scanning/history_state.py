"""A history as plain values and back: whoever begins where another one stopped need not fold all runs again.

Plain lists, strings and numbers, since sizes may exceed what packed formats hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from sys import intern
from typing import Any

from leakguard.frozen import names_of
from leakguard.models.findings import Access, Outcome, Severity
from leakguard.scanning.exposure_summary import ExposureSummary
from leakguard.scanning.history import History
from leakguard.scanning.place_status import PlaceStanding
from leakguard.scanning.sightings import Place

FORMAT = 4
"""Grows with every change of this shape, and of what folding a run means: an older state is then of no use."""
_FIELDS = names_of(ExposureSummary)
_READ: Mapping[str, Callable[[str], object]] = {
    "outcome": Outcome, "access": Access, "severity": Severity, "observed_at": datetime.fromisoformat,
    **dict.fromkeys(("run", "vantage", "datastore", "ransomed", "product", "version"), intern),
}  # fmt: skip
"""What a plain word was; many places share the interned ones."""


def state_of(history: History) -> dict[str, Any]:
    """All that a history knows, ready for JSON."""
    parts = history.parts
    numbers = {place: number for number, place in enumerate(parts.places)}

    def numbered(places: Iterable[Place]) -> list[int]:
        return [numbers[place] for place in places]

    return {
        "format": FORMAT,
        "places": [
            [
                *place, parts.since[place].isoformat(),
                [
                    [*spot, standing.value, parts.last[place, spot], _plain(seen)]
                    for spot, (standing, seen) in spots.items()
                ],
            ]
            for place, spots in parts.places.items()
        ],
        "at": {endpoint: numbered(places) for endpoint, places in parts.at.items()},
        "named": {name: sorted(numbered(places)) for name, places in parts.named.items()},
        "stores": [[*key, numbered(places)] for key, places in parts.stores.items()],
        "common": sorted(map(list, parts.common)),
    }  # fmt: skip


def history_from(state: Mapping[str, Any]) -> History | None:
    """The history that `state_of` made this of; `None` where it is of another format."""
    if state.get("format") != FORMAT:
        return None
    history = History()
    parts = history.parts
    places: list[Place] = []
    for check_id, target, since, spots in state["places"]:
        place = (intern(check_id), target)
        places.append(place)
        parts.since[place] = datetime.fromisoformat(since)
        parts.places[place] = {
            (where, vantage): (PlaceStanding(standing), _traits(seen)) for where, vantage, standing, _, seen in spots
        }
        parts.last.update({(place, (where, vantage)): last for where, vantage, _, last, _ in spots})
    parts.at.update(
        {endpoint: tuple(places[number] for number in numbers) for endpoint, numbers in state["at"].items()}
    )
    parts.named.update({name: {places[number] for number in numbers} for name, numbers in state["named"].items()})
    for datastore, cluster, numbers in state["stores"]:
        parts.stores[datastore, cluster] = dict.fromkeys(places[number] for number in numbers)
    parts.common.update((datastore, cluster) for datastore, cluster in state["common"])
    return history


def _plain(seen: ExposureSummary) -> list[Any]:
    values = (getattr(seen, name) for name in _FIELDS)
    return [value.isoformat() if isinstance(value, datetime) else value for value in values]


def _traits(values: Sequence[Any]) -> ExposureSummary:
    return ExposureSummary(**{name: _read(name, value) for name, value in zip(_FIELDS, values, strict=True)})


def _read(name: str, value: Any) -> Any:  # noqa: ANN401  (a field of `Traits`)
    return value if value is None or name not in _READ else _READ[name](value)
