"""Assesses an outbound transfer: the facts of a file, the law of the day, the counts and the route."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from leakguard.clocks.times import parse_interval, zone_of
from leakguard.frozen import Frozen, replace
from leakguard.models.letters import Letter, as_drill
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.outbound.counting import TransferCount, count_people
from leakguard.outbound.decide import Decision, decide
from leakguard.outbound.facts_file import parse_outbound
from leakguard.outbound.in_incident import InIncident, in_incident
from leakguard.outbound.paper import PaperInput, skeleton
from leakguard.outbound.register import RegisteredRecipient
from leakguard.outbound.rule_files import load_rules
from leakguard.outbound.rules import RuleBook, ScreenLang
from leakguard.outbound.values import OutboundFacts
from leakguard.ports import DataFolders

EXAMPLE = "outbound/example.yaml"
"""Among the files of `duties/`."""


class OutboundAsked(Frozen):
    """Which file, and as of when."""

    name: str
    text: str
    at: str | None = None
    """A time as it was typed."""


class OutboundAssessed(Frozen):
    """What a file says, and what the rules say to it."""

    book: RuleBook
    facts: OutboundFacts
    day: date
    """In the zone of the law."""
    counted: TransferCount
    decision: Decision


def day_of(book: RuleBook, moment: datetime) -> date:
    """The day of a moment where the law counts."""
    return moment.astimezone(zone_of(book.zone)).date()


def assess_outbound(asked: OutboundAsked, folders: DataFolders, now: datetime) -> OutboundAssessed:
    """Judge the file for the day of its transfer, else for the time that was typed, else for now.

    Raises `BadFile` with every problem of the file, and `UsageProblem` for a time that cannot be read.
    """
    book = load_rules(folders)
    facts = parse_outbound(
        asked.text, name=asked.name, book=book, refuse=refuse_personal_values, today=day_of(book, now)
    )
    moment = parse_interval(asked.at, zone=book.zone).earliest if asked.at else now
    day = facts.day if facts.day is not None and not asked.at else day_of(book, moment)
    counted = count_people(facts, book.text_on(day), day)
    return OutboundAssessed(
        book=book, facts=facts, day=day, counted=counted, decision=decide(book, day, counted.answers)
    )


def draft_paper(found: OutboundAssessed, name: str, lang: ScreenLang, *, is_drill: bool) -> Letter:
    """The skeleton of a paper; one of a drill says so on every page."""
    letter = skeleton(
        PaperInput(book=found.book, facts=found.facts, decision=found.decision, counted=found.counted, day=found.day),
        name, lang,
    )  # fmt: skip
    return as_drill(letter) if is_drill else letter


def outbound_in_incident(
    asked: OutboundAsked, folders: DataFolders, now: datetime, registered: Iterable[RegisteredRecipient] = ()
) -> tuple[OutboundAssessed, InIncident]:  # fmt: skip
    """What transfers change in the incident of a file; recipients of the register stand behind those of the file.

    Those whose transfers had ended before the incident are named apart.
    """
    found = assess_outbound(asked, folders, now)
    named = {recipient.id for recipient in found.facts.recipients}
    others = [entry for entry in registered if entry.recipient.id not in named]
    day = found.facts.incident.day or found.day
    more = tuple(entry.recipient for entry in others if entry.goes_on(day))
    facts = replace(found.facts, recipients=(*found.facts.recipients, *more))
    seen = in_incident(found.book, facts, found.decision, day)
    last_days = {entry.recipient.id: entry.ended.on for entry in others if entry.ended is not None}
    earlier = tuple(entry.recipient for entry in others if not entry.goes_on(day))
    return found, replace(seen, last_days=last_days, earlier=earlier)
