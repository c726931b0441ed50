"""Which office is competent for a notice: by the duty's own word, or by the seat and the sort of the organisation.

The answer is one office, each of several, a choice that a fact decides, or that it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from leakguard.frozen import Frozen, replace
from leakguard.notices.authorities import Authorities
from leakguard.notices.facts import COUNTRY, REGION, Facts
from leakguard.notices.notice_content import Recipient
from leakguard.notices.office_shapes import Authority, Competence, CompetenceKind
from leakguard.notices.vocabulary import Lang, Vocabulary

OFFICE_TYPES = frozenset({"regulator", "cert"})
"""Recipients that are offices; another is one when its duty says which."""
NOT_OFFICES = frozenset(
    {"individuals", "controller", "media", "public", "consumer_agencies", "investors", "register", "processor"}
)
BODY = "organisation.body"
RESIDENTS = "subjects_by_jurisdiction"
_Row = tuple[Authority, Competence]


class Reason(StrEnum):
    """Why this office, or why none."""

    NAMED = "named"
    """The duty names it."""
    SEAT = "seat"
    MAIN_ESTABLISHMENT = "main_establishment"
    EACH = "each"
    """No seat there: the office of every place where people live is told."""
    REGION_OPEN = "region_open"
    """The part of the country decides, and nobody stated it."""
    BODY_OPEN = "body_open"
    """What sort of body the organisation is decides, and nobody stated it."""
    SHARED = "shared"
    """Several offices share the place, and none of our facts decides."""
    SEAT_OPEN = "seat_open"
    PEOPLE_OPEN = "people_open"
    NO_OFFICE = "no_office"
    """No office here is known to be competent for such an organisation."""
    NOT_IN_DATA = "not_in_data"
    """The duty names an office that the data do not have."""
    UNLINKED = "unlinked"
    """The duty says no more than the words of its recipient."""


_ONE = frozenset({Reason.NAMED, Reason.SEAT, Reason.MAIN_ESTABLISHMENT})


class Office(Frozen):
    """Who gets a notice."""

    reason: Reason
    authorities: tuple[Authority, ...] = ()
    """The office, every one of several, or the candidates of a choice."""
    decided_by: tuple[str, ...] = ()
    """The facts that would decide."""
    seat: str = ""
    kind: str = ""
    named: str = ""
    """The id that the duty names."""
    open_places: tuple[str, ...] = ()
    """Places where people live and one of several offices is told, which the facts do not tell."""
    unless: tuple[tuple[str, Authority], ...] = ()
    """Sorts of bodies for which another office is competent, where nobody stated the sort."""
    stated: tuple[str, ...] = ()
    """The lines of the address as a person stated them: they go before everything that the data say."""

    def name_in(self, lang: Lang) -> str:
        """What the one office is called; empty where it is not known, or several are told."""
        if self.stated:
            return self.stated[0]
        return self.authority.name_in(lang) if self.authority is not None else ""

    @property
    def is_settled(self) -> bool:
        """Whether it is known who gets the notice, by name and not by the words of a statute."""
        return bool(self.stated) or self.authority is not None or (self.is_each and not self.open_places)

    @property
    def authority(self) -> Authority | None:
        """The one office; `None` where it is not known, or several are told."""
        return self.authorities[0] if self.reason in _ONE and len(self.authorities) == 1 else None

    @property
    def is_each(self) -> bool:
        """Whether every one of the offices is told."""
        return self.reason is Reason.EACH


def joined(office: Office, other: Office) -> Office:
    """Who gets a notice that two organisations of an incident have to give: both offices, or what is still open."""
    if office == other or (office.authority is None and not office.is_each):
        return office
    if other.authority is None and not other.is_each:
        return other
    offices = {each.id: each for each in (*office.authorities, *other.authorities)}
    return (
        replace(office, reason=Reason.EACH, authorities=tuple(offices.values()), unless=())
        if len(offices) > 1
        else office
    )


def is_office(recipient: Recipient) -> bool:
    """Whether a notice to this recipient goes to an office."""
    says_which = bool(recipient.authority or recipient.by)
    return recipient.type in OFFICE_TYPES or (recipient.type not in NOT_OFFICES and says_which)


def resolve(recipient: Recipient, facts: Facts, offices: Authorities, vocabulary: Vocabulary, day: date) -> Office:
    """Who is competent on this day; raises `BadFile` where the data cannot be read."""
    if recipient.authority:
        found = offices.find(recipient.authority)
        if found is None:
            return Office(reason=Reason.NOT_IN_DATA, named=recipient.authority)
        return Office(reason=Reason.NAMED, authorities=(found.on(day),), named=found.id)
    kind = offices.kinds.get(recipient.by)
    if kind is None:
        return Office(reason=Reason.NOT_IN_DATA if recipient.by else Reason.UNLINKED, named=recipient.by)
    return _Resolver(recipient.by, kind, facts, offices, vocabulary, day).office()


class _Resolver:
    """Finds the office for one law and one organisation."""

    def __init__(
        self, name: str, kind: CompetenceKind, facts: Facts, offices: Authorities, vocabulary: Vocabulary, day: date
    ) -> None:
        self._name, self._kind, self._facts = name, kind, facts
        self._offices, self._vocabulary, self._day = offices, vocabulary, day
        self._body = facts.organisation.body

    def office(self) -> Office:
        """The answer."""
        who = self._facts.organisation
        main, seat = who.main_establishment, who.seat
        if main and self._vocabulary.covers(self._kind.within, main):
            return self._at(self._vocabulary.place(main), Reason.MAIN_ESTABLISHMENT)
        if not seat:
            return Office(reason=Reason.SEAT_OPEN, decided_by=(COUNTRY,), kind=self._name)
        if self._vocabulary.covers(self._kind.within, seat):
            return self._at(self._vocabulary.place(seat), Reason.SEAT)
        if self._kind.elsewhere == "each_where_people_live":
            return self._each(seat)
        return Office(reason=Reason.NO_OFFICE, seat=seat, kind=self._name)

    def _at(self, seat: str, reason: Reason) -> Office:
        """The office for a seat: the nearest one around it, else those of its parts as candidates."""
        rows = self._rows(seat)
        around = [row for row in rows if self._vocabulary.covers(row[1].seat, seat)]
        inside = [row for row in rows if row not in around and self._vocabulary.covers(seat, row[1].seat)]
        exact, general = _nearest(list(filter(self._suits, around))), _nearest(list(filter(_is_general, around)))
        nearer = list(filter(self._suits, inside))
        if nearer and general and not exact:
            return self._choice([*general, *nearer], seat, Reason.REGION_OPEN, REGION)
        if exact or general:
            return self._one(exact or general, around, seat, reason)
        parts = self._of_parts(inside)
        if parts:
            facts = (REGION,) if self._body or all(map(_is_general, parts)) else (REGION, BODY)
            return self._choice(parts, seat, Reason.REGION_OPEN, *facts)
        ordinary = _nearest(list(filter(_is_ordinary, around)))
        if ordinary and not self._body:
            return self._choice(ordinary, seat, Reason.BODY_OPEN, BODY)
        return Office(reason=Reason.NO_OFFICE, seat=seat, kind=self._name)

    def _one(self, fitting: list[_Row], around: list[_Row], seat: str, reason: Reason) -> Office:
        """The one that fits; several that share a place are a choice that no fact of ours decides."""
        found = fitting[0][0]
        if any(authority.id != found.id for authority, _ in fitting):
            return self._choice(fitting, seat, Reason.SHARED)
        own = [(authority, what) for authority, what in around if what.seat not in self._vocabulary.regions]
        others = (
            ()
            if self._body
            else ((body, authority) for authority, what in own for body in what.bodies if authority.id != found.id)
        )
        return Office(
            reason=reason, authorities=(found.on(self._day),), seat=seat, kind=self._name,
            unless=tuple((body, authority.on(self._day)) for body, authority in others),
        )  # fmt: skip

    def _of_parts(self, inside: list[_Row]) -> list[_Row]:
        """The offices of the parts of a country that may be meant, one sort of them for each part."""
        suiting = list(filter(self._suits, inside))
        taken = {what.seat for _, what in suiting}
        ordinary = _is_general if self._body else _is_ordinary
        return [row for row in inside if row in suiting or (row[1].seat not in taken and ordinary(row))]

    def _rows(self, seat: str) -> list[_Row]:
        """Every competence under this law of the offices that may be meant."""
        offices = self._offices.for_seat(seat)
        return [(office, what) for office in offices for what in office.competence if what.kind == self._name]

    def _suits(self, row: _Row) -> bool:
        """Whether the office is competent for just this sort of body."""
        return bool(self._body) and self._body in row[1].bodies

    def _choice(self, rows: list[_Row], seat: str, reason: Reason, *facts: str) -> Office:
        offices = {authority.id: authority.on(self._day) for authority, _ in rows}
        return Office(reason=reason, authorities=tuple(offices.values()), decided_by=facts, seat=seat, kind=self._name)

    def _each(self, seat: str) -> Office:
        """The office of every place where people live; a country of many offices is open until its part is stated."""
        fact = self._facts.get(RESIDENTS)
        people = fact.value if fact is not None and isinstance(fact.value, Mapping) else {}
        lived_in = [place for place, span in people.items() if span.high > 0]
        places = [place for place in lived_in if self._vocabulary.covers(self._kind.within, place)]
        found = {place: self._at(self._vocabulary.place(place), Reason.SEAT) for place in places}
        known = {office.authority.id: office.authority for office in found.values() if office.authority is not None}
        unclear = tuple(place for place, office in found.items() if office.authority is None)
        if known:
            return Office(
                reason=Reason.EACH, authorities=tuple(known.values()), open_places=unclear, seat=seat, kind=self._name,
                decided_by=(RESIDENTS,) if unclear else (),
            )  # fmt: skip
        candidates = {authority.id: authority for place in unclear for authority in found[place].authorities}
        return Office(
            reason=Reason.PEOPLE_OPEN, authorities=tuple(candidates.values()), open_places=unclear, seat=seat,
            decided_by=(RESIDENTS,), kind=self._name,
        )  # fmt: skip


def _is_general(row: _Row) -> bool:
    """Whether the office takes everybody for whom no other is named."""
    return not row[1].bodies


def _is_ordinary(row: _Row) -> bool:
    """Whether the office takes companies or authorities, and not a sort of body of its own."""
    return set(row[1].bodies) <= {"private", "public"}


def _nearest(rows: list[_Row]) -> list[_Row]:
    """Those of the smallest place: an office of a part of the country before one of the country."""
    most = max((what.seat.count("-") for _, what in rows), default=0)
    return [row for row in rows if row[1].seat.count("-") == most]
