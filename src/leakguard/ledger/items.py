"""Things that stand beside the ledger and whose hashes stand in it: findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

from leakguard.errors import UsageProblem
from leakguard.ledger.canonical import MAX_BITS, canonical, from_canonical, sha256_hex, to_ascii
from leakguard.ledger.entries import CONTENT_ERASED, Entry
from leakguard.ledger.finding_texts import quick_text
from leakguard.ledger.verification import Doubt, DoubtKind
from leakguard.models.finding_json import finding_to_json
from leakguard.models.findings import Finding

FINDINGS_RECORDED = "findings_recorded"
"""The kind of the entry that lists findings, with the SHA-256 of each one's canonical text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """A finding exactly as it is stored."""

    id: str
    run: str
    sequence: int
    """The entry that lists it."""
    position: int
    """Its place in that entry's list, from zero."""
    text: str


def finding_text(finding: Finding) -> str:
    """The canonical text of a finding, whose hash the ledger lists.

    What a host may have slipped in and no text can hold, half a character or a number without end, is left out.
    """
    if (text := quick_text(finding)) is not None:
        return text
    value = finding_to_json(finding)
    try:
        return canonical(value)
    except UsageProblem:
        return canonical(_harmless(value))


def finding_line(finding: Finding) -> str:
    """As `finding_text`, in plain JSON and printable ASCII."""
    return to_ascii(finding_text(finding))


def _harmless(value: Any) -> Any:  # noqa: ANN401  (JSON holds anything)
    if isinstance(value, dict):
        return {key: _harmless(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_harmless(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    is_endless = isinstance(value, int) and value.bit_length() > MAX_BITS
    return None if is_endless or (isinstance(value, float) and not isfinite(value)) else value


class Inventory:
    """The findings that the ledger lists, gathered while its entries are verified."""

    def __init__(self) -> None:
        self._listed: dict[tuple[int, int], tuple[object, object, str]] = {}
        self._erased: set[str] = set()

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on, and remember what it lists."""
        for entry in entries:
            if entry.kind == FINDINGS_RECORDED and entry.content is not None:
                for position, (identifier, digest) in enumerate(_listed_in(entry.content)):
                    self._listed[entry.sequence, position] = (identifier, digest, entry.subject)
            elif entry.kind == CONTENT_ERASED and entry.content is not None:
                self._erased.update(_erased_in(entry.content))
            yield entry

    def compare(self, items: Iterable[KeptItem]) -> Iterator[Doubt]:
        """What is wrong with the findings as stored: changed, missing, or listed nowhere."""
        left = dict(self._listed)
        for item in items:
            listed = left.pop((item.sequence, item.position), None)
            if listed is None:
                yield _doubt(DoubtKind.UNKNOWN_FINDING, item.id, "is listed by no entry of the ledger")
            elif listed != (item.id, _digest(item.text), item.run):
                yield _doubt(DoubtKind.CHANGED_FINDING, item.id, f"is not as entry {item.sequence} lists it")
        for (sequence, _), (identifier, *_rest) in left.items():
            if identifier in self._erased:
                yield _doubt(DoubtKind.ERASED_CONTENT, identifier, "was erased on purpose, as a later entry says")
            else:
                yield _doubt(DoubtKind.MISSING_FINDING, identifier, f"is gone, and entry {sequence} lists it")


def _doubt(kind: DoubtKind, identifier: object, text: str) -> Doubt:
    return Doubt(kind=kind, text=f"finding {identifier} {text}")


def _digest(text: str) -> str | None:
    try:
        return sha256_hex(text)
    except (UnicodeError, AttributeError):
        return None


def _listed_in(content: str) -> list[tuple[object, object]]:
    """Ids and hashes in an entry's content; nothing where a change made it unreadable, which is named elsewhere."""
    try:
        found = from_canonical(content)
        return [(item["id"], item["sha256"]) for item in found["findings"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def _erased_in(content: str) -> list[str]:
    """The findings that an erasing entry names; nothing where a change made it unreadable."""
    try:
        return [str(finding) for finding in from_canonical(content).get("findings") or ()]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []
