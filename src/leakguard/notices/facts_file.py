"""The facts file: reads what a person wrote about an incident, and names every problem of it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.clocks.event_file import read_events
from leakguard.clocks.times import zone_of
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.fitting import fit, fitting_part
from leakguard.files.light_shapes import Field, LightShape, model_validator
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted, reading_yaml
from leakguard.frozen import replace
from leakguard.models.events import Event
from leakguard.notices.audiences import AUDIENCES, Audience
from leakguard.notices.fact_parsing import ParseContext, parse_said, parse_value
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Fact, Facts, FactState, Organisation, plain_name
from leakguard.notices.facts_parties import MOST_PLACES, OrganisationShape, PartyReader, SettledShape, WithheldShape
from leakguard.notices.vocabulary import FactKind, Vocabulary

MOST_ORGANISATIONS = 50
"""Each duty is asked of each organisation."""
MOST_ADDRESSEES = 500
"""Offices that a person names; there are fewer duties to offices of one incident."""
_STATES = ("value", "estimate", "unknown", "not_applicable")
_IN_WORDS = frozenset({"text", "contact"})
"""Kinds of facts whose words may differ by their reader; a reason why something is not known may as well."""


class _FactShape(LightShape):
    value: Any = None
    estimate: Any = None
    unknown: Any = None
    not_applicable: Any = None
    evidence: str | list[str] = ""
    why: str = ""
    source: str = ""
    for_: dict[str, Any] = Field(default_factory=dict, alias="for")
    """The words for one kind of reader, by the audience."""

    @model_validator(mode="before")
    @classmethod
    def _one_state(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        if not isinstance(value, dict):
            raise ValueError("write it as {value: ...}, {estimate: ...}, {unknown: why} or {not_applicable: why}")  # noqa: TRY004  (pydantic collects ValueError)
        given = [name for name in _STATES if name in value]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(_STATES)}")
        if value[given[0]] is None:
            raise ValueError("is empty; write {unknown: why} when nobody knows it yet")
        return value

    @property
    def state(self) -> str:
        return next(name for name in _STATES if getattr(self, name) is not None)


class _FactsShape(LightShape):
    incident: str
    organisation: OrganisationShape | None = None
    organisations: tuple[OrganisationShape, ...] = ()
    obligated_as: tuple[str, ...] = ()
    not_obligated_as: tuple[str, ...] = ()
    facts: dict[str, _FactShape]
    events: tuple[Any, ...] = ()
    zone: str | None = None
    edpb: dict[str, Any] = Field(default_factory=dict)
    by_jurisdiction: dict[str, dict[str, _FactShape]] = Field(default_factory=dict)
    settled: tuple[SettledShape, ...] = ()
    withheld_remedies: tuple[WithheldShape, ...] = Field(default=(), max_length=MOST_PLACES)
    addressees: dict[str, Any] = Field(default_factory=dict)
    not_known_yet: Any = ""

    @property
    def parties(self) -> tuple[tuple[Path, OrganisationShape], ...]:
        """Every organisation with where it stands, the one that reports first; none beyond the cap."""
        if self.organisation is not None:
            return ((("organisation",), self.organisation),)
        return tuple(
            (("organisations", index), shape) for index, shape in enumerate(self.organisations[:MOST_ORGANISATIONS])
        )


def parse_facts(
    text: str, *, name: str, vocabulary: Vocabulary, now: datetime | None = None, zone: str | None = None
) -> Facts:
    """Read a facts file; raises `BadFile` with all problems.

    `zone` is the zone of local times where the file names none.
    With `now`, an event that lies in the future is a problem.
    """
    with reading_yaml(text, name=name) as read:
        try:
            shape = fit(read, _FactsShape, name=name)
        except BadFile as error:
            rest = fitting_part(read, _FactsShape)
            more = _FactReader(read, rest, vocabulary, name=name, zone=zone).problems(now) if rest is not None else ()
            problems = sorted({*error.problems, *more}, key=lambda problem: (problem.line or 0, problem.where))
            raise BadFile(name, tuple(problems)) from error
        return _FactReader(read, shape, vocabulary, name=name, zone=zone).facts(now)


class _FactReader:
    """Reads one file whose shape fits; collects the problems of its values."""

    def __init__(
        self, read: ReadText, shape: _FactsShape, vocabulary: Vocabulary, *, name: str, zone: str | None
    ) -> None:
        self._read, self._shape, self._vocabulary, self._name = read, shape, vocabulary, name
        self._problems: list[Problem] = []
        self._is_part = False
        self._zone = self._settle_zone(shape.zone, zone)

    def problems(self, now: datetime | None) -> tuple[Problem, ...]:
        """What is wrong with the values of a file of which a part was dropped."""
        self._is_part = True
        try:
            self.facts(now)
        except BadFile as error:
            return error.problems
        return ()

    def facts(self, now: datetime | None) -> Facts:
        self._check_words()
        parties = self._parties()
        decisions = PartyReader(self._vocabulary, self._refuse)
        settled = tuple(decisions.settled(self._shape.settled))
        withheld = tuple(decisions.withheld(self._shape.withheld_remedies))
        stated = dict(self._stated(("facts",), self._shape.facts))
        local = dict(self._local())
        addressees = dict(self._addressees())
        events, open_reason = self._events(now), self._open_reason()
        if self._problems or not parties:
            raise BadFile(self._name, tuple(self._problems))
        return Facts(
            incident=self._shape.incident,
            organisation=parties[0],
            obligated_as=parties[0].obligated_as,
            others=parties[1:],
            settled=settled,
            withheld=withheld,
            stated=stated,
            events=events,
            zone=self._zone or "UTC",
            edpb=self._shape.edpb,
            local=local,
            addressees=addressees,
            not_known_yet=open_reason,
        )

    def _settle_zone(self, stated: str | None, fallback: str | None) -> str | None:
        try:
            return zone_of(stated).key if stated is not None else fallback
        except UsageProblem as error:
            self._refuse(("zone",), error.message)
            return "UTC"  # the file is refused; each of its times would only say the same again

    def _refuse(self, path: Path, text: str, nearest: str | None = None) -> None:
        line = self._read.line_of(path)
        self._problems.append(Problem(where=dotted(path), text=text, line=line, nearest=nearest))

    def _check_words(self) -> None:
        """Who we are, and as what: without it no law addresses anybody."""
        known = list(self._vocabulary.obligated)
        for index, word in enumerate(self._shape.obligated_as):
            if word not in known:
                self._refuse(("obligated_as", index), "no duty knows this addressee", nearest_name(word[:60], known))
        if len(self._shape.organisations) > MOST_ORGANISATIONS:
            text = f"has {len(self._shape.organisations):,} entries; {MOST_ORGANISATIONS} are the most"
            self._refuse(("organisations",), f"{text}: name those that a law may bind")
        parties = self._shape.parties
        if not parties or (self._shape.organisation is not None and self._shape.organisations):
            text = "state the organisation under `organisation`, or several under `organisations`"
            self._refuse(("organisation",), text)
        for number, (path, shape) in enumerate(parties):
            if not self._is_part and not shape.obligated_as and (number or not self._shape.obligated_as):
                where = ("obligated_as",) if len(parties) == 1 else (*path, "obligated_as")
                self._refuse(where, "name at least one, such as controller; it decides which laws address you")

    def _parties(self) -> tuple[Organisation, ...]:
        reader = PartyReader(self._vocabulary, self._refuse)
        roles, no_roles = self._shape.obligated_as, self._shape.not_obligated_as
        found = [
            reader.organisation(path, shape, () if number else roles, () if number else no_roles)
            for number, (path, shape) in enumerate(self._shape.parties)
        ]
        self._refuse_one_name(found)
        return tuple(organisation for organisation in found if organisation is not None)

    def _refuse_one_name(self, found: Sequence[Organisation | None]) -> None:
        """Answers and decisions name organisations: two of one name could not be told apart."""
        places: dict[str, int] = {}
        for number, organisation in enumerate(found):
            names = dict.fromkeys(
                plain_name(text) for text in (organisation.name.texts.values() if organisation is not None else ())
            )
            taken = [places[name] for name in names if name in places]
            if taken:
                text = f"the name of `organisations[{taken[0]}]` too: tell the two apart, such as by their seat"
                self._refuse(("organisations", number, "name"), text)
            places |= {name: number for name in names if name not in places}

    def _local(self) -> Iterator[tuple[str, dict[str, Fact]]]:
        """Facts for people of one jurisdiction, by the code that the rules use for it."""
        written: dict[str, str] = {}
        for code, shapes in self._shape.by_jurisdiction.items():
            path, place = ("by_jurisdiction", code), self._vocabulary.place(code)
            if not self._vocabulary.is_place(code):
                self._refuse(path, "not an ISO code of a country or subdivision, such as DE or US-CA")
            elif written.setdefault(place, code) != code:
                self._refuse(path, f"the same place as `{written[place]}`: write its facts once")
            yield place, dict(self._stated(path, shapes))

    def _stated(self, path: Path, shapes: Mapping[str, _FactShape]) -> Iterator[tuple[str, Fact]]:
        for name, shape in shapes.items():
            kind = self._vocabulary.facts.get(name)
            if kind is None:
                self._refuse((*path, name), "unknown fact", self._vocabulary.nearest_fact(name))
                continue
            try:
                fact = self._fact(name, shape, kind, getattr(shape, shape.state))
            except ValueError as error:
                self._refuse((*path, name, shape.state), str(error))
                continue
            readers = dict(self._readers((*path, name, "for"), fact, shape, kind))
            yield name, replace(fact, readers=readers) if readers else fact

    def _addressees(self) -> Iterator[tuple[str, LocalisedText]]:
        """The office that gets the letter of a duty, as a person names it."""
        if len(self._shape.addressees) > MOST_ADDRESSEES:
            count = len(self._shape.addressees)
            self._refuse(("addressees",), f"has {count:,} entries; {MOST_ADDRESSEES} are the most")
            return
        for duty, raw in self._shape.addressees.items():
            try:
                yield duty, parse_said(raw)
            except ValueError as error:
                self._refuse(("addressees", duty), str(error))

    def _open_reason(self) -> LocalisedText | None:
        """Why nobody knows yet what no fact states."""
        raw = self._shape.not_known_yet
        if raw == "":
            return None
        try:
            return _reason(raw)
        except ValueError as error:
            self._refuse(("not_known_yet",), str(error))
            return None

    def _readers(self, path: Path, fact: Fact, shape: _FactShape, kind: FactKind) -> Iterator[tuple[Audience, Fact]]:
        """The fact in the words for single audiences."""
        if shape.for_ and fact.has_value and kind.kind not in _IN_WORDS:
            self._refuse(path, "only texts and contacts differ by their reader; a number or a decision is one for all")
            return
        for name, raw in shape.for_.items():
            audience = next((reader for reader in AUDIENCES if reader == name), None)
            if audience is None:
                near = nearest_name(name[:60], list(AUDIENCES))
                self._refuse((*path, name), f"no audience; the audiences are {', '.join(AUDIENCES)}", near)
                continue
            try:
                yield audience, replace(self._fact(fact.name, shape, kind, raw), written_for=audience)
            except ValueError as error:
                self._refuse((*path, name), str(error))

    def _fact(self, name: str, shape: _FactShape, kind: FactKind, raw: Any) -> Fact:  # noqa: ANN401  (a file holds anything)
        state = shape.state
        evidence = ", ".join(shape.evidence) if isinstance(shape.evidence, list) else shape.evidence
        if state in {"unknown", "not_applicable"}:
            return Fact(name=name, state=FactState(state), reason=_reason(raw), evidence=evidence, why=shape.why)
        is_estimate = state == "estimate"
        reading = ParseContext(vocabulary=self._vocabulary, zone=self._zone, kind=kind, is_estimate=is_estimate)
        value = parse_value(raw, reading)
        known = FactState.ESTIMATED if is_estimate else FactState.KNOWN
        return Fact(name=name, state=known, value=value, evidence=evidence, why=shape.why)

    def _events(self, now: datetime | None) -> tuple[Event, ...]:
        return read_events(self._read, ("events",), zone=self._zone, now=now, problems=self._problems)


def _reason(raw: object) -> LocalisedText:
    """Why something is not known, or does not apply."""
    if raw is None or isinstance(raw, bool | int):
        raise ValueError("say why, in a sentence")
    return parse_said(raw)
