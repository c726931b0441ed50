"""Findings as they are stored beside the ledger, which lists the hash of each."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from math import isfinite
from typing import Any

import msgspec

from leakguard.errors import BadFile, UsageProblem
from leakguard.frozen import Frozen
from leakguard.ledger.canonical import MAX_BITS, canonical, from_canonical_integers, has_tags, to_ascii
from leakguard.models.findings import Finding
from leakguard.models.wire import WireFinding, finding_from_json, finding_to_json, from_wire, to_wire

FINDINGS_RECORDED = "findings_recorded"
"""The kind of the entry that lists findings, with the SHA-256 of each one's canonical text."""
_encode = msgspec.json.Encoder(order="sorted").encode
"""Writes the canonical text of a finding in one pass: its keys are ASCII, and msgspec escapes as RFC 8785 does."""
_LONG_NUMBER = re.compile(rb":[0-9-][0-9]{15}")
"""A number of 16 digits or more, which may lie beyond 2**53 and need a tag; `_text_by_slow_path` decides.

No field of `WireFinding` is a list of numbers, so that each number stands behind a colon; none is a fraction. A match
within a text takes the slow path too, which writes the same text.
"""


class StoredFinding(Frozen):
    """A finding exactly as it is stored."""

    id: str
    run: str
    sequence: int
    """The entry that lists it."""
    position: int
    """Its place in that entry's list, from zero."""
    text: str


def finding_text(finding: Finding) -> str:
    """The canonical text of a finding, whose hash the ledger lists; raises `ValueError` for a time without a zone.

    Values from a host that JSON cannot hold are replaced: lone surrogates by `?`; NaN, infinities and oversized
    integers by null.
    """
    wire = to_wire(finding)
    with suppress(ValueError, OverflowError):
        data = _encode(wire)
        if _LONG_NUMBER.search(data) is None:
            return data.decode()
    return _text_by_slow_path(finding)


def _text_by_slow_path(finding: Finding) -> str:
    value = finding_to_json(finding)
    try:
        return canonical(value)
    except UsageProblem:
        return canonical(_harmless(value))


def finding_from_text(text: str, *, name: str = "finding") -> Finding:
    """The finding of a text that `finding_text` wrote; raises `BadFile` under `name` when it is none."""
    try:
        if has_tags(text):
            return finding_from_json(from_canonical_integers(text), name=name)
        return from_wire(_decoder().decode(text))
    except (ValueError, TypeError, msgspec.DecodeError, RecursionError, AttributeError) as error:
        raise BadFile.whole(name, f"it is no finding that LeakGuard wrote ({type(error).__name__})") from error


@cache
def _decoder() -> msgspec.json.Decoder[WireFinding]:
    """Made when the first finding is read, since it takes time to resolve the types."""
    return msgspec.json.Decoder(WireFinding)


def finding_line(finding: Finding) -> str:
    """As `finding_text`, in JSON without tags and in printable ASCII."""
    return to_ascii(finding_text(finding))


def _harmless(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, dict):
        return {key: _harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_harmless(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    is_oversized = isinstance(value, int) and value.bit_length() > MAX_BITS
    return None if is_oversized or (isinstance(value, float) and not isfinite(value)) else value
