"""The file about outbound transfers: reads what a person wrote, and names every problem of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from leakguard.clocks.times import FIRST_YEAR, LAST_YEAR, is_within_years, parse_instant, parse_interval, zone_of
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.fitting import fit, fitting_part
from leakguard.files.light_shapes import Field, LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted, reading_yaml
from leakguard.outbound.answers import Known
from leakguard.outbound.countries import is_country
from leakguard.outbound.fact_reading import clean_line, names_of_text, parse_known
from leakguard.outbound.rules import RuleBook, Words
from leakguard.outbound.values import HERE, IncidentPart, Organisation, OutboundFacts, Recipient, Transfer

MOST_RECIPIENTS, MOST_TRANSFERS = 500, 10_000
ROLES = ("controller", "processor")
Refuse = Callable[[str], None]
"""Raises `ValueError` for a text that holds a value of a person."""
_COUNTS = ("people", "sensitive_people")
_DAYS = ("effective", "until", "filed", "impact_assessment")
"""The days of a recipient."""


class _OrganisationShape(LightShape):
    name: Any
    country: str = "CN"
    contact: str = ""


class _FactShape(LightShape):
    value: Any = None
    estimate: Any = None
    unknown: Any = None


class _RecipientShape(LightShape):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    name: Any
    country: str
    tool: str
    role: str = "controller"
    contact: str = ""
    reference: str = ""
    effective: date | None = None
    until: date | None = None
    filed: date | None = None
    impact_assessment: date | None = None
    data: tuple[str, ...] = Field(default=(), max_length=100)
    purpose: Any = None


class _TransferShape(LightShape):
    on: str
    people: int | None = Field(default=None, ge=0, le=10**11)
    sensitive_people: int | None = Field(default=None, ge=0, le=10**11)
    exemption: str = ""


class _IncidentShape(LightShape):
    day: date | None = None
    leaked_from: str = ""
    gone_abroad: bool | None = None
    notice_at: str | None = None


class _FileShape(LightShape):
    organisation: _OrganisationShape
    at: str | None = None
    facts: dict[str, _FactShape] = Field(default_factory=dict)
    transfers: tuple[_TransferShape, ...] = Field(default=(), max_length=MOST_TRANSFERS)
    people_differ: bool = False
    recipients: tuple[_RecipientShape, ...] = Field(default=(), max_length=MOST_RECIPIENTS)
    incident: _IncidentShape = Field(default_factory=lambda: _IncidentShape())  # noqa: PLW0108  (made when it is asked for)


def parse_outbound(text: str, *, name: str, book: RuleBook, refuse: Refuse, today: date) -> OutboundFacts:
    """Read the file; raises `BadFile` with all problems. `refuse` keeps values of people out of what is printed.

    `today` is the present day where the law counts: nothing was filed later.
    """
    with reading_yaml(text, name=name) as read:
        try:
            shape = fit(read, _FileShape, name=name)
        except BadFile as error:
            rest = fitting_part(read, _FileShape)
            more = (
                _Reader(read, rest, book, name=name, refuse=refuse, today=today).problems() if rest is not None else ()
            )
            problems = sorted({*error.problems, *more}, key=lambda problem: (problem.line or 0, problem.where))
            raise BadFile(name, tuple(problems)) from error
        return _Reader(read, shape, book, name=name, refuse=refuse, today=today).facts()


class _Reader:
    """Reads one file whose shape fits; collects the problems of its values."""

    def __init__(
        self, read: ReadText, shape: _FileShape, book: RuleBook, *, name: str, refuse: Refuse, today: date
    ) -> None:  # fmt: skip
        self._today = today
        self._read, self._shape, self._book, self._name, self._person = read, shape, book, name, refuse
        self._zone = zone_of(book.zone)
        self._filed_tools = {rule.tool for rule in book.clocks.values() if rule.after_effect is not None}
        self._problems: list[Problem] = []

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the values of a file of which a part was dropped."""
        try:
            self.facts()
        except BadFile as error:
            return error.problems
        return ()

    def facts(self) -> OutboundFacts:
        """What the file states; raises `BadFile`."""
        shape = self._shape
        named = self._words(("organisation", "name"), shape.organisation.name)
        self._country(("organisation", "country"), shape.organisation.country)
        stated, unknown = dict(self._stated()), self._unknown()
        recipients = tuple(self._recipients())
        transfers = tuple(self._transfers())
        day, incident = self._day(("at",), shape.at), self._incident([recipient.id for recipient in recipients])
        contact = self._line(("organisation", "contact"), shape.organisation.contact)
        if self._problems or named is None:
            raise BadFile(self._name, tuple(self._problems))
        return OutboundFacts(
            organisation=Organisation(name=named, country=shape.organisation.country, contact=contact), day=day,
            stated=stated, unknown=unknown, recipients=recipients, transfers=transfers,
            people_differ=shape.people_differ, incident=incident,
        )  # fmt: skip

    def _no(self, path: Path, text: str, nearest: str | None = None) -> None:
        self._problems.append(Problem(where=dotted(path), text=text, line=self._read.line_of(path), nearest=nearest))

    def _stated(self) -> Iterator[tuple[str, Known]]:
        known = self._book.stated
        for name, shape in self._shape.facts.items():
            path: Path = ("facts", name)
            if name not in known:
                self._no(path, "unknown fact", nearest_name(name[:60], list(known)))
            elif name in _COUNTS and self._shape.transfers:
                self._no(path, "follows from `transfers`: state one of the two")
            else:
                try:
                    value = parse_known(shape.value, shape.estimate, shape.unknown, self._book.facts[name])
                except ValueError as error:
                    self._no(path, str(error))
                    continue
                if value is not None:
                    yield name, value

    def _unknown(self) -> dict[str, str]:
        given = {name: shape.unknown for name, shape in self._shape.facts.items() if shape.unknown is not None}
        return {name: self._line(("facts", name, "unknown"), why) for name, why in given.items()}

    def _recipients(self) -> Iterator[Recipient]:
        seen: dict[str, int] = {}
        for number, shape in enumerate(self._shape.recipients):
            path: Path = ("recipients", number)
            if seen.setdefault(shape.id, number) != number:
                self._no((*path, "id"), f"the id of `recipients[{seen[shape.id]}]` too")
            elif shape.id == HERE:
                self._no((*path, "id"), f"`{HERE}` stands for the organisation itself: choose another id")
            recipient = self._recipient(path, shape)
            if recipient is not None:
                yield recipient

    def _recipient(self, path: Path, shape: _RecipientShape) -> Recipient | None:
        self._country((*path, "country"), shape.country)
        self._word((*path, "tool"), shape.tool, self._book.incident.tools, "tool")
        self._word((*path, "role"), shape.role, ROLES, "role")
        if shape.effective and shape.until and shape.until < shape.effective:
            self._no((*path, "until"), "lies before `effective`")
        if shape.filed and shape.filed > self._today:
            self._no((*path, "filed"), "is a day to come: state it once the contract is filed")
        elif shape.filed and shape.effective and shape.filed < shape.effective and shape.tool in self._filed_tools:
            self._no((*path, "filed"), "lies before `effective`: a contract is filed once it is in effect")
        for word in _DAYS:
            day = getattr(shape, word)
            if day is not None and not is_within_years(day):
                self._no((*path, word), f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}")
        name = self._words((*path, "name"), shape.name)
        purpose = self._words((*path, "purpose"), shape.purpose) if shape.purpose is not None else None
        data = tuple(self._line((*path, "data", number), category) for number, category in enumerate(shape.data))
        contact, reference = (self._line((*path, word), getattr(shape, word)) for word in ("contact", "reference"))
        if name is None:
            return None
        return Recipient(
            id=shape.id, name=name, country=shape.country, tool=shape.tool, role=shape.role, contact=contact,
            reference=reference, effective=shape.effective, until=shape.until, filed=shape.filed,
            impact_assessment=shape.impact_assessment, data=data, purpose=purpose,
        )  # fmt: skip

    def _transfers(self) -> Iterator[Transfer]:
        cases = [word for word in self._book.facts["exemption"].choices if word != "none"]
        for number, shape in enumerate(self._shape.transfers):
            path: Path = ("transfers", number)
            if shape.exemption:
                self._word((*path, "exemption"), shape.exemption, cases, "exempt case")
            if shape.people is None and shape.sensitive_people is None and not shape.exemption:
                self._no(path, "state `people` or `sensitive_people`; 0 where nobody is in it")
            day = self._day((*path, "on"), shape.on)
            if day is not None:
                yield Transfer(
                    on=day, people=shape.people or 0, sensitive_people=shape.sensitive_people or 0,
                    exemption=shape.exemption,
                )  # fmt: skip

    def _incident(self, recipients: list[str]) -> IncidentPart:
        shape = self._shape.incident
        if shape.leaked_from:
            self._word(("incident", "leaked_from"), shape.leaked_from, (HERE, *recipients), "recipient")
        return IncidentPart(
            day=shape.day, leaked_from=shape.leaked_from, gone_abroad=shape.gone_abroad, notice_at=self._instant()
        )

    def _instant(self) -> datetime | None:
        stated = self._shape.incident.notice_at
        try:
            return parse_instant(stated, zone=self._book.zone) if stated is not None else None
        except UsageProblem as error:
            self._no(("incident", "notice_at"), f"{error.message}. {error.next_step}")
            return None

    def _day(self, path: Path, stated: str | None) -> date | None:
        """The day of a time in the zone of the law."""
        try:
            at = parse_interval(stated, zone=self._book.zone) if stated is not None else None
        except UsageProblem as error:
            self._no(path, f"{error.message}. {error.next_step}")
            return None
        return at.earliest.astimezone(self._zone).date() if at is not None else None

    def _country(self, path: Path, code: str) -> None:
        if not is_country(code):
            self._no(path, "not an ISO code of a country, such as CN, SG or DE")

    def _word(self, path: Path, word: str, known: Any, what: str) -> None:  # noqa: ANN401  (a list or a mapping of words)
        if word not in known:
            self._no(path, f"is no {what}", nearest_name(word[:60], list(known)))

    def _line(self, path: Path, raw: object) -> str:
        try:
            return clean_line(raw, self._person)
        except ValueError as error:
            self._no(path, str(error))
            return ""

    def _words(self, path: Path, raw: object) -> Words | None:
        try:
            return names_of_text(raw, self._person)
        except ValueError as error:
            self._no(path, str(error))
            return None
