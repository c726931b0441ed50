"""What the fields of a form state about a fact, as a facts file has it. Rules read neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from leakguard.errors import UsageProblem
from leakguard.web.console.pages.fact_desk import fields_of, stated_in
from leakguard.web.console.pages.fact_fields import WAYS, Raw, ends_of, filled, said_of, texts_of

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_PARAGRAPHS = re.compile(r"\n\s*\n")
_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
MOST_DIGITS = 20
"""Of a number; more are no number of anything, and Python reads no more than some thousand."""
_STEP = re.compile(r"[+-]?[0-9]{1,3}", re.ASCII)
_DIGITS = re.compile(r"[\s,.'’，]")


def read_fact(desk: Desk, kind: Raw, places: Mapping[str, str], document: Raw) -> Raw | None:
    """What the fields of a fact state: as a facts file has it; `None` where they are empty.

    `places` has the codes of places by what a person may type, `document` is what the file states now. Raises
    `UsageProblem` for what is no answer.
    """
    name = kind["fact"]
    state, reason = desk.one(f"{name}.state"), desk.one(f"{name}.reason")
    fields = _Fields(desk, kind, places, document)
    stated = fields.stated
    if state in {"unknown", "not_applicable"} and not _is_typed_anew(fields):
        if not reason:
            label = said_of(desk, kind["label"])
            raise UsageProblem(
                f"{label}: {desk.say('say why')}", next_step=desk.say("A reason is needed: it goes into every letter.")
            )
        value = (stated or {}).get(state)
        return stated if value is not None and texts_of(value) == reason else {state: reason}
    found = _READ[kind["kind"]](fields)
    if found is None:
        return {"unknown": reason} if reason else None
    evidence = desk.one(f"{name}.evidence")
    answer = {**found, "evidence": evidence} if evidence else found
    return stated if stated is not None and _is_same(fields, answer) else answer


def _is_same(fields: _Fields, answer: Raw) -> bool:
    """Whether the fields show the same: a list of one entry, or an estimate of one number, stays as it is written."""
    before, now = fields.before, filled(fields.kind, answer, fields.zone)
    are_values = {before["state"], now["state"]} <= {"value", "estimate"}
    left_out = {"readers", "state"} if are_values else {"readers"}
    return all(before[name] == now[name] for name in before if name not in left_out)


def _is_typed_anew(fields: _Fields) -> bool:
    """Whether a value was typed beside the mark that it is not known: then the mark was forgotten."""
    if fields.kind["kind"] in {"flag", "choice"}:
        return False
    typed = _READ[fields.kind["kind"]](fields)
    return typed is not None and any((fields.stated or {}).get(key) != value for key, value in typed.items())


class _Fields:
    """The fields of one fact as they were sent."""

    def __init__(self, desk: Desk, kind: Raw, places: Mapping[str, str], document: Raw) -> None:
        self.desk, self.kind, self.places, self.zone = desk, kind, places, document.get("zone")
        self.stated = stated_in(document, kind["fact"])
        self.before = fields_of(kind, document)
        """What stood in the fields."""

    def one(self, field: str) -> str:
        return self.desk.one(f"{self.kind['fact']}.{field}")

    def all(self, field: str) -> list[str]:
        return [value.strip() for value in self.desk.form.get(f"{self.kind['fact']}.{field}", ())]

    def problem(self, text: str) -> UsageProblem:
        label = said_of(self.desk, self.kind["label"])
        return UsageProblem(f"{label}: {text}", next_step=self.desk.say("Correct it, or say that it is not known yet."))

    def number(self, text: str) -> int | None:
        """A whole number, with or without groups."""
        if not text:
            return None
        digits = _DIGITS.sub("", text)
        if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS:
            raise self.problem(self.desk.say("must be a whole number"))
        return int(digits)

    def place(self, typed: str) -> str:
        """The code of a place, as a person types it: its code, its name, or both."""
        code = typed.partition(" ")[0]
        found = self.places.get(typed.casefold()) or self.places.get(code.casefold())
        if found is None and _CODE.fullmatch(code):
            return code  # the check of the file knows every code
        if found is None:
            raise self.problem(
                self.desk.say("this is no place that is known; write its name or its ISO code, such as DE")
            )
        return found

    def span(self, exact: str, low: str, high: str, before: Raw) -> Raw | int | None:
        """A number, or its range; where both stand there, the one that was typed beside what is stated."""
        exact_number, least, most = self.number(exact), self.number(low), self.number(high)
        if least is None and most is None:
            return exact_number
        if exact_number is not None:
            is_same_range = (least, most) == (before.get("low"), before.get("high"))
            if is_same_range == (exact_number == before.get("exact")):
                raise self.problem(self.desk.say("state either the exact number, or the least and the most"))
            if is_same_range:
                return exact_number
        if most is None:
            return {"low": least, "high": least}
        return {"low": least or 0, "high": most}


def _read_count(fields: _Fields) -> Raw | None:
    span = fields.span(fields.one("exact"), fields.one("low"), fields.one("high"), fields.before)
    return None if span is None else {"value" if isinstance(span, int) else "estimate": span}


def _read_flag(fields: _Fields) -> Raw | None:
    return {"true": {"value": True}, "false": {"value": False}}.get(fields.one("state"))


def _read_choice(fields: _Fields) -> Raw | None:
    chosen = fields.one("state")
    return {"value": chosen} if chosen in {option["code"] for option in fields.kind["options"]} else None


def _read_text(fields: _Fields) -> Raw | None:
    langs = [lang for lang in fields.one("langs").split(",") if lang]
    if langs:
        texts = {lang: fields.one(f"text.{lang}") for lang in langs}
        answers = {lang: _text_or_lines(text, fields.kind) for lang, text in texts.items() if text}
        return {"value": answers} if answers else None
    text = fields.one("text")
    return {"value": _text_or_lines(text, fields.kind)} if text else None


def _text_or_lines(text: str, kind: Raw) -> str | list[str]:
    parts = text.split("\n") if kind["is_list"] else _PARAGRAPHS.split(text)
    lines = [" ".join(part.split()) for part in parts if part.strip()]
    return lines if len(lines) > 1 else lines[0]


def _read_moment(fields: _Fields) -> Raw | None:
    before = _stated_ends(fields)
    first, last = _end(fields, "from", before[0]), _end(fields, "to", before[1])
    if not first and not last:
        return None
    return {"value": {"earliest": first, "latest": last} if first and last and first != last else first or last}


def _stated_ends(fields: _Fields) -> tuple[str, str]:
    state = fields.before["state"]
    return ends_of((fields.stated or {})[state]) if state in {"value", "estimate"} else ("", "")


def _end(fields: _Fields, name: str, stated: str) -> str:
    """One end: as it is stated, with its seconds and its zone, where its fields show that still."""
    day, time = fields.one(f"{name}_day"), fields.one(f"{name}_time")
    if stated and (day, time) == (fields.before[f"{name}_day"], fields.before[f"{name}_time"]):
        return stated
    return f"{day}T{time}" if day and time else day


def _read_categories(fields: _Fields) -> Raw | None:
    chosen = [name for name in fields.all("value") if name]
    return {"value": chosen} if chosen else None


def _read_contact(fields: _Fields) -> Raw | None:
    contact = {way: fields.one(way) for way in WAYS if fields.one(way)}
    return {"value": contact} if contact else None


def _read_money(fields: _Fields) -> Raw | None:
    span = fields.span(fields.one("exact"), fields.one("low"), fields.one("high"), fields.before)
    if span is None:
        return None
    currency = fields.one("currency").upper()
    if isinstance(span, int):
        return {"value": {"amount": span, "currency": currency}}
    return {"estimate": {**span, "currency": currency}}


def _read_encryption(fields: _Fields) -> Raw | None:
    words = {"true": True, "false": False, "null": None}
    encrypted = fields.one("encrypted")
    if encrypted not in words:
        return None
    return {"value": {"encrypted": words[encrypted], "key_safe": words.get(fields.one("key_safe"))}}


def _read_residents(fields: _Fields) -> Raw | None:
    rows = zip(*(fields.all(name) for name in ("place", "exact", "low", "high")), strict=True)
    residents: dict[str, Any] = {}
    before = {row["place"]: row for row in fields.before["rows"]}
    for place, exact, low, high in rows:
        if not place:
            continue
        code = fields.place(place)
        span = fields.span(exact, low, high, before.get(code, {}))
        if span is None:
            raise fields.problem(fields.desk.say("state how many people live there; a range is enough"))
        residents[code] = span
    is_rough = any(not isinstance(span, int) for span in residents.values())
    return {"estimate" if is_rough else "value": residents} if residents else None


def _read_places(fields: _Fields) -> Raw | None:
    places = [fields.place(name) for name in fields.all("place") if name]
    return {"value": list(dict.fromkeys(places))} if places else None


def _read_country(fields: _Fields) -> Raw | None:
    typed = fields.one("place")
    return {"value": fields.place(typed)} if typed else None


def _read_steps(fields: _Fields) -> Raw | None:
    answers = {option["code"]: fields.one(f"step.{option['code']}") for option in fields.kind["options"]}
    steps = {code: int(text) for code, text in answers.items() if _STEP.fullmatch(text) and int(text)}
    return {"value": steps} if steps else None


_READ: dict[str, Callable[[_Fields], Raw | None]] = {
    "text": _read_text, "count": _read_count, "moment": _read_moment, "categories": _read_categories,
    "contact": _read_contact, "flag": _read_flag, "choice": _read_choice, "money": _read_money,
    "encryption": _read_encryption, "residents": _read_residents, "places": _read_places, "steps": _read_steps,
    "country": _read_country, "body": _read_choice,
}  # fmt: skip
