"""Looks: what one run saw of the places that matter, gathered in memory that grows with what is open alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from sys import intern
from typing import Protocol

from leakguard.frozen import Frozen, field
from leakguard.models.findings import Finding, host_of, is_resource
from leakguard.scanning.backends import is_provided
from leakguard.scanning.buckets import is_bucket_host
from leakguard.scanning.diff import OPEN
from leakguard.scanning.exposure_summary import ExposureSummary, traits_of
from leakguard.scanning.targets import Target

Place = tuple[str, str]
"""A check, and where it looked in the words of the one who asked; see `Finding.place`."""
Spot = tuple[str, str]
"""Where a place was seen, and from which vantage: closure is claimed for each spot by itself."""
_CLOSED, _PROTECTED = "closed", "protected"
"""Standings of an endpoint that prove closure; see `engine.examination.EndpointStatus`."""
_RANKS = {standing: rank for rank, standing in enumerate(("not_checked", "other", "silent", _PROTECTED, _CLOSED), 1)}
"""Of several standings of one endpoint the first one counts for closure; `exposed` comes before all of them."""


def is_kept_by_host(finding: Finding) -> bool:
    """Whether it is about an object that its host keeps, and that is itself at whatever address its host has today.

    A bucket is one, and a table of a backend, each at its provider. What lies below a path of a server of ours, and a
    bucket of a store of ours, is that server's: at another address there may be another one.
    """
    if is_resource(finding.target):
        return True
    host, port = finding.host, finding.port
    return "/" in finding.target and host is not None and (is_bucket_host(host, port) or is_provided(host, port))


def spot_of(finding: Finding) -> Spot:
    """The endpoint and the vantage; for what its host keeps, its place in the place of the endpoint."""
    return finding.place if is_kept_by_host(finding) else finding.endpoint, finding.vantage


def worst_standings(standings: Mapping[str, str]) -> dict[str, str]:
    """By endpoint, how it stands for closure: of its root and of what was asked below paths of it, the worst counts."""
    worst: dict[str, str] = {}
    for key, standing in standings.items():
        endpoint = key.partition("/")[0]
        worst[endpoint] = min(standing, worst.get(endpoint, standing), key=lambda word: _RANKS.get(word, 0))
    return worst


def bucket_of(place: Place) -> str:
    """The name of a bucket; empty where the place is none."""
    return place[1].partition("/")[2]


class RunFacts(Frozen):
    """What a run set out to do."""

    run: str
    vantage: str = "local"
    checks: frozenset[str] = frozenset()
    """Empty means all."""
    targets: tuple[Target, ...] = ()
    ports: tuple[int, ...] = ()
    """The ports that it tried where a target names none."""

    def asked(self, check_id: str) -> bool:
        """Whether the check was among those of the run."""
        return not self.checks or check_id in self.checks

    def asked_for(self, name: str, bucket: str) -> bool:
        """Whether a bucket, or all that the scope names, was to be looked at under a host's name."""
        here = (target for target in self.targets if (target.provider_host or target.host) == name)
        return any(target.bucket in {None, bucket} for target in here)

    def meant(self, check_id: str, seen: ExposureSummary) -> bool:
        """Whether it set out to look there, with that check and from there; accounts have no targets of ours."""
        if is_resource(seen.endpoint):
            return True
        if not self.asked(check_id) or seen.vantage != self.vantage:
            return False
        if seen.host is not None and seen.port in self.names().get(seen.host, ()):
            return True
        address = ip_address(host_of(seen.endpoint.partition(" ")[0]))
        return any(
            address in network and seen.port in (target.ports or self.ports)
            for target in self.targets
            for network in target.networks
        )

    def names(self) -> Mapping[str, frozenset[int]]:
        """The host names that it was to look at, with their ports."""
        found: dict[str, frozenset[int]] = {}
        for target in self.targets:
            name = target.provider_host or target.host
            if name:
                ports = (443,) if target.provider_host else target.ports or self.ports
                found[name] = found.get(name, frozenset()) | frozenset(ports)
        return found


class Sightings(Frozen):
    """What a run, or a part of it, saw; all of it counts as seen at one moment."""

    facts: RunFacts
    opened: Mapping[Place, Mapping[Spot, ExposureSummary]] = field(default_factory=dict)
    answered: Mapping[tuple[Place, Spot], bool] = field(default_factory=dict)
    """Checks that did not find it open: whether a login was asked for."""
    standings: Mapping[str, str] = field(default_factory=dict)
    """By the key of an endpoint: how it stands; see `worst_standings`."""
    asked_for: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By the key of an endpoint: the buckets that were named there; an empty name stands for all of the scope."""
    is_finished: bool = True
    """Whether the run went to its end, so that what it did not see is not there."""
    findings_in: Mapping[tuple[Place, Spot], int] = field(default_factory=dict)
    """The entry that kept what was found there; a later entry is a later look, whatever the clocks said."""
    standings_in: Mapping[str, int] = field(default_factory=dict)
    """By the key of an endpoint: the entry that kept how it stands."""

    def entry_of(self, place: Place, spot: Spot, seen: ExposureSummary) -> int:
        """The entry that kept the latest look at a spot; 0 where that is not known."""
        return max(self.findings_in.get((place, spot), 0), self.standings_in.get(seen.endpoint, 0))

    def closure_at(self, place: Place, spot: Spot, seen: ExposureSummary) -> bool | None:
        """Whether closure is proved at a spot; `None` when nobody looked there."""
        answer = self.answered.get((place, spot))
        if answer is not None:
            return answer
        standing = self.standings.get(seen.endpoint) if spot[1] == self.facts.vantage else None
        if standing is None or standing == _CLOSED:
            return None if standing is None else True
        if not self.facts.asked(place[0]):
            return None
        if seen.is_bucket:
            asked_for = self.asked_for.get(seen.endpoint, frozenset())
            return False if asked_for & {"", bucket_of(place)} else None
        return standing == _PROTECTED


class KnownPlaces(Protocol):
    """What gathering asks of a history."""

    def knows_spot(self, place: Place, spot: Spot) -> bool:
        """Whether it was ever seen open there."""

    def key_at(self, place: Place, spot: Spot) -> str:
        """The public key by which it was seen open there."""

    def knows_endpoint(self, key: str) -> bool:
        """Whether anything was ever seen open at the endpoint."""

    def last_look(self, place: Place, spot: Spot) -> int:
        """The entry that kept the latest look there; 0 before the first."""


class SightingCollector:
    """Takes findings and standings one after the other, and keeps what a history needs of them."""

    def __init__(self, known: KnownPlaces, facts: RunFacts, *, only: Collection[Place] | None = None) -> None:
        """`only` leaves every other place out."""
        self._known, self._facts, self._only = known, facts, only
        self._opened: dict[Place, dict[Spot, ExposureSummary]] = {}
        self._answered: dict[tuple[Place, Spot], bool] = {}
        self._standings: dict[str, str] = {}
        self._asked_for: dict[str, frozenset[str]] = {}
        self._findings_in: dict[tuple[Place, Spot], int] = {}
        self._standings_in: dict[str, int] = {}

    def finding(self, finding: Finding, *, entry: int = 0) -> None:
        """One finding of the run, and the entry that kept it; an older look than the latest one tells nothing."""
        place, spot = (intern(finding.check_id), finding.place), spot_of(finding)
        if self._only is not None and place not in self._only:
            return
        if entry < self._known.last_look(place, spot):
            return
        if finding.verdict.outcome in OPEN:
            seen = traits_of(finding)
            where = seen.endpoint if spot[0] == seen.endpoint else spot[0]
            self._opened.setdefault(place, {})[where, seen.vantage] = seen
        elif self._known.knows_spot(place, spot):
            self._answered[place, spot] = finding.is_refusal(of=self._known.key_at(place, spot))
        else:
            return
        self._findings_in[place, spot] = entry

    def standing(self, key: str, standing: str, *, entry: int = 0) -> None:
        """How an endpoint of the run stands; the words behind a `/` name the bucket of a URL."""
        endpoint, _, bucket = key.partition("/")
        if self._known.knows_endpoint(endpoint):
            self._standings[key] = standing
            self._standings_in[endpoint] = entry
            self._asked_for[endpoint] = self._asked_for.get(endpoint, frozenset()) | {bucket}

    def looks(self, *, is_finished: bool) -> Sightings:
        """All that was gathered."""
        return Sightings(
            facts=self._facts, opened=self._opened, answered=self._answered,
            standings=worst_standings(self._standings), asked_for=self._asked_for, is_finished=is_finished,
            findings_in=self._findings_in, standings_in=self._standings_in,
        )  # fmt: skip
