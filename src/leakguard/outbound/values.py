"""What a file about outbound transfers states, as values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from leakguard.frozen import Frozen
from leakguard.outbound.answers import Known
from leakguard.outbound.rules import Words

HERE = "here"
"""Where a leak is the organisation's own."""


class Organisation(Frozen):
    """Who sends the data abroad."""

    name: Words
    country: str
    contact: str = ""


class Recipient(Frozen):
    """Who gets the data abroad, and what carries the transfer."""

    id: str
    name: Words
    country: str
    tool: str
    role: str = "controller"
    contact: str = ""
    reference: str = ""
    """The number of the assessment, the filing or the certificate."""
    effective: date | None = None
    until: date | None = None
    """The last day of the route."""
    filed: date | None = None
    impact_assessment: date | None = None
    data: tuple[str, ...] = ()
    purpose: Words | None = None


class Transfer(Frozen):
    """People whose data went abroad on one day, by its date in the zone of the law."""

    on: date
    people: int = 0
    sensitive_people: int = 0
    exemption: str = ""
    """The exempt case that covers it; its people are not counted."""


class IncidentPart(Frozen):
    """What is known of a leak that touches transfers."""

    day: date | None = None
    leaked_from: str = ""
    """`here`, or the id of a recipient; empty where nobody knows."""
    gone_abroad: bool | None = None
    """Whether what leaked had also gone abroad."""
    notice_at: datetime | None = None
    """When the notice of the recipient arrived."""


class OutboundFacts(Frozen):
    """One file."""

    organisation: Organisation
    day: date | None
    """The day of the transfer; `None` for the day of the question."""
    stated: Mapping[str, Known]
    unknown: Mapping[str, str]
    """Why a fact is not known, in the writer's words."""
    recipients: tuple[Recipient, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    people_differ: bool = False
    """Whether nobody stands in two transfers."""
    incident: IncidentPart = IncidentPart()
