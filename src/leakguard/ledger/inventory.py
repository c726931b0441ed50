"""The inventory: whether the findings beside the ledger are those that it lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from leakguard.ledger.canonical import from_canonical, sha256_hex
from leakguard.ledger.entries import CONTENT_ERASED, Entry
from leakguard.ledger.items import FINDINGS_RECORDED, KeptItem
from leakguard.ledger.verification import Doubt, DoubtKind


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
