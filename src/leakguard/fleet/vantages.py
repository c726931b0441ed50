"""What several vantages see of the same places, side by side: open from outside, closed inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leakguard.frozen import Frozen
from leakguard.models.findings import host_of

WORST_FIRST = ("exposed", "protected", "other", "not_checked", "silent", "closed")
"""Where a name leads to several addresses, the place stands as the worst of them."""
NOT_LISTED = "closed_or_silent"
"""A large run lists only what is worth a line; the rest is counted."""
NOT_CHECKED = "not_checked"
_NOTHING_SEEN = {NOT_LISTED, NOT_CHECKED}
"""Nobody sees anything there, and somebody did not look: what was not looked at is counted, and no difference."""


class View(Frozen):
    """What one vantage has to say."""

    standings: Mapping[str, str]
    """The key of each listed endpoint, and how it stands."""
    is_complete: bool
    """Whether nothing was left out."""
    sweeps: Callable[[str], bool] = lambda _host: True
    """Whether it looks at a plain address; `Plan.sweeps`."""


class Difference(Frozen):
    """One place that does not stand in the same way from everywhere."""

    place: str
    """`host:port` where a name was asked for, which may lead elsewhere from elsewhere; else `address:port`."""
    standings: Mapping[str, str]
    """By vantage."""

    @property
    def is_open_somewhere(self) -> bool:
        """Whether it is exposed to one vantage at least."""
        return WORST_FIRST[0] in self.standings.values()


def differences(views: Mapping[str, View]) -> tuple[Difference, ...]:
    """The places that stand differently, exposed ones first, in the order in which they were seen."""
    seen = {vantage: _by_place(view.standings) for vantage, view in views.items()}
    places = dict.fromkeys(place for standings in seen.values() for place in standings)
    found = []
    for place in places:
        standings = {vantage: seen[vantage].get(place) or _unlisted(view, place) for vantage, view in views.items()}
        kinds = {_plain(standing) for standing in standings.values()}
        if len(kinds) > 1 and kinds != _NOTHING_SEEN:
            found.append(Difference(place=place, standings=standings))
    return tuple(sorted(found, key=lambda each: not each.is_open_somewhere))


def _by_place(standings: Mapping[str, str]) -> dict[str, str]:
    worst: dict[str, str] = {}
    for key, standing in standings.items():
        place = place_of_key(key)
        worst[place] = min(worst.get(place, standing), standing, key=WORST_FIRST.index)
    return worst


def place_of_key(key: str) -> str:
    """`192.0.2.1:9200 (mail.example.edu)` as `mail.example.edu:9200`; see `models.targets.Endpoint.key`."""
    place, _, name = key.partition(" (")
    host, _, bucket = name.partition(")")
    return f"{host}:{place.rpartition(':')[2]}{bucket}" if host else place


def _unlisted(view: View, place: str) -> str:
    """What leads nowhere from there, or is excluded there, was not asked: nobody knows whether it is closed."""
    return NOT_LISTED if view.is_complete and view.sweeps(host_of(place)) else NOT_CHECKED


def _plain(standing: str) -> str:
    """Closed and silent differ by a firewall's manners alone, and a run may list neither."""
    return NOT_LISTED if standing in {"closed", "silent"} else standing
