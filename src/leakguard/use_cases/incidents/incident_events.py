"""Records what happens in an incident, after checking it against the incident as it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.accounts.two_people import needs_accounts
from leakguard.clocks.event_kinds import KINDS, NEEDED, unknown_kind_message
from leakguard.clocks.times import parse_interval
from leakguard.errors import NotAllowed, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.logs import log
from leakguard.models.event_records import event_of, record_of_event, sequence_of
from leakguard.models.events import Event, Interval
from leakguard.models.incidents import IncidentState
from leakguard.models.moments import to_z
from leakguard.models.people import Signatory, alike_text, may_be_one_person, refuse_unreadable
from leakguard.models.records import KeptRecord
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incident_brief import Brief, brief_of, corrected, event_at
from leakguard.use_cases.incidents.incidents import CLOSED, OPENED, REOPENED, TRIES, load_incident
from leakguard.use_cases.incidents.playbook_closure import CLAIMS, refuse_open_exposures, refuse_unproved

PROMPT = timedelta(minutes=15)
"""Events recorded later than this after they happened need a reason."""
AFTER_CLOSING = frozenset(
    {
        "filed", "previous_submission", "acknowledged_by_authority", "authority_request_received",
        "subjects_notified", "individual_notice_sent", "extension_granted", "delay_notice_sent",
        "not_applicable", "applicable", "cancelled", "place_settled", "lessons_recorded", "note",
    }
)  # fmt: skip
"""What may still be recorded of a closed incident: laws and the review run on until one of these ends them."""
ENDING_DECISIONS = frozenset({"not_applicable", "cancelled"})
"""Decisions by which nobody watches a clock any more."""
_NAMING = frozenset({"clock", "obligation", "finding"})
"""Fields that name a duty, a clock or a finding."""
MOST_CHARACTERS = 2000
"""A source, a reason or a field longer than this is a document, which is evidence and no event."""


Check = Callable[[Sequence[KeptRecord]], None]
"""Raises for what a caller does not allow."""
NameCheck = Callable[[str, Mapping[str, str]], None]
"""Raises for fields of an event of this kind that name nothing that there is: see `event_names`."""


class NoNameCheck(Frozen):
    """Why a caller's events need no `NameCheck`."""

    reason: str


class NewEvent(Frozen):
    """What a person says happened."""

    kind: str
    occurred_at: Interval | None = None
    """`None` is now."""
    source: str = ""
    reason: str = ""
    corrects: str | None = None
    fields: Mapping[str, str] | None = None


def record_event(
    store: Journal, identifier: str, new: NewEvent, *, now: Now, check: Check | None = None,
    names: NameCheck | NoNameCheck | None = None,
) -> Event:  # fmt: skip
    """Check `new` against the incident as it stands, and keep it; returns the event as kept.

    `check` is asked with the records as they are when the event is kept, and may raise. Every caller says what checks
    the duties, clocks, stages and findings that its event names, or why nothing has to.

    Raises `NotFound`, `UsageProblem` for what is said wrongly, `NotAllowed` for what the incident's state refuses, for
    a closure without a reason while something is missing to it, and for one while an exposure is open, whatever the
    reason.
    """
    refuse_misspelt(new)
    refuse_typed_second(store, new)
    for _ in range(TRIES):
        incident = brief_of(store, identifier)
        _refuse_out_of_turn(new, incident)
        target = _corrected_event(store, identifier, new.corrects) if new.corrects is not None else None
        if callable(names) and _NAMING & set(new.fields or {}):
            names(new.kind, new.fields or {})
        if check is not None:
            check(tuple(store.read(identifier)))
        if not new.reason and new.kind in CLAIMS:
            refuse_unproved(identifier, new.kind, tuple(store.read(identifier)))
        if new.kind == CLOSED or (target is not None and target.kind == REOPENED):
            refuse_open_exposures(identifier, tuple(store.read(identifier)))
        occurred_at = _placed(new, now(), incident)
        record = record_of_event(
            kind=new.kind, occurred_at=occurred_at, source=new.source, reason=new.reason, corrects=new.corrects,
            fields=_fields(new, incident.zone, occurred_at),
        )  # fmt: skip
        try:
            kept = event_of(store.append(identifier, (record,), after=incident.last.sequence)[0])
        except NotAllowed:
            continue
        name = "incident_closed" if kept.kind == CLOSED else "incident_event_recorded"
        log.info(name, incident=identifier, kind=kept.kind, record=kept.id)
        return kept
    raise NotAllowed(f"{identifier} is being written by many at this very moment", next_step="Try again.")


def refuse_misspelt(new: NewEvent) -> None:
    """Everything that can be said without looking at the incident."""
    wrong = unknown_kind_message(new.kind)
    if wrong:
        raise UsageProblem(wrong, next_step="What each kind means: leakguard incident kinds")
    fields = new.fields or {}
    known = tuple(dict.fromkeys(KINDS[new.kind].allowed))
    for name in fields:
        if name not in known:
            near = nearest_name(name, list(known))
            hint = f" (did you mean `{near}`?)" if near else ""
            raise UsageProblem(
                f"an event `{new.kind}` has no field `{name[:60]}`{hint}", next_step=f"It may have: {', '.join(known)}."
            )
    refuse_unreadable(new.reason)
    _refuse_moot(new.kind, fields)
    _refuse_same_person_twice(fields)
    if any(len(text) > MOST_CHARACTERS for text in (new.source, new.reason, *fields.values())):
        raise UsageProblem(
            f"a text of an event may have {MOST_CHARACTERS:,} characters",
            next_step="Keep the document elsewhere and name it here.",
        )
    if new.corrects is not None and not new.reason:
        raise UsageProblem("a correction needs a reason", next_step='Say why: --reason "..."')
    if new.kind in ENDING_DECISIONS and not any((new.reason, fields.get("rationale"), fields.get("basis"))):
        raise UsageProblem(
            f"`{new.kind}` ends the watch over a clock, so it needs a reason", next_step='Say why: --reason "..."'
        )
    if new.kind == "retracted" and new.corrects is None:
        raise UsageProblem("`retracted` needs the event that it retracts", next_step="Name it: --corrects E-...")


def _refuse_moot(kind: str, fields: Mapping[str, str]) -> None:
    for needed in NEEDED.get(kind, ()):
        if not any(fields.get(name, "").strip() for name in needed):
            options = " or ".join(f"--field {name}=..." for name in needed)
            raise UsageProblem(f"`{kind}` needs its {' or '.join(needed)}", next_step=f"Say it: {options}")


def _refuse_same_person_twice(fields: Mapping[str, str]) -> None:
    second = fields.get("second_person", "")
    first = next((fields[name] for name in ("decider", "actor") if fields.get(name)), "")
    if first and second and may_be_one_person(Signatory(name=first), Signatory(name=second)):
        raise UsageProblem(
            f"the second person is another one: {alike_text(first, second)}", next_step="Name another person."
        )


def refuse_typed_second(store: Journal, new: NewEvent) -> None:
    """In a store with accounts a second person is one who logged in, and not a name that the first one typed."""
    if (new.fields or {}).get("second_person") and needs_accounts(store):
        raise NotAllowed(
            "this store has accounts, so the second person confirms under their own login",
            next_step="Do the step of the playbook, and let them run: leakguard playbook confirm ID STEP. "
            "An event of your own has no second_person.",
        )


def _refuse_out_of_turn(new: NewEvent, incident: Brief) -> None:
    if new.kind == OPENED:
        raise NotAllowed(f"{incident.id} is open already", next_step="Open another: leakguard incident open")
    is_closed = incident.state is IncidentState.CLOSED
    if is_closed and new.kind not in AFTER_CLOSING | {REOPENED}:
        raise NotAllowed(
            f"{incident.id} is closed, so only filings, decisions about duties and the review can still be recorded",
            next_step=f"Reopen it first: leakguard incident reopen {incident.id} --reason TEXT",
        )
    if not is_closed and new.kind == REOPENED:
        raise NotAllowed(f"{incident.id} is not closed", next_step=f"Nothing to do, or record `{CLOSED}` first.")


def _corrected_event(store: Journal, identifier: str, corrects: str) -> Event:
    """The event that another one supersedes; raises for one that there is not, and for one that it may not."""
    target = event_at(store, identifier, corrects)
    if target is None:
        near = nearest_name(corrects, [event.id for event in load_incident(store, identifier).events])
        hint = f" (did you mean `{near}`?)" if near else ""
        raise UsageProblem(
            f"this incident has no event `{corrects[:40]}`{hint}", next_step="See them: leakguard incident timeline"
        )
    if target.kind == OPENED:
        raise NotAllowed("the opening of an incident cannot be corrected", next_step="Record a `note` instead.")
    later = corrected(store, identifier, after=sequence_of(corrects) or 0).get(corrects)
    if later is not None:
        raise NotAllowed(f"{corrects} was superseded by {later} before", next_step=f"Correct {later} instead.")
    return target


def _placed(new: NewEvent, now: datetime, incident: Brief) -> Interval:
    """The time of the event: `now` itself where nobody says when; what has happened cannot have happened after now."""
    if new.occurred_at is None:
        return Interval(earliest=now, latest=now, zone=incident.zone)
    if new.kind == "planned":
        return new.occurred_at
    next_step = "Record it when it has happened, or as an event `planned`."
    until = incident.latest(now)
    return happened_at(new.occurred_at, now, reason=new.reason, next_step=next_step, until=until)


def happened_at(at: Interval, now: datetime, *, reason: str, next_step: str, until: datetime | None = None) -> Interval:
    """The time of what has happened, up to now; raises `UsageProblem` for the future and for a delay without a reason.

    `next_step` is what to do about something that is in the future; with `until` that begins there.
    """
    until = until or now
    if at.earliest > until:
        raise UsageProblem(f"{at.stated or to_z(at.earliest)} is in the future", next_step=next_step)
    if now - at.earliest > PROMPT and not reason:
        raise UsageProblem(
            "this happened more than 15 minutes ago, so the record needs a reason for the delay",
            next_step='Say why it is recorded only now: --reason "..."',
        )
    return replace(at, latest=min(at.latest, until))


def _fields(new: NewEvent, zone: str, occurred_at: Interval) -> dict[str, str]:
    """The fields as given, with times in UTC so that every reader agrees on them.

    A whole day as an end is its last instant, as an authority means it; a pause ends by its strict reading. It is a day
    in the zone of the event: where a person named another one for that, the authority's.
    """
    fields = dict(new.fields or {})
    if "until" in fields:
        until = parse_interval(fields["until"], zone=zone)
        if not until.is_exact:
            until = parse_interval(fields["until"], zone=occurred_at.zone or zone)
        if until.latest < occurred_at.earliest:
            raise UsageProblem("`until` lies before the event itself", next_step="Correct one of the two times.")
        fields["until"] = to_z(until.earliest if new.kind == "paused" else until.latest)
    return fields
