"""What the notice commands work on: the facts, the duties and the moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from leakguard.clocks.event_file import stated_zone
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.times import parse_instant
from leakguard.errors import BadFile, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.texts import counted
from leakguard.notices.book import DutyBook, read_facts
from leakguard.notices.duties import Duty
from leakguard.notices.duty_phases import only_stage, stage_meant
from leakguard.notices.facts import Facts
from leakguard.notices.law_of_day import text_of_the_day
from leakguard.notices.notice_content import NoticeContent
from leakguard.ports import ScanStore

if TYPE_CHECKING:
    from leakguard.notices.letters.text import LetterText


class NoticeInput(Frozen):
    """What a notice command works on."""

    book: DutyBook
    facts: Facts
    text: str
    """Of the facts file."""
    now: datetime

    @property
    def sha256(self) -> str:
        """Of the facts file's text."""
        return sha256(self.text.encode()).hexdigest()


class FactsQuery(Frozen):
    """Which facts, and as of when."""

    name: str
    text: str
    at: str | None = None
    """A moment as it was typed; now where nobody typed one."""
    incident: str | None = None
    """A stored incident, whose events and findings complete the facts."""


def read_given(
    asked: FactsQuery, book: DutyBook, store: ScanStore | None, *, now: Callable[[], datetime]
) -> NoticeInput:
    """Read the facts file, and the events and findings of a stored incident where one is named.

    Raises `BadFile` with every problem of the file, `UsageProblem` for a moment that cannot be read, and `NotFound`.
    """
    moment = parse_instant(asked.at, zone=_zone(asked, store)) if asked.at else now()
    if asked.incident is None or store is None:
        facts = read_facts(asked.text, name=asked.name, book=book, now=moment)
        return NoticeInput(book=book, facts=facts, text=asked.text, now=moment)
    from leakguard.use_cases.incidents.incident_facts import read_incident_facts, with_findings  # noqa: PLC0415  (a file alone needs none)

    facts = read_incident_facts(
        asked.text, name=asked.name, book=book, now=moment, journal=store, incident=asked.incident,
        known_at=None if asked.at else EVERYTHING,
    )  # fmt: skip
    return NoticeInput(book=book, facts=with_findings(facts, store, asked.incident), text=asked.text, now=moment)


def _zone(asked: FactsQuery, store: ScanStore | None) -> str | None:
    """The zone of local times: that of the file, else that of the stored incident."""
    zone = stated_zone(asked.text, name=asked.name)
    if zone is not None or asked.incident is None or store is None:
        return zone
    from leakguard.use_cases.incidents.incidents import load_incident  # noqa: PLC0415  (a file alone needs none)

    return load_incident(store, asked.incident).zone


def asked_for(book: DutyBook, *, duty: str | None, letter: str | None, option: str = "--letter") -> NoticeContent:
    """The duty, or the letter that no law demands; raises `UsageProblem` unless exactly one is named.

    `option` is what the command calls the letter.
    """
    if (duty is None) is (letter is None):
        raise UsageProblem(
            f"name exactly one of --duty and {option}",
            next_step=f"A law's letter: --duty ID (leakguard notice assess). Any other: {option} finder.",
        )
    return book.duty(duty) if duty is not None else book.letter(str(letter))


def stage_asked(work: NoticeInput, notice: NoticeContent, stage: str | None) -> str | None:
    """The stage of a letter by its name in the law of the day, where a person asked for `initial` or `first`."""
    of_the_day = text_of_the_day(notice, work.facts, work.now)
    return stage_meant(stage, of_the_day.phases) if isinstance(of_the_day, Duty) else stage


def stage_sent(work: NoticeInput, notice: NoticeContent, stage: str | None) -> str | None:
    """As `stage_asked`, of a letter that goes out: the stage of a duty that has one alone need not be named."""
    of_the_day = text_of_the_day(notice, work.facts, work.now)
    if stage is None and isinstance(of_the_day, Duty):
        return only_stage(of_the_day.phases)
    return stage_asked(work, notice, stage)


def stage_remark(notice: NoticeContent, stage: str | None) -> str:
    """What a person has to know of a letter that names none of the stages of its duty; empty for any other."""
    if not isinstance(notice, Duty) or not notice.phases or stage:
        return ""
    names = [phase.name for phase in notice.phases]
    return (
        f"{notice.id} has {counted(len(names), 'stage')}, and this letter names none: when it is sent, no filing is "
        f"recorded and no clock ends. Name it: --stage {names[0]} (or {', '.join(names[1:])})"
    )


def letter_words(data: bytes, *, name: str) -> LetterText:
    """What stands in a letter; raises `BadFile`, for a DOCX or PDF with the forms that can be checked."""
    from leakguard.notices.letters.text import parse_letter  # noqa: PLC0415  (most commands read no letter)

    try:
        return parse_letter(data.decode("utf-8-sig"), name=name)
    except UnicodeDecodeError as error:
        text = "is no text in UTF-8; save it as HTML or text, or draft it with --as html"
        raise BadFile.whole(name, text) from error
