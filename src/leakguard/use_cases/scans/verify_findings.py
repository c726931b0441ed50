"""Proves closure by probing again: closed only when the port is closed or a login is asked for, never on a silence.

What was seen open from several vantages is proved closed only once each of them has seen it closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from leakguard.engine.examination import EndpointStatus
from leakguard.errors import NotAllowed, NotFound
from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval, exactly
from leakguard.models.findings import Finding, Outcome
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Now, ScanStore
from leakguard.scanning.diff import OPEN, ChangeKind, worst_of
from leakguard.scanning.sightings import Place, is_kept_by_host, spot_of, worst_standings
from leakguard.use_cases.incidents.incident_closures import (
    SEEN_AGAIN,
    VERIFIED,
    Closure,
    closed_findings,
    findings_of,
    incidents_about,
    is_over,
    remediated,
    waits_for_begin,
)
from leakguard.use_cases.incidents.incidents import REOPENED, incident_of
from leakguard.use_cases.incidents.recorded_closures import RecordedClosure, closures_about, closures_in
from leakguard.use_cases.scans.exposures import history_of_places

ATTEMPTS = 5
"""Somebody may write into the incident while we probe; a proof that was paid for is not thrown away for that."""


class VerifiedFinding(Frozen):
    """One finding, looked at again."""

    finding: Finding
    closure: Closure
    run: str
    now: Finding | None
    """What the new probe found, if it found anything to judge."""
    missing: tuple[str, ...] = ()
    """Other vantages from which it was seen open, and not seen closed since."""
    elsewhere: tuple[str, ...] = ()
    """Other addresses of its name at which it was seen open from here, and not seen closed since."""
    void: tuple[RecordedClosure, ...] = ()
    """What incidents had on record as closed until this look saw it open."""

    @property
    def is_proved(self) -> bool:
        """Whether it is closed from everywhere where it was open."""
        return self.closure is Closure.CLOSED and not (self.missing or self.elsewhere)


_CLOSURES = {
    EndpointStatus.CLOSED: Closure.CLOSED,
    EndpointStatus.PROTECTED: Closure.CLOSED,
    EndpointStatus.EXPOSED: Closure.STILL_OPEN,
}


def findings_to_verify(store: ScanStore, ids: Sequence[str]) -> tuple[Finding, ...]:
    """The findings by id; raises `NotFound` that names the unknown ones."""
    found = {finding.id: finding for finding in store.findings(ids=ids)}
    unknown = [identifier for identifier in ids if identifier not in found]
    if unknown:
        raise NotFound(
            f"the store has no finding {', '.join(f'`{item[:40]}`' for item in unknown)}",
            next_step="List them: leakguard scan show RUN",
        )
    return tuple(found[identifier] for identifier in dict.fromkeys(ids))


def judge_closure(
    findings: Sequence[Finding], *, run: str, standings: Mapping[str, str], again: Iterable[Finding]
) -> tuple[VerifiedFinding, ...]:
    """Hold each old finding against what the new run says of its endpoint.

    `standings` maps the key of each endpoint to how it stands now. A bucket is judged by its own finding.
    """
    words: dict[Place, list[Finding]] = {}
    for word in again:
        words.setdefault((word.check_id, word.place), []).append(word)
    worst = worst_standings(standings)
    return tuple(
        VerifiedFinding(
            finding=finding, run=run,
            now=(now := _with_key(finding, _word_on(finding, words.get((finding.check_id, finding.place), ())))),
            closure=_closure(finding, now, standings.get(finding.endpoint), worst.get(finding.endpoint)),
        )
        for finding in findings
    )  # fmt: skip


def _word_on(finding: Finding, words: Sequence[Finding]) -> Finding | None:
    """The worst word on the target counts; without an open or unclear one, only those on the very spot do.

    A name may lead to several addresses: a login at another one says nothing about the one that was seen open.
    """
    worst = next(iter(worst_of(words).values()), None)
    if worst is None or worst.verdict.outcome in _OUTWEIGHS:
        return worst
    where, _ = spot_of(finding)
    here = [word for word in words if spot_of(word)[0] == where]
    return min(here, key=lambda word: word.is_refusal(of=finding.key), default=None)


def _with_key(finding: Finding, now: Finding | None) -> Finding | None:
    """What was found now, with a word where the page ships another key than the one by which it was open."""
    if now is None or now.key == finding.key or now.verdict.outcome is not Outcome.NOT_EXPOSED:
        return now
    reason = f"{now.verdict.reason.rstrip('.')}; but the page no longer ships the key by which it was open"
    return replace(now, verdict=replace(now.verdict, reason=reason))


def _closure(finding: Finding, now: Finding | None, standing: str | None, worst: str | None) -> Closure:
    """By the word on its spot, else by how its endpoint stands: closure is claimed only where it was seen open.

    `standing` is that of the endpoint's root, and `worst` that of all that was asked there: a login at the root proves
    nothing beside something unclear below a path, and what is open below a path is not open at the root.
    """
    if now is not None:
        closure = _BY_OUTCOME.get(now.verdict.outcome.value, Closure.UNKNOWN)
        is_proof = closure is not Closure.CLOSED or now.is_refusal(of=finding.key)
        return closure if is_proof else Closure.UNKNOWN
    is_bucket = "/" in finding.target
    if worst is None or (is_bucket and worst != EndpointStatus.CLOSED):
        return Closure.UNKNOWN
    if worst == EndpointStatus.EXPOSED != standing:
        return Closure.UNKNOWN
    return _CLOSURES.get(EndpointStatus(worst), Closure.UNKNOWN)


_OUTWEIGHS = OPEN | {Outcome.INCONCLUSIVE}
"""What counts at whatever address of the target it was found."""
_BY_OUTCOME = {
    "exposed": Closure.STILL_OPEN,
    "partially_exposed": Closure.STILL_OPEN,
    "not_exposed": Closure.CLOSED,
}


def seen_open_elsewhere(store: ScanStore, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What else was seen open of the names of these findings, at whatever address, and not closed since.

    A name may have led to several addresses, one after the other or at once: each has to be seen closed.
    """
    named = (finding for finding in findings if finding.host and not is_kept_by_host(finding))
    places = {(finding.check_id, finding.place) for finding in named}
    if not places:
        return ()
    history = history_of_places(store, places)
    ids = {seen.finding for place in places for seen in history.open_spots(place).values()}
    return tuple(store.findings(ids=sorted(ids)))


def with_known(store: ScanStore, verified: Sequence[VerifiedFinding], *, vantage: str) -> tuple[VerifiedFinding, ...]:
    """Add what the store knows: who has not seen a closure yet, and which closures on record are void by now."""
    return _with_void(store, _with_missing(store, verified, vantage=vantage))


def _with_void(store: ScanStore, verified: Sequence[VerifiedFinding]) -> tuple[VerifiedFinding, ...]:
    """Add to what is still open the closures that incidents have on record."""
    opened = [item.finding for item in verified if item.closure is Closure.STILL_OPEN]
    closures = closures_about(store, opened) if opened else {}
    return tuple(replace(item, void=closures.get(item.finding.id, ())) for item in verified)


def _with_missing(
    store: ScanStore, verified: Sequence[VerifiedFinding], *, vantage: str
) -> tuple[VerifiedFinding, ...]:
    """Add to each closure the vantages and addresses that have not seen it yet, by everything that the store knows.

    What the store itself does not know to be closed where it was seen open is no closure.
    """
    closed = [item.finding for item in verified if item.closure is Closure.CLOSED]
    if not closed:
        return tuple(verified)
    history = history_of_places(store, {(finding.check_id, finding.place) for finding in closed})

    def with_its(item: VerifiedFinding) -> VerifiedFinding:
        own = spot_of(item.finding)[0]
        spots = history.open_spots((item.finding.check_id, item.finding.place))
        if (own, vantage) in spots:
            return replace(item, closure=Closure.UNKNOWN)
        missing = {seen_from for _, seen_from in spots if seen_from != vantage}
        elsewhere = {where for where, seen_from in spots if seen_from == vantage}
        return replace(item, missing=tuple(sorted(missing)), elsewhere=tuple(sorted(elsewhere)))

    return tuple(with_its(item) if item.closure is Closure.CLOSED else item for item in verified)


def record_closure(store: ScanStore, verified: Sequence[VerifiedFinding], *, vantage: str, now: Now) -> tuple[str, ...]:
    """Write the result into every incident that has one of the findings; returns the incidents now closed.

    `remediation_verified` is recorded once all findings of an incident are seen closed, from every vantage. What is
    on record as closed and is open again opens an incident again that was over, so that its clocks begin anew.
    """
    by_id = {item.finding.id: item for item in verified}
    about = incidents_about(store, [item.finding for item in verified])
    closed = []
    for incident, pairs in about.items():
        own = [replace(by_id[seen.id], finding=finding) for finding, seen in pairs]
        is_named = any(finding.id in by_id for finding, _ in pairs)
        is_news = is_named or not _is_over_and_closed(store, incident, own)
        if is_news and _record_in(store, incident, own, vantage=vantage, now=now):
            closed.append(incident)
    return tuple(closed)


def _is_over_and_closed(store: ScanStore, incident: str, own: Sequence[VerifiedFinding]) -> bool:
    """Whether an incident was over already, and nothing of it is open again: then it is left in peace."""
    is_closed = all(item.closure is not Closure.STILL_OPEN for item in own)
    return is_closed and is_over(incident_of(incident, tuple(store.read(incident))))


def _record_in(store: ScanStore, incident: str, verified: Sequence[VerifiedFinding], *, vantage: str, now: Now) -> bool:
    """Write the looks at its findings into one incident; whether all of it is closed now."""
    for attempt in range(ATTEMPTS):
        records = list(store.read(incident))
        at = exactly(now())
        new, is_closed = _entries(incident, records, verified, vantage=vantage, at=at)
        try:
            store.append(incident, new, after=records[-1].sequence)
        except NotAllowed:
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            break
    return is_closed


def _entries(
    incident: str, records: Sequence[KeptRecord], verified: Sequence[VerifiedFinding], *, vantage: str, at: Interval
) -> tuple[list[Record], bool]:
    own = findings_of(records)
    results = [item for item in verified if item.finding.id in own]
    before = closed_findings(records)
    void = own if waits_for_begin(incident_of(incident, records)) else closures_in(records)
    back = [item for item in results if item.closure is Closure.STILL_OPEN and item.finding.id in void]
    new = [*_back(incident, records, back, vantage, at), *(_look(item, vantage, at) for item in results)]
    closed = (before - {item.finding.id for item in results}) | {item.finding.id for item in results if item.is_proved}
    is_closed = bool(results) and own <= closed
    if is_closed:
        new.append(remediated(vantage=vantage, run=results[0].run, at=at))
    return new, is_closed


def _back(
    incident: str, records: Sequence[KeptRecord], back: Sequence[VerifiedFinding], vantage: str, at: Interval
) -> Iterator[Record]:
    """What is on record as closed, or is of an incident that was opened again, is open: as a watch records it."""
    for number, item in enumerate(back):
        finding = item.finding
        fields = {
            "finding": finding.id, "run": item.run, "vantage": vantage, "check": finding.check_id,
            "target": finding.place, "what": ChangeKind.RE_EXPOSED.value,
        }  # fmt: skip
        if number == 0 and is_over(incident_of(incident, records)):
            reason = f"open again: {finding.place}"
            again = {"finding": finding.id}
            yield record_of_event(kind=REOPENED, occurred_at=at, source="probed again", reason=reason, fields=again)
        yield record_of_event(kind=SEEN_AGAIN, occurred_at=at, source="probed again", fields=fields)


def _look(item: VerifiedFinding, vantage: str, at: Interval) -> Record:
    content: dict[str, object] = {
        "finding": item.finding.id, "closure": item.closure.value, "run": item.run, "vantage": vantage
    }  # fmt: skip
    if item.now is not None and item.now.verdict.reason_code is not None:
        content["reason_code"] = item.now.verdict.reason_code.value
    if item.missing or item.elsewhere:
        content["missing"] = [*item.missing, *item.elsewhere]
    return Record(kind=VERIFIED, occurred_at=at, content=content)
