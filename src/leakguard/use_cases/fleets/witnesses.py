"""Closing what was open takes two workers: one that was taken over could hide a store by saying that it is closed.

A result that closes something is looked at again by a worker with another key, where one is there. What only one of
them saw closed is `inconclusive` with the reason code `one_witness`, and what one of them saw open is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.engine.conclusion import finding_id
from leakguard.engine.examination import EndpointStatus
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import ExposedSince, Finding, Outcome, Proof, ReasonCode, Verdict
from leakguard.models.fleet import ShardResult
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.models.moments import from_z
from leakguard.ports import ScanStore
from leakguard.scanning.sightings import worst_standings
from leakguard.use_cases.fleets.fleet_tools import VantageRun, WorkerReport
from leakguard.use_cases.scans.exposures import history_of_places

CLOSING = frozenset({EndpointStatus.CLOSED.value, EndpointStatus.PROTECTED.value})
"""Standings of an endpoint that close what was open there."""


class OpenSpot(Frozen):
    """A check that found something open from this vantage, and has not been seen closed since."""

    check_id: str
    place: str
    endpoint: str
    """The key of the endpoint."""
    finding: str
    """The id of the finding."""


def open_spots(store: ScanStore, run: VantageRun) -> tuple[OpenSpot, ...]:
    """What is open by all that the store knows, as seen from the vantage of a run."""
    places = {
        (known_place.check_id, known_place.place)
        for known in run.known.values()
        for known_place in known
        if known_place.first_seen
    }
    if not places:
        return ()
    history = history_of_places(store, places)
    return tuple(
        OpenSpot(check_id=place[0], place=place[1], endpoint=seen.endpoint, finding=seen.finding)
        for place in sorted(places)
        for (_, vantage), seen in history.open_spots(place).items()
        if vantage == run.vantage
    )


def closed_by(report: WorkerReport, spots: Iterable[OpenSpot]) -> tuple[OpenSpot, ...]:
    """The open spots that a result closes."""
    standings = worst_standings(report.result.standings)
    outcomes = {
        (finding.check_id, finding.place, finding.endpoint): finding.verdict.outcome for finding in report.findings
    }

    def is_closed(spot: OpenSpot) -> bool:
        outcome = outcomes.get((spot.check_id, spot.place, spot.endpoint))
        if outcome is not None:
            return outcome is Outcome.NOT_EXPOSED
        return standings.get(spot.endpoint) in CLOSING

    return tuple(spot for spot in spots if is_closed(spot))


def together(first: WorkerReport, second: WorkerReport) -> WorkerReport:
    """The second look, with everything that the first one saw open: one witness is enough for an exposure."""
    opened = {finding.id: finding for finding in first.findings if finding.verdict.outcome in OPEN_OUTCOMES}
    seen = {finding.id for finding in second.findings if finding.verdict.outcome in OPEN_OUTCOMES}
    kept = {identifier: finding for identifier, finding in opened.items() if identifier not in seen}
    if not kept:
        return second
    findings = (*(finding for finding in second.findings if finding.id not in kept), *kept.values())
    standings = {finding.endpoint: EndpointStatus.EXPOSED.value for finding in kept.values()}
    return replace(second, findings=findings, result=_standing(second.result, standings))


def by_one_witness(
    store: ScanStore, run: VantageRun, report: WorkerReport, spots: Sequence[OpenSpot], *, now: datetime
) -> WorkerReport:  # fmt: skip
    """A result that closes nothing of these spots any more: it says that one worker alone saw them closed."""
    if not spots:
        return report
    earlier = {finding.id: finding for finding in store.findings(ids=sorted({spot.finding for spot in spots}))}
    confirmed = {
        witnessed.id: witnessed
        for spot in spots
        if (witnessed := _confirmed(run, report, spot, earlier.get(spot.finding), now)) is not None
    }
    findings = (*(finding for finding in report.findings if finding.id not in confirmed), *confirmed.values())
    standings = {
        spot.endpoint: EndpointStatus.NOT_CHECKED.value
        for spot in spots
        if report.result.standings.get(spot.endpoint) in CLOSING
    }
    return replace(report, findings=findings, result=_standing(report.result, standings))


def _confirmed(
    run: VantageRun, report: WorkerReport, spot: OpenSpot, earlier: Finding | None, now: datetime
) -> Finding | None:
    """The finding that says so: of this look where it has one, else made of the one that saw it open."""
    own = (
        finding for finding in report.findings if (finding.check_id, finding.place, finding.endpoint) == spot_key(spot)
    )
    found = next(own, earlier)
    if found is None:
        return None
    seen = "a login is asked for" if found is not earlier else "the port is closed, or a login is asked for"
    verdict = Verdict(
        outcome=Outcome.INCONCLUSIVE, reason_code=ReasonCode.ONE_WITNESS,
        reason=f"closed, one witness: {report.signer} alone saw that {seen}",
        product=found.verdict.product, version=found.verdict.version,
    )  # fmt: skip
    return replace(
        found, id=finding_id(run.run, found.check_id, found.place, found.address), run=run.run, vantage=run.vantage,
        verdict=verdict, exposed_since=ExposedSince() if found is earlier else found.exposed_since,
        observed_at=min(now, from_z(report.result.ended_at)), proof=Proof() if found is earlier else found.proof,
    )  # fmt: skip


def spot_key(spot: OpenSpot) -> tuple[str, str, str]:
    """Check, place and endpoint."""
    return spot.check_id, spot.place, spot.endpoint


def _standing(result: ShardResult, changed: Mapping[str, str]) -> ShardResult:
    """The result with other standings of some endpoints, counted anew."""
    standings, counts = dict(result.standings), dict(result.counts)
    for key, standing in changed.items():
        before = standings.get(key)
        if before in counts:
            counts[before] -= 1
            counts[standing] = counts.get(standing, 0) + 1
        standings[key] = standing
    kept = {standing: count for standing, count in counts.items() if count}
    return result.model_copy(update={"standings": standings, "counts": kept})


def exposures_of(report: WorkerReport) -> Iterator[Finding]:
    """What may be told of a shard before it is whole: exposures alone."""
    return (finding for finding in report.findings if finding.verdict.outcome in OPEN_OUTCOMES)
