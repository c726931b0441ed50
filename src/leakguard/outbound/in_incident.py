"""What transfers change in an incident: who notifies whom, whether transfers pause, and what counsel has to know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from leakguard.frozen import Frozen, field
from leakguard.outbound.decide import Decision
from leakguard.outbound.rules import NotificationDuty, RuleBook, Tool, Words
from leakguard.outbound.values import HERE, OutboundFacts, Recipient

_CHINESE = "cn"
_ROUTE_OF = {"cn_assessment": "assessment", "cn_contract": "contract", "cn_certification": "certification"}
"""By tool, the route that it is; an exempt case has none."""


class Party(Frozen):
    """A recipient in an incident."""

    recipient: Recipient
    tool: Tool
    leaked: bool
    """Whether it is the one whose system leaked, or may be."""
    tells: tuple[NotificationDuty, ...]
    pauses: bool
    """Whether somebody has to decide if transfers to it pause."""
    has_ended: bool
    """Whether its route had ended on the day of the incident."""


class CounselNote(Frozen):
    """One line that counsel alone reads; `values` fill the places of `text`."""

    kind: str
    text: Words
    names: tuple[Recipient, ...] = ()
    facts: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()


class InIncident(Frozen):
    """What an incident asks of transfers."""

    day: date
    is_own: bool
    """Whether the leak is, or may be, the organisation's own."""
    parties: tuple[Party, ...]
    missing: tuple[str, ...]
    """Facts of the incident that nobody stated."""
    for_counsel: tuple[CounselNote, ...]
    last_days: Mapping[str, date] = field(default_factory=dict)
    """Of recipients of the register, the last day of transfers, where it is known."""
    earlier: tuple[Recipient, ...] = ()
    """Recipients of the register whose transfers had ended before; what they got, they may still have."""


def in_incident(book: RuleBook, facts: OutboundFacts, decision: Decision, day: date) -> InIncident:
    """What an incident on this day asks of the transfers of a file."""
    part = facts.incident
    parties = tuple(_party(book, recipient, part.leaked_from, day) for recipient in facts.recipients)
    stated = (("leaked_from", part.leaked_from), ("gone_abroad", part.gone_abroad))
    missing = [f"incident.{name}" for name, value in stated if value in {None, ""}]
    if part.leaked_from not in {"", HERE} and part.notice_at is None:
        missing.append("incident.notice_at")
    return InIncident(
        day=day, is_own=part.leaked_from in {"", HERE}, parties=parties, missing=tuple(missing),
        for_counsel=tuple(_for_counsel(book, facts, decision, parties)),
    )  # fmt: skip


def _party(book: RuleBook, recipient: Recipient, leaked_from: str, day: date) -> Party:
    tool = book.incident.tools[recipient.tool]
    leaked = leaked_from in {recipient.id, ""}
    own = tuple(notification for notification in tool.tells if (notification.to == "recipient"))
    return Party(
        recipient=recipient, tool=tool, leaked=leaked, pauses=leaked and tool.law == _CHINESE,
        tells=tuple(notification for notification in tool.tells if notification not in own) if leaked else own,
        has_ended=recipient.until is not None and recipient.until < day,
    )  # fmt: skip


def _for_counsel(
    book: RuleBook, facts: OutboundFacts, decision: Decision, parties: Iterable[Party]
) -> Iterator[CounselNote]:  # fmt: skip
    words = book.incident.counsel
    chinese = [party for party in parties if party.tool.law == _CHINESE]
    lawless = tuple(party.recipient for party in chinese if party.tool.is_without_route)
    ended = tuple(party.recipient for party in chinese if party.has_ended)
    has_gone = facts.incident.gone_abroad
    if has_gone is None and chinese:
        yield CounselNote(kind="unknown", text=words.unknown)
    if has_gone is not False and lawless:
        yield CounselNote(kind="lawless", text=words.lawless, names=lawless)
    if has_gone is not False and ended:
        yield CounselNote(kind="ended", text=words.ended, names=ended)
    if chinese and decision.verdict != "decided":
        yield CounselNote(kind="open_route", text=words.open_route, facts=decision.missing)
    elif has_gone is not False and (short := tuple(_short(decision, chinese))):
        yield CounselNote(kind="short", text=words.short, names=short, routes=decision.routes[0])


def _short(decision: Decision, chinese: Iterable[Party]) -> Iterator[Recipient]:
    """Recipients whose route is not the one that the counts ask for; an assessment serves for less as well."""
    needed = {*decision.routes[0], "assessment"}
    for party in chinese:
        route = _ROUTE_OF.get(party.recipient.tool)
        if needed.isdisjoint({"none"}) and route is not None and route not in needed:
            yield party.recipient
