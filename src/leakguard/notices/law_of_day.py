"""The law of the day: which text of a duty was law when an incident came into sight."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from leakguard.frozen import Frozen
from leakguard.models.events import Interval
from leakguard.notices.duties import Duty, Version
from leakguard.notices.facts import Facts, days_of
from leakguard.notices.notice_content import NoticeContent


class Force(StrEnum):
    """How a duty stood on the day."""

    LAW = "law"
    NONE = "none"
    """It was no law, and that is known."""
    OPEN = "open"
    """The day is known roughly, and the law changed within that time."""
    UNKNOWN = "unknown"
    """What the law said on that day is not known here; nobody may take it for no duty."""


class LawOfDay(Frozen):
    """The text that was law on the day, or why there is none."""

    force: Force
    text: Duty
    """The text of the day; where there is none, or where it is not known, the present one."""
    because: str = ""
    """Empty where a text was law on the whole of the day."""
    others: tuple[Duty, ...] = ()
    """The other texts of a day that is known roughly."""
    is_read: bool = False
    """Whether somebody read that there was no such law; a law that only awaits its first day proves nothing."""

    @property
    def addressed(self) -> frozenset[str]:
        """Whom the texts of the day address; every text where it is not known which one was law."""
        known = (self.text, *self.others) if self.force in {Force.LAW, Force.OPEN} else self.text.texts
        return frozenset(role for text in known for role in text.obligated)


def law_on_the_day(duty: Duty, facts: Facts, now: datetime) -> LawOfDay:
    """The text of a duty that was law when the incident came into sight."""
    first, last = facts.days(now, duty.phases[0].clock.zone)
    return law_between(duty, first, last)


def text_of_the_day(notice: NoticeContent, facts: Facts, now: datetime) -> NoticeContent:
    """A duty as it was law on the day, and a letter that no law demands as it is.

    The present text where none was law on the day, or where what was is not known.
    """
    return law_on_the_day(notice, facts, now).text if isinstance(notice, Duty) else notice


def law_in_sight(duty: Duty, sight: Interval | None, zone: str, now: datetime) -> LawOfDay:
    """The same for an incident of which no facts are known, only when it came into sight."""
    first, last = days_of(sight, zone, now, duty.phases[0].clock.zone)
    return law_between(duty, first, last)


def law_between(duty: Duty, first: date, last: date) -> LawOfDay:
    """The text that was law from `first` to `last`, both included, in which the day of the incident lies."""
    if duty.status == "proposed" or (duty.status == "not_in_force" and duty.in_force_from is None):
        words = _PROPOSED if duty.status == "proposed" else _NOT_IN_FORCE
        because = f"{words.format(duty.verified_on)}{_expected(duty, last)}"
        return LawOfDay(force=Force.NONE, text=duty, because=because)
    if (duty.in_force_from or date.min) <= first and last <= (duty.in_force_to or date.max):
        return LawOfDay(force=Force.LAW, text=duty)  # versions end before the present text begins
    spans = [span for span in _spans(duty) if span.touches(first, last)]
    whole = [span for span in spans if span.covers(first, last)]
    if len(whole) == 1 and len(spans) == 1:
        return _in_one(duty, whole[0], last)
    if spans:
        texts = [span.text for span in reversed(spans) if span.text is not None] or [duty]
        because = f"the day of the incident ({first} to {last}) includes a change of the law"
        return LawOfDay(force=Force.OPEN, text=texts[0], because=because, others=tuple(texts[1:]))
    return _outside(duty, first, last)


_PROPOSED = "the duty was only proposed when it was checked on {}"
_NOT_IN_FORCE = "the duty was not in force when it was checked on {}"


class _Span(Frozen):
    """Days on which one text was law, or on which no such duty was."""

    start: date
    end: date
    text: Duty | None
    version: Version | None = None

    def touches(self, first: date, last: date) -> bool:
        return self.start <= last and first <= self.end

    def covers(self, first: date, last: date) -> bool:
        return self.start <= first and last <= self.end


def _spans(duty: Duty) -> Iterator[_Span]:
    """The earliest first, the present text last."""
    for version in duty.versions:
        yield _Span(start=version.from_ or date.min, end=version.until, text=version.duty, version=version)
    yield _Span(start=duty.in_force_from or date.min, end=duty.in_force_to or date.max, text=duty)


_REMEMBERED = (
    "in force since {start}; on the day of the incident ({last}) the law is believed to have had no such duty, "
    "which rests on memory alone"
)
_REMEMBERED_WITH_TEXT = (
    "in force since {start}; on the day of the incident ({last}) the law is believed to have had no such duty: "
    "{said}, which rests on memory alone"
)
_READ = (
    "in force only since {start}; on the day of the incident ({last}) the law had no such duty (read on {on}: {url})"
)
_READ_WITH_TEXT = (
    "in force only since {start}; on the day of the incident ({last}) the law had no such duty: {said} "
    "(read on {on}: {url})"
)


def _in_one(duty: Duty, span: _Span, last: date) -> LawOfDay:
    if span.text is not None:
        return LawOfDay(force=Force.LAW, text=span.text)
    version, start = span.version, duty.in_force_from
    text = version.text if version is not None else ""
    if version is None or not version.is_read:
        because = (_REMEMBERED_WITH_TEXT if text else _REMEMBERED).format(start=start, last=last, said=text)
        return LawOfDay(force=Force.UNKNOWN, text=duty, because=because)
    because = (_READ_WITH_TEXT if text else _READ).format(
        start=start, last=last, said=text, on=version.verified_on, url=version.source_url
    )
    return LawOfDay(force=Force.NONE, text=duty, because=because, is_read=True)


def _outside(duty: Duty, first: date, last: date) -> LawOfDay:
    """A day that no text covers: after the end of the law, before a law that was awaited, or simply not known."""
    start, end = duty.in_force_from, duty.in_force_to
    if end is not None and first > end:
        because = f"in force only until {end}, before the day of the incident ({first})"
        return LawOfDay(force=Force.NONE, text=duty, because=because, is_read=True)
    if start is not None and last < start and (duty.status == "not_in_force" or duty.verified_on <= last):
        because = f"not law yet on the day of the incident ({last}): in force from {start}"
        return LawOfDay(force=Force.NONE, text=duty, because=because)
    because = f"in force since {start}; what the law said on the day of the incident ({last}) is not known here"
    return LawOfDay(force=Force.UNKNOWN, text=duty, because=because)


def _expected(duty: Duty, last: date) -> str:
    """A day on which a proposed law was expected and that has come since is named."""
    if duty.in_force_from is None:
        return ""
    if last < duty.in_force_from:
        return f"; it was expected from {duty.in_force_from}"
    return (
        f"; it was expected from {duty.in_force_from}, which has come: have it read again before you take this for "
        "no duty"
    )
