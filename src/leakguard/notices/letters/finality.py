"""What keeps a letter from going out: who gets it is not settled, who writes cannot be reached, or a fact is missing.

A draft may have any of these; whoever approves or sends it has to settle them first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import FAILED
from leakguard.models.languages import STYLES
from leakguard.models.letters import Letter, texts_of
from leakguard.notices.competence import Office, is_office
from leakguard.notices.data_effects import effects_of, tells_effects, unstated
from leakguard.notices.duties import Duty
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Facts, FactState
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases

SIGNER = "reporter"
SIGNED = frozenset({"individuals", "regulator", "cert", "consumer_agencies", "controller", "processor"})
"""Recipients whose letters a person signs."""
PLANNED, DELAY = "measures_planned", "delay_reason"
_CONTACTS = ("org_contact", "dpo_contact")
AT_ONCE = timedelta(hours=72)
"""The longest time that the laws of several countries still count as prompt; a report within it confesses no delay."""
_BACK = 366
"""Days before the letter whose dates are looked for in what is planned."""
_UNSIGNED = "not stated, so nobody is named who signs"
_LATE = "a late report has to give the reason"
_SAYS_SO = "not stated, and the letter would say so"


def unsettled(
    notice: NoticeContent, facts: Facts, letter: Letter, office: Office | None, *,
    stage: str | None, first: bool, ended: str,
) -> Iterator[str]:  # fmt: skip
    """What has to be settled before the letter is final, each with what to write.

    `first` is whether the organisation that reports is the one that the duty binds; `ended` is when the deadline of the
    stage ended, empty while it has not.
    """
    yield from _addressee(notice, office)
    if not first and not any(facts.get(name) for name in _CONTACTS):
        yield (
            f"contact of {facts.organisation.name.first}: not stated; write its `contact` or `dpo` under "
            "`organisations`, because the duty binds it and the letter is its own"
        )
    yield from (
        f"{name}: {_SAYS_SO}; write its `value`, or `unknown` with the reason" for name in unstated(notice, facts)
    )
    if _is_unsigned(notice, facts, letter):
        yield f"{SIGNER}: {_UNSIGNED}; write name and function as its `value`"
    if ended and _tells_unknown_delay(facts, letter):
        yield f"{DELAY}: unknown; {_LATE}, so write its `value`"
    elif ended and is_office(notice.recipient) and not _is_known(facts, DELAY):
        yield f"{DELAY}: not stated, and the deadline ended at {ended}; write as its `value` why the letter is late"
    if _is_last(notice, stage) and tells_effects(notice):
        yield from _open_effects(facts)


def _is_unsigned(notice: NoticeContent, facts: Facts, letter: Letter) -> bool:
    """Whether a person has to sign by hand whom the letter does not name; where a seal stands, nobody has to."""
    return notice.recipient.type in SIGNED and not _is_known(facts, SIGNER) and not STYLES[letter.lang].seal


def _is_known(facts: Facts, name: str) -> bool:
    fact = facts.get(name)
    return fact is not None and fact.has_value


def _tells_unknown_delay(facts: Facts, letter: Letter) -> bool:
    fact = facts.get(DELAY)
    if fact is None or fact.state is not FactState.UNKNOWN or fact.reason is None:
        return False
    reason = (fact.reason.of(letter.lang) or "").rstrip(".。").casefold()
    return any(reason in text.casefold() for block in letter.blocks for text in texts_of(block))


def _addressee(notice: NoticeContent, office: Office | None) -> Iterator[str]:
    if office is None or office.is_settled or not is_office(notice.recipient):
        return
    facts = "".join(f"`{fact}`, or " for fact in office.decided_by)
    yield f"addressee: not settled; state {facts}the office by name under `addressees`, as `{notice.id}: NAME`"


def _is_last(notice: NoticeContent, stage: str | None) -> bool:
    *earlier, last = (phase.name for phase in notice.phases) if isinstance(notice, Duty) else ("",)
    return bool(earlier) and stage == last


def _open_effects(facts: Facts) -> Iterator[str]:
    """Effects that a last report leaves open without saying why they stay so."""
    for effect in effects_of(facts):
        fact = facts.get(effect.fact)
        if effect.state == "unknown" and fact is not None and not fact.why:
            yield f"{effect.fact}: unknown in the last report; write its `value`, or in its `why` why that stays so"


def ended_at(statuses: Mapping[str, ClockStatus], notice: NoticeContent, stage: str | None, zone: str) -> str:
    """When the deadline of a stage, by default the first, ended: in this zone; empty while it has not."""
    status = statuses.get(notice.clock_of(stage) or "")
    if status is None or status.work_by is None or status.rule.soft or status.state not in FAILED:
        return ""
    return status.work_by.astimezone(zone_of(zone)).isoformat(sep=" ", timespec="minutes")


def has_length(statuses: Mapping[str, ClockStatus], notice: NoticeContent, stage: str | None) -> bool:
    """Whether the deadline of a stage, by default the first, is a length of time; true without its clock."""
    clock = notice.clock_of(stage)
    status = statuses.get(clock or "")
    return clock is not None and (status is None or status.rule.has_length)


def may_tell_delay(
    states: Sequence[FactState | None], statuses: Mapping[str, ClockStatus], notice: NoticeContent, stage: str | None,
    now: datetime, *, is_asked: bool,
) -> bool:  # fmt: skip
    """Whether a letter whose clock does not tell if it is late gives the reason for a delay; `states` are of its facts.

    One that is due at once gives it where its law asks for it, or after `AT_ONCE`; then also that it is not known yet.
    """
    known = frozenset({FactState.KNOWN, FactState.ESTIMATED})
    if _is_long_after(statuses, notice, stage, now):
        return all(state in known or state is FactState.UNKNOWN for state in states)
    return (is_asked or has_length(statuses, notice, stage)) and all(state in known for state in states)


def _is_long_after(
    statuses: Mapping[str, ClockStatus], notice: NoticeContent, stage: str | None, now: datetime
) -> bool:
    status = statuses.get(notice.clock_of(stage) or "")
    anchor = status.verdict.anchor_at if status is not None and not status.rule.has_length else None
    return anchor is not None and now - anchor > AT_ONCE


def past_days(notice: NoticeContent, facts: Facts, letter: Letter, phrases: Phrases, ended: str) -> Iterator[str]:
    """Remarks on what lies before the day of the letter: the deadline of a letter to people, and what is planned.

    An office is told why a report is late, see `unsettled`.
    """
    if ended and not is_office(notice.recipient):
        yield f"deadline: it ended at {ended}, before this letter"
    yield from _past_plans(facts, letter, phrases)


def _past_plans(facts: Facts, letter: Letter, phrases: Phrases) -> Iterator[str]:
    fact = facts.get(PLANNED)
    parts = fact.value if fact is not None and isinstance(fact.value, tuple) else ()
    text = "\n".join(part.of(letter.lang) or "" for part in parts if isinstance(part, LocalisedText))
    if not re.search(r"\d", text):
        return
    for back in range(1, _BACK):
        past = letter.written_on - timedelta(days=back)
        days = (words for words in (past.isoformat(), phrases.day(past)) if words in text)
        if any(re.search(rf"(?<!\d){re.escape(words)}(?!\d)", text) for words in days):
            yield f"{PLANNED}: tells {past.isoformat()} as still to come, and the letter is dated later"
