"""The kinds of events that clocks, playbooks and duties know, each with its meaning and its fields.

Laws start their clocks at different moments, so near-synonyms stay apart here on purpose.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen

COMMON_FIELDS = ("id", "kind", "occurred_at", "recorded_at", "source", "reason", "corrects", "zone")
"""Keys of a row in a file, for any kind: the attributes of `Event`, and the `zone` in which its times are read."""
CONTEXT_FIELDS = (
    *("actor", "note", "evidence", "finding", "vantage", "step"),
    *("obligation", "stage", "recipient", "regime", "jurisdiction"),
)
"""Keys of `Event.fields` that an event of any kind may carry, and that any selector may filter by. `regime` is the name
of a law or of a contract, as the organisation writes it; only filters read it."""


class EventKind(Frozen):
    """One kind of event."""

    name: str
    meaning: str
    fields: tuple[str, ...] = ()
    """Keys of `Event.fields` that this kind may carry, some of which may be in `CONTEXT_FIELDS` too."""

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every key of `Event.fields` that an event of this kind may carry: its own and `CONTEXT_FIELDS`."""
        return (*self.fields, *CONTEXT_FIELDS)


# Fields of several kinds, by what an event of those kinds is about. `second_person`: who agreed (two people decide).
_PARTY = ("recipient", "regime", "jurisdiction")
_FILING = ("obligation", "stage", "recipient", "regime", "jurisdiction", "channel", "reference", "document", "letter")
_DECISION = ("decider", "second_person", "basis", "evidence", "regime", "jurisdiction", "obligation")
_CLOCK = ("clock", "obligation", "decider", "second_person", "rationale", "basis", "evidence")
_MESSAGE = ("sender", "channel", "evidence", *_PARTY)
_JURISDICTION = ("place", "role", "decider", "evidence")
_DELAY = ("until", "document", *_CLOCK)
_REOPENING = ("finding", "decider", "change")
_RANSOM_NOTE = ("emails", "bitcoin", "onions", "sha256", "check", "finding", "vantage")

_SCAN = ("vantage", "finding", "run", "check", "target", "change", "what")
_CHANGE = (*_SCAN, "differences")

# `legal term:` marks a kind that is named after the word that a law uses for the event with which its clock starts.
_ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # What the world did.
    ("occurrence", "the incident itself happened", ("evidence",)),
    ("exposure_started", "the data became reachable", ("evidence", "finding")),
    ("exposure_first_seen", "our scanner saw the exposure for the first time", ("vantage", "finding", "run", "check")),
    ("exposure_seen_again", "our scanner saw the exposure after it had been closed", _SCAN),
    ("exposure_spread", "our scanner found the exposure at another address too, or by another check", _SCAN),
    ("exposure_changed", "our scanner saw the exposure grow, shrink, change or give no clear answer", _CHANGE),
    ("payment", "a ransom was paid", ("evidence", "amount")),
    ("corrective_measure_available", "a fix for the vulnerability is available", ("evidence",)),
    # What we were told and when we understood it.
    ("notice_received", "an outsider, an authority or a processor reported the incident to us", _MESSAGE),
    ("notice_read", "one of our people read the notice", ("notice", "evidence")),
    ("detection", "legal term: the incident was detected", ("vantage", "evidence", *_PARTY)),
    ("detected", "our own people or tools detected the incident", ("vantage", "evidence", "finding")),
    ("noticing", "legal term: we noticed the incident", ("evidence", *_PARTY)),
    ("discovery", "legal term: the breach was discovered, or should have been, whichever is earlier", _DECISION),
    ("discovery_or_notification", "legal term: the incident was discovered or, if earlier, reported to us", _DECISION),
    ("triaged", "somebody assessed the incident and set its severity level", ("level", "evidence")),
    ("processor_awareness", "a processor became aware", ("processor", "evidence", *_PARTY)),
    ("awareness", "we became aware with reasonable certainty", _DECISION),
    ("reasonable_belief", "we had reason to believe that a breach happened", _DECISION),
    ("credible_grounds", "we had credible grounds to think that a breach happened", _DECISION),
    ("confirmation", "legal term: the breach was confirmed", _DECISION),
    ("breach_confirmed", "our investigation confirmed the breach", ("evidence", "decider", "finding")),
    ("ransom_note_read", "we read a ransom note and recorded the contact and payment addresses in it", _RANSOM_NOTE),
    # What somebody decided.
    ("determination", "we determined that the breach must be notified", _DECISION),
    ("classification", "legal term: the incident was classified", ("level", *_DECISION)),
    ("classified", "the incident was classified, for example as major", ("level", *_DECISION)),
    ("materiality_determination", "legal term: the incident was found to be material", _DECISION),
    ("materiality_determined", "the incident was found to be material", _DECISION),
    ("high_risk_determined", "a high risk to people was found", _DECISION),
    ("place_settled", "a person decided whether there is a duty in a jurisdiction without a known rule", _JURISDICTION),
    ("not_applicable", "a duty was decided not to apply", ("organisation", *_CLOCK)),
    ("applicable", "a duty was decided to apply after all", ("organisation", *_CLOCK)),
    # What we did about it.
    ("incident_opened", "the incident was opened", ("title", "zone", "findings", "playbook")),
    ("contained", "we closed the exposure", ("evidence", "finding", "step")),
    ("evidence_preserved", "logs, memory or images were secured", ("evidence", "step")),
    (
        "remediation_verified",
        "a new probe found the exposure closed, or a person says how they know it",
        ("vantage", "finding", "run", "step"),
    ),
    ("verified_all_vantages", "only for playbooks you wrote: every vantage saw it closed", ("finding", "run", "step")),
    ("data_scoped", "we know which data are affected, and whose they are", ("evidence", "step")),
    ("recovered", "the service is back in its safe state", ("evidence", "step")),
    ("end_of_handling", "the handling of the incident is finished", ("evidence", "step", *_PARTY)),
    ("lessons_recorded", "the review after the incident was held", ("evidence", "step")),
    ("status_sent", "a status update was sent", ("audience", "channel", "recipient")),
    # Whom we told.
    ("filed", "a notice or a report was filed", ("by", "to_be_determined", *_FILING)),
    ("previous_submission", "only for duties you wrote in YAML: an earlier filing that starts a deadline", _FILING),
    ("acknowledged_by_authority", "the authority confirmed receipt", _FILING),
    ("subjects_notified", "we notified the people concerned", ("count", *_FILING)),
    ("individual_notice_sent", "legal term: notices to individuals were sent", ("count", *_FILING)),
    ("authority_request_received", "an authority asked for something", ("request", "document", *_PARTY)),
    # What moves a clock.
    ("paused", "a clock was stopped for a stated reason", ("until", "reason_code", *_CLOCK)),
    ("resumed", "a clock that was paused runs again", _CLOCK),
    ("extension_granted", "an authority gave more time", ("until", "document", "recipient", "regime", *_CLOCK)),
    ("delay_notice_sent", "we claimed a delay that the law permits, or gave notice that we need it", _DELAY),
    ("cancelled", "a person ended a clock that is no longer needed", _CLOCK),
    # `despite`: the areas of work that were unfinished when the incident was closed all the same.
    ("closed", "the incident was closed", ("decider", "second_person", "despite")),
    (
        "reopened",
        "the incident was reopened; a clock that had ended starts again only with a new event that starts it",
        _REOPENING,
    ),
    ("calendar_year_end", "the calendar year ended, for duties that count from the end of a year", ()),
    # About the record itself.
    ("planned", "something that is meant to happen; the only kind whose time may be in the future", ("what", "step")),
    ("retracted", "withdraws an event that was recorded by mistake: name it with --corrects", ()),
    ("note", "a remark for the timeline", ("text", "step", "evidence")),
)

KINDS: dict[str, EventKind] = {
    name: EventKind(name=name, meaning=meaning, fields=tuple(dict.fromkeys(fields))) for name, meaning, fields in _ROWS
}

LEARNED = frozenset(
    {"occurrence", "notice_received", "notice_read", "detection", "detected", "noticing", "discovery",
     "discovery_or_notification", "processor_awareness", "awareness", "reasonable_belief", "credible_grounds"}
)  # fmt: skip
"""Events by which an incident happens or becomes known.

In every incident at least one of these events has happened, so `notice assess` asks for those that start a clock and
are not recorded.
"""

DECIDED = frozenset(
    {"determination", "confirmation", "breach_confirmed", "classification", "classified", "materiality_determination",
     "materiality_determined"}
)  # fmt: skip
"""Decisions that start clocks of laws: until one is recorded, no deadline runs and none can be shown."""

NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "paused": (("basis",),),
    "extension_granted": (("until",), ("clock", "obligation")),
    "not_applicable": (("clock", "obligation"),),
    "applicable": (("clock", "obligation"),),
    "cancelled": (("clock", "obligation"),),
    "place_settled": (("place",), ("role",)),
}
"""By kind, the fields without which an event would silently move no clock: an AND of OR-groups of field names."""


GROUPS: dict[str, tuple[str, ...]] = {
    "Somebody reported to us": ("notice_received", "notice_read", "processor_awareness", "authority_request_received"),
    "We found out": (
        *("detected", "discovery", "noticing", "detection", "discovery_or_notification", "triaged"),
        *("exposure_first_seen", "exposure_seen_again", "exposure_spread", "exposure_changed", "ransom_note_read"),
    ),
    "We decided": (
        *("awareness", "reasonable_belief", "credible_grounds", "breach_confirmed", "confirmation", "determination"),
        *("high_risk_determined", "classified", "classification", "place_settled"),
        *("materiality_determined", "materiality_determination"),
    ),
    "We contained and repaired it": (
        *("contained", "evidence_preserved", "remediation_verified", "verified_all_vantages", "data_scoped"),
        *("corrective_measure_available", "recovered", "end_of_handling"),
    ),
    "We notified somebody": (
        *("filed", "previous_submission", "acknowledged_by_authority"),
        *("subjects_notified", "individual_notice_sent", "status_sent"),
    ),
    "A deadline changes or does not apply": (
        *("not_applicable", "applicable", "extension_granted", "delay_notice_sent", "paused", "resumed", "cancelled"),
    ),
    "Opened, closed, reviewed": ("incident_opened", "closed", "reopened", "lessons_recorded"),
    "What happened outside": ("occurrence", "exposure_started", "payment", "calendar_year_end"),
    "About the record itself": ("note", "planned", "retracted"),
}
"""Every kind once, by what happened, in the order in which a response meets them."""

KEYWORDS: dict[str, str] = {
    "notice_received": "email mail tip report reported researcher outsider call phone warned informed",
    "notice_read": "opened inbox seen",
    "processor_awareness": "supplier vendor provider contractor hoster",
    "authority_request_received": "regulator question asked inquiry",
    "detected": "found find alert monitoring siem noticed saw",
    "discovery": "found find discovered learned uncovered",
    "noticing": "found noticed saw",
    "detection": "found detected",
    "triaged": "triage assessed ranked priority severity",
    "exposure_first_seen": "scan scanner open reachable exposed found",
    "exposure_seen_again": "reexposed again open",
    "ransom_note_read": "ransom extortion blackmail",
    "awareness": "aware know known certain knew realised realized",
    "reasonable_belief": "believe belief suspect suspected",
    "credible_grounds": "suspect suspected grounds believe",
    "breach_confirmed": "confirm confirmed proved certain investigation",
    "confirmation": "confirm confirmed",
    "determination": "decide decided notifiable reportable",
    "high_risk_determined": "risk high harm decided",
    "classified": "class major level graded",
    "classification": "class major level graded",
    "materiality_determined": "material sec investors",
    "materiality_determination": "material sec investors",
    "contained": "contain stopped blocked shut fixed fix isolated firewalled offline takedown closed mitigated",
    "evidence_preserved": "logs image snapshot forensic saved copy",
    "remediation_verified": "fixed fix verified patched remediated resolved proved checked solved",
    "verified_all_vantages": "verified proved checked",
    "data_scoped": "scope records counted categories data affected",
    "corrective_measure_available": "patch update fix",
    "recovered": "restored restore recovery back running normal",
    "end_of_handling": "finished done over handled ended",
    "filed": "told notified notify report reported submitted sent authority regulator notification",
    "previous_submission": "submitted earlier",
    "acknowledged_by_authority": "receipt confirmed answer",
    "subjects_notified": "told notified notify people persons customers users informed letters victims",
    "individual_notice_sent": "told notified notify people persons customers users informed letters",
    "status_sent": "update told informed management press",
    "not_applicable": "exempt irrelevant unneeded applies",
    "applicable": "applies",
    "extension_granted": "more time extended longer",
    "delay_notice_sent": "delay delayed police investigation ban",
    "paused": "pause hold suspend suspended stopped",
    "resumed": "resume continue restarted",
    "cancelled": "cancel withdraw withdrawn",
    "closed": "close finished done over ended",
    "reopened": "reopen again",
    "lessons_recorded": "review postmortem retrospective learned lessons",
    "occurrence": "happened attack intrusion began breach",
    "exposure_started": "began since misconfigured opened leak leaked started",
    "payment": "paid ransom",
    "note": "comment remark memo text write",
    "planned": "plan future schedule will",
    "retracted": "mistake wrong delete undo remove error",
}
"""Words that somebody may type who does not know the name of a kind, besides the words of its name."""


def unknown_kind_message(kind: str) -> str | None:
    """An error message that proposes the kinds that may be meant; `None` if `kind` is known."""
    if kind in KINDS:
        return None
    *others, last = [f"`{name}`" for name in meant_kinds(kind)] or [""]
    named = f"{', '.join(others)} or {last}" if others else last
    return f"unknown event kind `{kind[:60]}`" + (f" (did you mean {named}?)" if last else "")


def meant_kinds(text: str) -> tuple[str, ...]:
    """The kinds that may be meant, at most three, all equally likely, in the order of `GROUPS`.

    Three searches, until one finds any: names that begin with `text`, keywords and parts of names, similar spelling.
    """
    begun = [name for name in KINDS if len(text) > 3 and name.startswith(text)]  # noqa: PLR2004  (three letters begin too many)
    if begun:
        return (min(begun, key=len),)
    scores: Counter[str] = Counter()
    for word in _WORD.findall(text[:60].lower()):
        scores.update(_by_word().get(_stem(word), {}))
    best = max(scores.values(), default=0)
    found = sorted((name for name in scores if scores[name] == best), key=_ORDER.index)
    if found:
        return tuple(found[:3])
    near = nearest_name(text[:60], list(KINDS))
    return (near,) if near else ()


_WORD = re.compile("[a-z]{3,}", re.ASCII)
_ORDER = [name for names in GROUPS.values() for name in names]
_STOP_WORDS = frozenset({"the", "was", "our", "and", "that", "what", "with", "for", "not", "law", "word", "incident"})


@lru_cache(maxsize=1)
def _by_word() -> dict[str, dict[str, int]]:
    """By the stem of a word: the kinds that it may mean, and how likely; a keyword counts more than a name's part."""
    found: dict[str, dict[str, int]] = {}
    for name in KINDS:
        for weight, text in ((3, name), (4, KEYWORDS.get(name, ""))):
            for word in _WORD.findall(text.replace("_", " ")):
                if word not in _STOP_WORDS:
                    own = found.setdefault(_stem(word), {})
                    own[name] = max(weight, own.get(name, 0))
    return found


def _stem(word: str) -> str:
    """`notified`, `notifies` and `notify` are one word, as are `closes` and `close`; no more than that is needed."""
    for end, short in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", "")):
        if word.endswith(end) and len(word) - len(end) >= 3:  # noqa: PLR2004  (letters that a stem has at least)
            return word[: -len(end)] + short
    return word
