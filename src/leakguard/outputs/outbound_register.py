"""The register of recipients abroad with its clocks: for a person, as plain values, and as a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.outbound.countries import country_name
from leakguard.outbound.deadlines import Deadline, State
from leakguard.outbound.register import RegisteredRecipient
from leakguard.outbound.rules import RuleBook
from leakguard.outputs.notice import set_in
from leakguard.outputs.outbound import lang_of, source_json
from leakguard.outputs.words import printable
from leakguard.translations.catalogue import Catalogue
from leakguard.use_cases.outbound.recipients import RegisterView

if TYPE_CHECKING:
    from icalendar import Event

_STATES = {
    State.RUNNING: "running", State.DUE_NOW: "due now", State.OVERDUE: "OVERDUE", State.MET_ON_TIME: "met on time",
    State.MET_LATE: "met late", State.NEEDS_FACT: "needs fact",
}  # fmt: skip
_DONE = {State.MET_ON_TIME, State.MET_LATE}


def register_lines(view: RegisterView, words: Catalogue) -> Iterator[str]:
    """Each recipient, then every clock, the one that is due first in front."""
    if not view.recipients:
        yield words.gettext("The register has no recipient. Add those of a file: leakguard outbound add FACTS")
        return
    yield words.filled("Recipients abroad on {}", view.day)
    for recipient in view.recipients:
        yield from _recipient(view.book, recipient, words)
    if view.deadlines:
        yield ""
        yield words.gettext("Clocks, in working days of the calendar that each names:")
    for deadline in view.deadlines:
        yield from deadline_lines(view.book, deadline, words)


def _recipient(book: RuleBook, recipient: RegisteredRecipient, words: Catalogue) -> Iterator[str]:
    lang, about = lang_of(words), recipient.recipient
    tool = book.incident.tools[about.tool].name.of(lang) if about.tool in book.incident.tools else about.tool
    yield f"{about.id}  {printable(about.name.of(lang))}, {country_name(about.country, lang)}: {tool}"
    number = words.filled("number {}", about.reference) if about.reference else words.gettext("no number stated")
    ends = words.filled("ends on {}", about.until) if about.until is not None else words.gettext("no end stated")
    yield set_in(f"{number}; {ends}; E-{recipient.number}", 2)
    if recipient.ended is not None:
        yield set_in(words.filled("transfers ended on {}: {}", recipient.ended.on, recipient.ended.reason), 2)


def deadline_lines(book: RuleBook, deadline: Deadline, words: Catalogue) -> Iterator[str]:
    """One clock: how it stands, the days, and what it rests on."""
    lang = lang_of(words)
    yield f"{words.gettext(_STATES[deadline.state])}  {deadline.recipient.id}: {deadline.rule.text.of(lang)}"
    if deadline.lacks:
        yield set_in(words.filled("state `{}` of the recipient", deadline.lacks), 2)
        return
    text = "may be asked for from {} until {}" if deadline.rule.is_window else "act from {}; the last day is {}"
    yield set_in(words.filled(text, deadline.act_from, deadline.last_day), 2)
    if deadline.is_provisional:
        yield set_in(words.gettext("provisional: the working days of a year between are not announced yet"), 2)
    basis = words.gettext("the law") if deadline.rule.is_law else words.gettext("practice: no law asks for it")
    cited = "; ".join(
        f"{book.sources[name].law.of(lang)}, {book.sources[name].article.of(lang)}" for name in deadline.rule.sources
    )
    yield set_in(f"{basis}: {cited}" if deadline.rule.is_law else basis, 2)


def register_json(view: RegisterView) -> dict[str, Any]:
    """The register as plain values."""
    return {
        "schema": "leakguard.outbound-register/1", "day": view.day.isoformat(), "zone": view.book.zone,
        "recipients": [_recipient_json(recipient) for recipient in view.recipients],
        "clocks": [_deadline_json(view.book, deadline) for deadline in view.deadlines],
    }  # fmt: skip


def _recipient_json(recipient: RegisteredRecipient) -> dict[str, Any]:
    about = recipient.recipient
    days = {name: getattr(about, name) for name in ("effective", "until", "filed", "impact_assessment")}
    return {
        "id": about.id, "name": about.name.en, "name_zh": about.name.zh, "country": about.country, "tool": about.tool,
        "role": about.role, "contact": about.contact, "reference": about.reference, "data": list(about.data),
        "purpose": about.purpose.en if about.purpose is not None else None,
        **{name: day.isoformat() if day is not None else None for name, day in days.items()},
        "entry": recipient.number,
        "ended": {"on": recipient.ended.on.isoformat(), "reason": recipient.ended.reason}
        if recipient.ended is not None
        else None,
    }  # fmt: skip


def _deadline_json(book: RuleBook, deadline: Deadline) -> dict[str, Any]:
    return {
        "id": deadline.clock, "recipient": deadline.recipient.id, "text": deadline.rule.text.en,
        "text_zh": deadline.rule.text.zh,
        "state": deadline.state.value,
        "work_by": deadline.act_from.isoformat() if deadline.act_from is not None else None,
        "statutory_limit": deadline.last_day.isoformat() if deadline.last_day is not None else None,
        "provisional": deadline.is_provisional, "is_law": deadline.rule.is_law, "is_window": deadline.rule.is_window,
        "calendar": deadline.rule.calendar, "lacks": deadline.lacks or None,
        "sources": [source_json(book.sources[name]) for name in deadline.rule.sources],
    }  # fmt: skip


def register_ics(view: RegisterView, now: datetime, *, is_drill: bool) -> str:
    """A day for each clock, so that it outlives this tool; the same clock keeps its UID.

    What is met, and what ended with the transfers, is cancelled: that takes it out of a calendar that has it.
    """
    from icalendar import Calendar  # noqa: PLC0415  (few ask for a calendar)

    calendar = Calendar()
    for name, value in (("prodid", "-//LeakGuard//outbound//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(name, value)
    entries = {entry.recipient.id: entry.number for entry in view.recipients}
    for deadline in (*view.deadlines, *view.moot):
        if deadline.act_from is None or deadline.last_day is None:
            continue
        is_done = deadline.state in _DONE or deadline in view.moot
        event = _event(deadline, deadline.act_from, deadline.last_day, mark=_mark(is_drill=is_drill))
        event.add("dtstamp", now.replace(microsecond=0))
        event.add("sequence", entries.get(deadline.recipient.id, 0))
        event.add("status", "CANCELLED" if is_done else "CONFIRMED")
        calendar.add_component(event)
    text: str = calendar.to_ical().decode()
    return text


def _event(deadline: Deadline, act_from: date, last_day: date, *, mark: str) -> Event:
    from icalendar import Event  # noqa: PLC0415  (as above)

    event = Event()
    event.add("uid", printable(f"{deadline.clock}.{deadline.recipient.id}@leakguard"))
    begin = act_from if deadline.rule.before_end is not None else last_day
    event.add("dtstart", begin)
    event.add("dtend", begin + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", f"{mark}{printable(deadline.recipient.name.en)}: {deadline.rule.text.en}")
    event.add("description", f"Act from {act_from}; the last day is {last_day}. {deadline.rule.text.zh}")
    return event


def _mark(*, is_drill: bool) -> str:
    """A calendar shows nothing else of an entry."""
    return "DRILL " * is_drill
