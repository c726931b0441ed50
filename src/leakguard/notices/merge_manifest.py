"""The manifest of a mail merge: what the letters rest on, and the digest of each; no name, address or data of anybody.

While letters are made it grows line by line, in the order of the rows, and is the journal by which a run goes on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from leakguard.frozen import Frozen, as_dict, names_of

SCHEMA = "leakguard.letters/1"
MOST_IN_LINE = 16_384
"""Characters of one line; the head with every language and place has some 2,000."""
_NAME = re.compile(r"[0-9]{4,}/[0-9]{7,}-[0-9a-f]{16}\.[a-z]{2,4}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SHOWN = 12
_IN_WORDS = {
    "recipients": "the file of recipients",
    "facts_sha256": "the facts file",
    "rules_sha256": "the duty or the vocabulary",
    "templates_sha256": "the templates",
    "head": "the ledger of the incident",
    "key": "the key of the marks",
    "leakguard": "the version of LeakGuard",
    "made_for": "the moment that the letters are made for",
}


class ManifestHead(Frozen):
    """Everything that the letters follow from: the same head means the same letters."""

    duty: str
    stage: str
    form: str
    """The format of the documents."""
    made_for: str
    """The moment in RFC 3339, which dates the letters and by which clocks are judged."""
    letters: int
    set_aside: int
    passed_over: int
    languages: dict[str, int]
    """How many letters in each."""
    places: tuple[str, ...]
    """Only people of these were wanted; empty for all."""
    sample: bool
    """Only the first ones were wanted, to look at."""
    drill: bool
    facts_sha256: str
    head: str
    """Where the ledger stands that completed the facts; empty without one."""
    rules_version: str
    rules_sha256: str
    """Of the duty and the vocabulary."""
    checked_on: str
    """The day on which the rule was last checked."""
    templates_sha256: str
    recipients: str
    """The keyed hash of the file of recipients."""
    key: str
    """By which the key of the marks is recognised."""
    leakguard: str


class MadeLetter(Frozen):
    """One letter that lies in its folder."""

    file: str
    sha256: str
    bytes: int
    lang: str
    row: str
    """The keyed hash of the row."""


_HEAD_FIELDS = frozenset(names_of(ManifestHead))


def head_line(head: ManifestHead) -> str:
    """The first line, with its line end; ASCII alone."""
    return _line({"schema": SCHEMA, **as_dict(head)})


def letter_line(letter: MadeLetter) -> str:
    """The line of one letter, with its line end; ASCII alone."""
    document = {
        "file": letter.file,
        "sha256": letter.sha256,
        "bytes": letter.bytes,
        "lang": letter.lang,
        "row": letter.row,
    }
    return _line(document)


def parse_head(line: str) -> ManifestHead | None:
    """The head; nothing when the line is none."""
    document = _object(line)
    if (
        document.pop("schema", None) != SCHEMA
        or set(document) != _HEAD_FIELDS
        or not isinstance(document["places"], list)
    ):
        return None
    return ManifestHead(**{**document, "places": tuple(document["places"])})


def parse_letter(line: str) -> MadeLetter | None:
    """The letter of a line; nothing when the line is not whole, or names a place outside the folder."""
    document = _object(line)
    names = ("file", "sha256", "lang", "row")
    if set(document) != {*names, "bytes"} or not all(isinstance(document[name], str) for name in names):
        return None
    is_sound = (
        _NAME.fullmatch(document["file"]) and _DIGEST.fullmatch(document["sha256"]) and type(document["bytes"]) is int
    )
    return MadeLetter(**document) if is_sound else None


def differences(old: ManifestHead, new: ManifestHead) -> Iterator[str]:
    """What changed since the letters were begun, in words; digests are shown short."""
    for name in names_of(ManifestHead):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{_IN_WORDS.get(name, name)}: was {_shown(before)}, is {_shown(after)}"


def _shown(value: object) -> str:
    text = str(value)
    return text[:_SHOWN] if _DIGEST.fullmatch(text) else text[:80] or "none"


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=True) + "\n"


def _object(line: str) -> dict[str, Any]:
    try:
        document = json.loads(line) if line.endswith("\n") and len(line) <= MOST_IN_LINE else None
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {}
