"""The organisations of an incident, and the places that a person settled, as a facts file states them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from leakguard.files.light_shapes import Field, LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path
from leakguard.notices.fact_parsing import parse_contact, parse_said
from leakguard.notices.fact_values import Contact, LocalisedText
from leakguard.notices.facts import Organisation, SettledPlace, WithheldHelp
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.notices.vocabulary import Vocabulary

MOST_PLACES = 500
"""Places of one decision, and decisions of one file: there are some 250 countries and 60 parts of one."""


class ProblemSink(Protocol):
    """Keeps a problem of the file: where it stands, what is wrong, and the word that may be meant."""

    def __call__(self, path: Path, text: str, nearest: str | None = None) -> None:
        """Keep it."""


class OrganisationShape(LightShape):
    """One organisation: its name, its role in the incident, its seat, and which laws' addressees it is."""

    name: Any
    role: str = ""
    country: str = ""
    region: str = ""
    main_establishment: str = ""
    body: str = ""
    sector: Any = None
    registration: Any = None
    contact: Any = None
    dpo: Any = None
    obligated_as: tuple[str, ...] = ()
    not_obligated_as: tuple[str, ...] = ()
    operates_in: tuple[str, ...] = ()


class SettledShape(LightShape):
    """A place without a known rule that a person settled."""

    place: str
    role: str
    reason: str
    by: str


class WithheldShape(LightShape):
    """Help that people of some places are not offered, though others are."""

    remedy: str
    places: tuple[str, ...] = Field(min_length=1, max_length=MOST_PLACES)
    reason: str
    by: str


class PartyReader:
    """Reads organisations and settled places; each problem goes to `refuse`."""

    def __init__(self, vocabulary: Vocabulary, refuse: ProblemSink) -> None:
        """`refuse` keeps problems; what is refused reads as nothing."""
        self._vocabulary, self._refuse = vocabulary, refuse

    def organisation(
        self, path: Path, shape: OrganisationShape, roles: tuple[str, ...] = (), no_roles: tuple[str, ...] = ()
    ) -> Organisation | None:
        """One organisation; `roles` and `no_roles` are what the file states for the one that reports."""
        self._check_words(path, shape)
        stated, denied = shape.obligated_as or roles, shape.not_obligated_as or no_roles
        where = (*path, "not_obligated_as") if shape.not_obligated_as else ("not_obligated_as",)
        self._check_denied(where, denied, stated)
        name = self._localised((*path, "name"), shape.name)
        sector = self._localised((*path, "sector"), shape.sector)
        registration = self._localised((*path, "registration"), shape.registration)
        contact = self._contact((*path, "contact"), shape.contact)
        dpo = self._contact((*path, "dpo"), shape.dpo)
        if name is None:
            return None
        return Organisation(
            name=name, role=shape.role, country=shape.country or shape.region.partition("-")[0], region=shape.region,
            main_establishment=shape.main_establishment, body=shape.body, sector=sector, registration=registration,
            contact=contact, dpo=dpo, obligated_as=stated, not_obligated_as=denied,
            operates_in=tuple(self._vocabulary.place(code) for code in shape.operates_in),
        )  # fmt: skip

    def settled(self, shapes: tuple[SettledShape, ...]) -> Iterator[SettledPlace]:
        """Each with the code that the rules use for its place."""
        for index, shape in enumerate(shapes):
            path: Path = ("settled", index)
            if not self._vocabulary.is_place(shape.place):
                self._refuse((*path, "place"), "not an ISO code of a country or subdivision, such as DE or US-CA")
            self._check_role((*path, "role"), shape.role)
            for name in ("reason", "by"):
                self._check_words_of_a_decision((*path, name), getattr(shape, name))
            place = self._vocabulary.place(shape.place)
            yield SettledPlace(place=place, role=shape.role, reason=shape.reason.strip(), by=shape.by.strip())

    def withheld(self, shapes: tuple[WithheldShape, ...]) -> Iterator[WithheldHelp]:
        """Each with the codes that the rules use for its places."""
        known = list(self._vocabulary.remedies)
        for index, shape in enumerate(shapes):
            path: Path = ("withheld_remedies", index)
            if shape.remedy not in known:
                self._refuse((*path, "remedy"), "is no remedy", nearest_name(shape.remedy[:60], known))
            for number, code in enumerate(shape.places):
                if not self._vocabulary.is_place(code) and code not in self._vocabulary.regions:
                    self._refuse((*path, "places", number), "not an ISO code of a place, such as DE, US-TX or EU")
            for name in ("reason", "by"):
                self._check_words_of_a_decision((*path, name), getattr(shape, name))
            places = tuple(self._vocabulary.place(code) for code in shape.places)
            yield WithheldHelp(remedy=shape.remedy, places=places, reason=shape.reason.strip(), by=shape.by.strip())

    def _check_words_of_a_decision(self, path: Path, text: str) -> None:
        """As a decision that the ledger keeps: it is shown in reports, and holds no value of a person."""
        if not text.strip():
            self._refuse(path, "is empty; a decision needs a reason and a name")
        try:
            refuse_personal_values(text)
        except ValueError as error:
            self._refuse(path, str(error))

    def _check_words(self, path: Path, shape: OrganisationShape) -> None:
        if shape.role:
            self._check_role((*path, "role"), shape.role)
        for index, role in enumerate(shape.obligated_as):
            self._check_role((*path, "obligated_as", index), role)
        for index, code in enumerate(shape.operates_in):
            if not self._vocabulary.is_place(code):
                self._refuse((*path, "operates_in", index), "not an ISO code of a place, such as DE or US-CA")
        self._check_seat(path, shape)

    def _check_seat(self, path: Path, shape: OrganisationShape) -> None:
        """Where it sits, and what sort of body it is: the competent authority is found by them."""
        vocabulary = self._vocabulary
        if shape.country and not vocabulary.is_place(shape.country):
            self._refuse((*path, "country"), "not an ISO country code, such as CN, DE or GB")
        if shape.main_establishment and not vocabulary.is_place(shape.main_establishment):
            self._refuse((*path, "main_establishment"), "not an ISO code of a place, such as IE or DE-BW")
        if shape.region and not ("-" in shape.region and vocabulary.is_place(shape.region)):
            self._refuse((*path, "region"), "not an ISO 3166-2 code of a part of a country, such as DE-BW")
        elif shape.region and shape.country and not vocabulary.covers(shape.country, shape.region):
            self._refuse((*path, "region"), f"is not a part of `{shape.country}`, the stated country")
        if shape.body and shape.body not in vocabulary.bodies:
            near = nearest_name(shape.body[:60], list(vocabulary.bodies))
            self._refuse((*path, "body"), "unknown sort of body", near)

    def _check_denied(self, path: Path, denied: tuple[str, ...], stated: tuple[str, ...]) -> None:
        """Roles that the organisation was found not to have."""
        for index, role in enumerate(denied):
            self._check_role((*path, index), role)
            if role in stated:
                self._refuse((*path, index), "is in `obligated_as` too: it is one or the other")

    def _check_role(self, path: Path, role: str) -> None:
        known = list(self._vocabulary.obligated)
        if role not in known:
            self._refuse(path, "no duty knows this addressee", nearest_name(role[:60], known))

    def _localised(self, path: Path, raw: object) -> LocalisedText | None:
        if raw is None and path[-1] != "name":
            return None
        try:
            return parse_said(raw)
        except ValueError as error:
            self._refuse(path, str(error))
            return None

    def _contact(self, path: Path, raw: object) -> Contact | None:
        if raw is None:
            return None
        try:
            return parse_contact(raw)
        except ValueError as error:
            self._refuse(path, str(error))
            return None
