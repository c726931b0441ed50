"""What the public form sends, as `application/x-www-form-urlencoded`; read within caps, with all problems at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import unquote_to_bytes

from leakguard.frozen import Frozen
from leakguard.intake.reading import is_address

MOST_BODY = 256 * 1024
"""Bytes of all that is sent: a percent sign and two digits for each byte of a text make it three times as long."""
MOST_LONG = 20_000
"""Characters of the text."""
MOST_LINE = 200
"""Characters of a subject or a name."""
MOST_ADDRESS = 254
FIELDS = ("text", "subject", "name", "email", "lang", "website")
"""`website` is a trap: people do not see it, and programs fill it in."""
_CAPS = {
    "text": MOST_LONG, "subject": MOST_LINE, "name": MOST_LINE, "email": MOST_ADDRESS, "lang": 2, "website": MOST_LINE,
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
Wrong = Literal["unreadable", "unknown", "twice", "too_long", "missing", "no_address", "trap"]


class FormProblem(Frozen):
    """One thing that is wrong."""

    field: str
    wrong: Wrong
    most: int = 0


class SubmittedForm(Frozen, hidden=("values",)):
    """What was sent, as far as it can be read, and what is wrong with it."""

    values: Mapping[str, str]
    problems: tuple[FormProblem, ...]

    @property
    def document(self) -> bytes:
        """The JSON that `report import` takes."""
        fields = {name: self.values[name] for name in ("text", "subject", "name", "email") if self.values.get(name)}
        return json.dumps(fields, ensure_ascii=False).encode()


def read_submitted(body: bytes) -> SubmittedForm:
    """Never raises, whatever was sent; more than `MOST_BODY` bytes are not read."""
    values, problems = dict[str, str](), list[FormProblem]()
    pieces = body[:MOST_BODY].split(b"&", len(FIELDS)) if body else []
    if len(body) > MOST_BODY or len(pieces) > len(FIELDS):
        return SubmittedForm(values={}, problems=(FormProblem(field="", wrong="too_long", most=MOST_BODY),))
    for piece in pieces:
        name, _, coded = piece.partition(b"=")
        field = name.decode("ascii", "replace")
        if field not in FIELDS:
            problems.append(FormProblem(field="", wrong="unknown"))
        elif field in values:
            problems.append(FormProblem(field=field, wrong="twice"))
        else:
            values[field] = _text(coded, field, problems)
    problems += _wrong(values)
    return SubmittedForm(values=values, problems=tuple(dict.fromkeys(problems)))


def _text(coded: bytes, field: str, problems: list[FormProblem]) -> str:
    try:
        text = unquote_to_bytes(coded.replace(b"+", b" ")).decode()
    except UnicodeDecodeError:
        problems.append(FormProblem(field=field, wrong="unreadable"))
        return ""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if field != "text":
        plain = plain.replace("\n", " ").replace("\t", " ")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", plain).strip()


def _wrong(values: Mapping[str, str]) -> Iterator[FormProblem]:
    for field, most in _CAPS.items():
        if len(values.get(field, "")) > most:
            yield FormProblem(field=field, wrong="too_long", most=most)
    if not values.get("text"):
        yield FormProblem(field="text", wrong="missing")
    address = values.get("email", "")
    if address and not is_address(address):
        yield FormProblem(field="email", wrong="no_address")
    if values.get("website"):
        yield FormProblem(field="website", wrong="trap")
