"""What is known of places beside duties: absences that were read, and where somebody looked and found nothing."""

from __future__ import annotations

from datetime import date

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit
from leakguard.files.light_shapes import Field, LightShape
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import Path, ReadText, dotted, reading_yaml
from leakguard.notices.duties import Confidence, SourceKind
from leakguard.notices.notice_content import RecipientKind
from leakguard.notices.vocabulary import Vocabulary


class Absence(LightShape):
    """The law of a place was read, and has no such duty."""

    place: str
    roles: tuple[str, ...] = Field(min_length=1)
    recipient: RecipientKind | None = None
    """To whom nobody of these roles has to report; `None` where the place has no duty for them at all."""
    text: str
    text_zh: str = ""
    source_url: str
    source_kind: SourceKind
    checked_on: date
    confidence: Confidence = "sourced"


class LookedAt(LightShape):
    """Somebody looked for the law of a place, and it is still not known."""

    place: str
    roles: tuple[str, ...] = Field(min_length=1)
    tried: str
    tried_zh: str = ""
    on: date


class PlaceBook(LightShape):
    """The file `duties/places.yaml`."""

    absences: tuple[Absence, ...] = ()
    looked_at: tuple[LookedAt, ...] = ()


def parse_places(text: str, *, name: str, vocabulary: Vocabulary) -> PlaceBook:
    """Read the file; raises `BadFile` with all problems, also places and roles that nobody knows."""
    with reading_yaml(text, name=name) as read:
        found = fit(read, PlaceBook, name=name)
        problems = [*_problems("absences", found.absences, read, vocabulary)]
        problems += _problems("looked_at", found.looked_at, read, vocabulary)
        problems += _twice(found, read)
        if problems:
            raise BadFile(name, tuple(problems))
        return found


def _problems(part: str, rows: tuple[Absence | LookedAt, ...], read: ReadText, vocabulary: Vocabulary) -> list[Problem]:
    known, problems = list(vocabulary.obligated), []
    for index, row in enumerate(rows):
        if not vocabulary.is_place(row.place):
            problems.append(_problem((part, index, "place"), f"`{row.place[:20]}` is no code of a place", read))
        for role in row.roles:
            if role not in known:
                near = nearest_name(role[:60], known)
                problems.append(_problem((part, index, "roles"), f"unknown addressee `{role[:60]}`", read, near))
    return problems


def _twice(found: PlaceBook, read: ReadText) -> list[Problem]:
    """Two statements about one absence would leave open which one is right."""
    seen: set[tuple[str, str, str]] = set()
    problems = []
    for index, row in enumerate(found.absences):
        for role in row.roles:
            key = (row.place, role, row.recipient or "")
            if key in seen:
                problems.append(_problem(("absences", index), f"{row.place}, {role}: stands here twice", read))
            seen.add(key)
    return problems


def _problem(place: Path, text: str, read: ReadText, nearest: str | None = None) -> Problem:
    return Problem(where=dotted(place), text=text, line=read.line_of(place), nearest=nearest)
