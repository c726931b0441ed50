"""The inventory: compares the stored findings with those that the ledger lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import groupby

from leakguard.frozen import Frozen
from leakguard.ledger.canonical import from_canonical, sha256_hex
from leakguard.ledger.entries import CONTENT_ERASED, Entry
from leakguard.ledger.stored_findings import FINDINGS_RECORDED, StoredFinding
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind

Listed = tuple[object, object]
"""The id and the hash of a finding, as an entry states them."""


class _FindingDigest(Frozen):
    """A stored finding, with the digest of its text instead of the text."""

    id: str
    run: str
    position: int
    digest: str | None
    """`None` if the text cannot be encoded."""


class Inventory:
    """The findings that the ledger lists, gathered while its entries are verified.

    It keeps one hash for each list, so that memory does not grow with the findings; only lists that do not match are
    read again, finding by finding.
    """

    def __init__(self) -> None:
        self._lists: dict[int, tuple[str, bytes]] = {}
        self._erased: set[str] = set()

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on, and remember what it lists."""
        for entry in entries:
            if entry.kind == FINDINGS_RECORDED and entry.content is not None:
                if listed := _listed_in(entry.content):
                    self._lists[entry.sequence] = (entry.subject, _hash_of(listed))
            elif entry.kind == CONTENT_ERASED and entry.content is not None:
                self._erased.update(_erased_in(entry.content))
            yield entry

    def compare(self, items: Iterable[StoredFinding], again: Callable[[], Iterable[Entry]]) -> Iterator[Discrepancy]:
        """Report stored findings that were changed, are missing, or are listed by no entry.

        `items` must be sorted by run, entry and position; `again` reads the watched entries once more.
        """
        complete: set[int] = set()
        others: defaultdict[int, list[_FindingDigest]] = defaultdict(list)
        for (run, sequence), group in groupby(items, key=lambda item: (item.run, item.sequence)):
            stored = [
                _FindingDigest(id=finding.id, run=run, position=finding.position, digest=_digest(finding.text))
                for finding in group
            ]
            if self._matches(sequence, stored):
                complete.add(sequence)
            else:
                others[sequence] += stored
        for entry in again() if others or len(complete) < len(self._lists) else ():
            if entry.sequence in self._lists and (entry.sequence in others or entry.sequence not in complete):
                is_complete = entry.sequence in complete
                yield from self._differences(entry, others.pop(entry.sequence, []), is_complete=is_complete)
        for stored in others.values():
            yield from map(_unlisted, stored)

    def _matches(self, sequence: int, stored: list[_FindingDigest]) -> bool:
        """Whether these are the findings that the entry lists, each in its place."""
        if [finding.position for finding in stored] != list(range(len(stored))):
            return False
        return self._lists.get(sequence) == (
            stored[0].run,
            _hash_of([(finding.id, finding.digest) for finding in stored]),
        )

    def _differences(self, entry: Entry, stored: list[_FindingDigest], *, is_complete: bool) -> Iterator[Discrepancy]:
        """Each finding that is not as the entry lists it.

        If the whole list was already matched (`is_complete`), every item of `stored` is an extra.
        """
        left: dict[int, Listed] = {} if is_complete else dict(enumerate(_listed_in(entry.content or "")))
        for finding in stored:
            listed = left.pop(finding.position, None)
            if listed is None:
                yield _unlisted(finding)
            elif (*listed, entry.subject) != (finding.id, finding.digest, finding.run):
                text = f"is not as entry {entry.sequence} lists it"
                yield _of_finding(DiscrepancyKind.CHANGED_FINDING, finding.id, text)
        for identifier, _ in left.values():
            if str(identifier) in self._erased:
                yield _of_finding(
                    DiscrepancyKind.ERASED_CONTENT, identifier, "was erased on purpose, as a later entry says"
                )
            else:
                yield _of_finding(
                    DiscrepancyKind.MISSING_FINDING, identifier, f"is gone, and entry {entry.sequence} lists it"
                )


def _hash_of(listed: Iterable[Listed]) -> bytes:
    """One hash of a list; `repr` escapes the separators, so that no two lists have the same text."""
    return sha256("\n".join(f"{identifier!r} {digest!r}" for identifier, digest in listed).encode()).digest()


def _unlisted(finding: _FindingDigest) -> Discrepancy:
    return _of_finding(DiscrepancyKind.UNKNOWN_FINDING, finding.id, "is listed by no entry of the ledger")


def _of_finding(kind: DiscrepancyKind, identifier: object, text: str) -> Discrepancy:
    return Discrepancy(kind=kind, text=f"finding {identifier} {text}")


def _digest(text: str) -> str | None:
    try:
        return sha256_hex(text)
    except (UnicodeError, AttributeError):
        return None


def _listed_in(content: str) -> list[Listed]:
    """Ids and hashes in an entry's content; empty if it is unreadable, which `verifier.verify` reports."""
    try:
        found = from_canonical(content)
        return [(item["id"], item["sha256"]) for item in found["findings"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def _erased_in(content: str) -> list[str]:
    """The findings that an erasing entry names; empty if it is unreadable, which `verifier.verify` reports."""
    try:
        return [str(finding) for finding in from_canonical(content).get("findings") or ()]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []
