"""A filled-in template: what is missing, what is wrong, and the JSON that carries it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from leakguard.errors import BadFile, Problem
from leakguard.files.names import nearest_name
from leakguard.notices.edpb.conditions import Answers, Circumstances
from leakguard.notices.edpb.template import Template, TemplateField

MAX_PAYLOAD = 1_000_000
"""Characters of a payload; a hundred fields of text need far less."""
MAX_TEXT = 20_000
"""Characters of one answer: some ten pages."""
MAX_ENTRIES = 300
"""Entries of one list; more than there are countries and authorities."""
MAX_COUNT = 10**18
OPEN = "To be determined"
"""How a text begins that an incomplete notice leaves open."""
_MOST_CODES = 6
"""Codes whose words stand in a message."""
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
TYPE, SUBTYPE = "field_3", "field_4"
FOLLOW_UP, INCOMPLETE, WITHDRAW = "b", "b", "c"


def problems_of(answers: Answers, template: Template, around: Circumstances) -> tuple[Problem, ...]:
    """Everything that keeps these answers from being a notice, in the order of the template."""
    return (*_unknown(answers, template), *_together(answers, around), *_of_fields(answers, template, around))


def _unknown(answers: Answers, template: Template) -> Iterator[Problem]:
    known = [field.key for field in template.fields]
    for key in answers:
        if key not in known:
            yield Problem(where=key[:60], text="the template has no such field", nearest=nearest_name(key[:60], known))


def _together(answers: Answers, around: Circumstances) -> Iterator[Problem]:
    """What no single field shows."""
    if answers.get(SUBTYPE) == WITHDRAW and answers.get(TYPE) != FOLLOW_UP:
        yield Problem(where=SUBTYPE, text="only a follow-up notice withdraws one that was made before")
    if around.in_eea is None:
        yield Problem(where="field_113", text="one of field_113 (controller in the EEA) and field_120 (not in the EEA)")
    first, last = (_moment(answers.get(key)) for key in ("field_46", "field_47"))
    if first and last and last < first:
        yield Problem(where="field_47", text="the breach ends before it begins")


def asked_fields(answers: Answers, template: Template, around: Circumstances) -> dict[str, bool | None]:
    """Of each field by its name whether it is asked; `None` where the circumstances do not tell."""
    return {
        field.key: True if field.shown_if is None else field.shown_if.holds(answers, around)
        for field in template.fields
    }


def _of_fields(answers: Answers, template: Template, around: Circumstances) -> Iterator[Problem]:
    is_incomplete = answers.get(SUBTYPE) == INCOMPLETE
    asked = asked_fields(answers, template, around)
    for field in template.fields:
        shown = asked[field.key]
        if field.key not in answers:
            if shown is True and field.is_demanded(is_incomplete=is_incomplete):
                yield Problem(where=field.key, text=f"{field.need} and not answered: {field.title}")
        elif shown is False:
            yield Problem(where=field.key, text=f"is not asked here: {field.title}")
        else:
            wrong = _value_problem(field, answers[field.key], is_incomplete=is_incomplete)
            if wrong:
                yield Problem(where=field.key, text=wrong)


def _value_problem(field: TemplateField, value: Any, *, is_incomplete: bool) -> str | None:  # noqa: ANN401  (JSON holds anything)
    if not _FITS[field.kind](value, field):
        return f"must be {KIND_WORDS[field.kind]}" + (f": {_codes_in_words(field)}" if field.codes else "")
    values = value if isinstance(value, list) else [value]
    is_open = any(
        one in field.only_incomplete or (not field.codes and isinstance(one, str) and one.startswith(OPEN))
        for one in values
    )
    if is_open and not is_incomplete:
        return "leaves something to be determined, which only an incomplete notice may do"
    return None


def _codes_in_words(field: TemplateField) -> str:
    """`a (Yes), b (No)`; of a long list where it stands."""
    if len(field.codes) > _MOST_CODES:
        return f"{', '.join(field.codes)}; leakguard notice export --edpb --explain {field.number} has their words"
    return ", ".join(f"{code} ({words})" for code, words in field.codes.items())


def _moment(value: object) -> datetime | None:
    """An RFC 3339 time with a zone."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _is_text(value: object, _: TemplateField) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= MAX_TEXT


def _is_code(value: object, field: TemplateField) -> bool:
    return isinstance(value, str) and value in field.codes


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_COUNT


def _is_country(value: object) -> bool:
    return isinstance(value, str) and _COUNTRY.fullmatch(value) is not None


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _each(fits: Callable[[Any], bool], value: object) -> bool:
    """A list of one or more, each once."""
    if not isinstance(value, list) or not 0 < len(value) <= MAX_ENTRIES or not all(map(fits, value)):
        return False
    return len(set(value)) == len(value)


def _is_counts(value: object) -> bool:
    return (
        isinstance(value, dict)
        and 0 < len(value) <= MAX_ENTRIES
        and all(_is_country(key) and _is_count(count) for key, count in value.items())
    )


_FITS: dict[str, Callable[[Any, TemplateField], bool]] = {
    "text": _is_text,
    "texts": lambda value, field: _each(lambda one: _is_text(one, field), value),
    "choice": _is_code,
    "choices": lambda value, field: _each(lambda one: _is_code(one, field), value),
    "count": lambda value, _: _is_count(value),
    "counts": lambda value, _: _is_counts(value),
    "countries": lambda value, _: _each(_is_country, value),
    "moment": lambda value, _: _moment(value) is not None,
    "date": lambda value, _: _is_date(value),
    "flag": lambda value, _: isinstance(value, bool),
}
KIND_WORDS = {
    "text": f"a text of at most {MAX_TEXT:,} characters", "texts": "a list of texts, each once",
    "choice": "one code", "choices": "a list of codes, each once",
    "count": "a whole number", "counts": "a whole number for each country code",
    "countries": "a list of two-letter country codes, each once", "moment": "a time with its zone (RFC 3339)",
    "date": "a day, such as 2026-06-12", "flag": "true or false",
}  # fmt: skip


def to_json_text(answers: Answers) -> str:
    """The payload in the order of the field numbers; equal answers give equal text."""
    ordered = {key: answers[key] for key in sorted(answers, key=lambda key: int(key.removeprefix("field_")))}
    return json.dumps(ordered, ensure_ascii=False, indent=2) + "\n"


def parse_payload(text: str, *, name: str) -> dict[str, Any]:
    """Read a payload back; raises `BadFile` when it is no JSON object with each name once.

    Whether its answers are a notice, `problems_of` tells with `circumstances_of`.
    """
    if len(text) > MAX_PAYLOAD:
        raise BadFile.whole(name, f"longer than {MAX_PAYLOAD:,} characters")
    try:
        value = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        text = str(error) if type(error) is ValueError else "not readable as JSON"
        raise BadFile.whole(name, text) from error
    if not isinstance(value, dict):
        raise BadFile.whole(name, "must be an object of fields")
    return value


def circumstances_of(answers: Answers) -> Circumstances:
    """What a payload tells about its circumstances: which of the two cross-border sections it answers."""
    inside, outside = "field_113" in answers, "field_120" in answers
    return Circumstances(in_eea=None if inside == outside else inside)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _no_number(_: str) -> float:
    raise ValueError("holds a number that JSON does not know")
