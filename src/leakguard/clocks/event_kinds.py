"""The kinds of events that clocks, playbooks and duties know, each with its meaning and its fields.

Laws start their clocks at different moments, so near-synonyms stay apart here on purpose.
"""

from __future__ import annotations

from leakguard.files.shapes import nearest_name
from leakguard.frozen import Frozen

COMMON_FIELDS = ("id", "kind", "occurred_at", "recorded_at", "source", "reason", "corrects", "zone")
"""What an event of any kind has in a file, beside its own fields."""
CONTEXT_FIELDS = (
    *("actor", "note", "evidence", "finding", "vantage", "step"),
    *("obligation", "stage", "recipient", "regime", "jurisdiction"),
)
"""Fields that an event of any kind may carry, and that any selector may filter by."""


class EventKind(Frozen):
    """One kind of event."""

    name: str
    meaning: str
    fields: tuple[str, ...] = ()
    """What this kind may carry beyond `COMMON_FIELDS` and `CONTEXT_FIELDS`."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every field of its own that an event of this kind may carry."""
        return (*self.fields, *CONTEXT_FIELDS)


_PARTY = ("recipient", "regime", "jurisdiction")
_FILING = ("obligation", "stage", "recipient", "regime", "jurisdiction", "channel", "reference", "document", "letter")
_DECISION = ("decider", "second_person", "basis", "evidence", "regime", "jurisdiction", "obligation")
_CLOCK = ("clock", "obligation", "decider", "second_person", "rationale", "basis", "evidence")
_NOTE = ("emails", "bitcoin", "onions", "sha256", "check", "finding", "vantage")

_SEEN = ("vantage", "finding", "run", "check", "target", "change", "what")
_DIFFERED = (*_SEEN, "differences")

_ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # What the world did.
    ("occurrence", "the incident itself happened", ("evidence",)),
    ("exposure_started", "the data became reachable", ("evidence", "finding")),
    ("exposure_first_seen", "our scanner saw the exposure for the first time", ("vantage", "finding", "run", "check")),
    ("exposure_seen_again", "our scanner saw the exposure after it had been closed", _SEEN),
    ("exposure_spread", "our scanner saw more of the exposure: its store at another place, or another check", _SEEN),
    ("exposure_changed", "our scanner saw the exposure grow, shrink, change or give no clear answer", _DIFFERED),
    ("payment", "a ransom was paid", ("evidence", "amount")),
    ("corrective_measure_available", "a fix for the vulnerability is available", ("evidence",)),
    # What we were told and when we understood it.
    ("notice_received", "an outsider, an authority or a processor told us", ("sender", "channel", "evidence", *_PARTY)),
    ("notice_read", "somebody of ours read the notice", ("notice", "evidence")),
    ("detection", "the law's word: the incident was detected", ("vantage", "evidence", *_PARTY)),
    ("detected", "our own people or tools detected it", ("vantage", "evidence", "finding")),
    ("noticing", "we noticed the incident", ("evidence", *_PARTY)),
    ("discovery", "the law's word: the breach was discovered, or could have been with diligence", _DECISION),
    ("discovery_or_notification", "discovered, or told by somebody else, whichever law counts", _DECISION),
    ("triaged", "somebody looked and ranked it", ("level", "evidence")),
    ("processor_awareness", "a processor became aware", ("processor", "evidence", *_PARTY)),
    ("awareness", "we became aware with reasonable certainty", _DECISION),
    ("reasonable_belief", "we had reason to believe that a breach happened", _DECISION),
    ("credible_grounds", "we had credible grounds to think that a breach happened", _DECISION),
    ("confirmation", "the law's word: the breach was confirmed", _DECISION),
    ("breach_confirmed", "our investigation confirmed the breach", ("evidence", "decider", "finding")),
    ("ransom_note_read", "we read an extortioner's note and kept its addresses", _NOTE),
    # What somebody decided.
    ("determination", "we determined that the breach must be notified", _DECISION),
    ("classification", "the law's word: the incident was classified", ("level", *_DECISION)),
    ("classified", "the incident was classified", ("level", *_DECISION)),
    ("materiality_determination", "the law's word: the incident was found to be material", _DECISION),
    ("materiality_determined", "the incident was found to be material", _DECISION),
    ("high_risk_determined", "a high risk to people was found", _DECISION),
    ("not_applicable", "a duty was decided not to apply", _CLOCK),
    ("applicable", "a duty was decided to apply after all", _CLOCK),
    # What we did about it.
    ("incident_opened", "the incident was opened", ("title", "zone", "findings", "playbook")),
    ("contained", "the exposure was closed by us", ("evidence", "finding", "step")),
    ("evidence_preserved", "logs, memory or images were secured", ("evidence", "step")),
    ("remediation_verified", "a new probe found the exposure closed", ("vantage", "finding", "run", "step")),
    ("verified_all_vantages", "every vantage that saw it found it closed", ("finding", "run", "step")),
    ("data_scoped", "we know which data and whose they are", ("evidence", "step")),
    ("recovered", "the service is back in its safe state", ("evidence", "step")),
    ("end_of_handling", "the handling of the incident is finished", ("evidence", "step", *_PARTY)),
    ("lessons_recorded", "the review after the incident was held", ("evidence", "step")),
    ("status_sent", "a status update went out", ("audience", "channel", "recipient")),
    # Whom we told.
    ("filed", "a notice or a report was filed", ("by", "to_be_determined", *_FILING)),
    ("previous_submission", "the submission that the next stage counts from", _FILING),
    ("acknowledged_by_authority", "the authority confirmed receipt", _FILING),
    ("subjects_notified", "the people concerned were told", ("count", *_FILING)),
    ("individual_notice_sent", "the law's word: notices to individuals were sent", ("count", *_FILING)),
    ("authority_request_received", "an authority asked for something", ("request", "document", *_PARTY)),
    # What moves a clock.
    ("paused", "a clock was stopped for a stated reason", ("until", "reason_code", *_CLOCK)),
    ("resumed", "a clock that was paused runs again", _CLOCK),
    ("extension_granted", "an authority gave more time", ("until", "document", "recipient", "regime", *_CLOCK)),
    ("delay_notice_sent", "a legal delay was claimed or its need was notified", ("until", "document", *_CLOCK)),
    ("cancelled", "a clock was withdrawn", _CLOCK),
    ("closed", "the incident was closed", ("decider", "second_person", "despite")),
    ("reopened", "the incident was opened again: a new cycle", ("finding", "decider", "change")),
    ("calendar_year_end", "a calendar year ended", ()),
    # About the record itself.
    ("planned", "something that is meant to happen; the only kind that may lie in the future", ("what", "step")),
    ("retracted", "an event that was recorded by mistake, named in `corrects`", ()),
    ("note", "a remark for the timeline", ("text", "step", "evidence")),
)

KINDS: dict[str, EventKind] = {
    name: EventKind(name=name, meaning=meaning, fields=tuple(dict.fromkeys(fields))) for name, meaning, fields in _ROWS
}

LEARNED = frozenset(
    {"occurrence", "notice_received", "notice_read", "detection", "detected", "noticing", "discovery",
     "discovery_or_notification", "processor_awareness", "awareness", "reasonable_belief", "credible_grounds"}
)  # fmt: skip
"""How an incident comes to be known: whoever writes about one has had some of these, recorded or not."""

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "paused": (("basis",),),
    "extension_granted": (("until",), ("clock", "obligation")),
    "not_applicable": (("clock", "obligation"),),
    "applicable": (("clock", "obligation"),),
    "cancelled": (("clock", "obligation"),),
}
"""Without one of each of these fields an event would move no clock, and nobody would be told."""


def unknown_kind(kind: str) -> str | None:
    """What is wrong with `kind`, with the nearest known name; nothing when it is known."""
    if kind in KINDS:
        return None
    near = nearest_name(kind, list(KINDS))
    return f"unknown event kind `{kind[:60]}`" + (f" (did you mean `{near}`?)" if near else "")
