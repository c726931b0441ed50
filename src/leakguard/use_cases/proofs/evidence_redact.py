"""Erases contents and findings for good: the ledger still verifies, and says what was erased, by whom and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from leakguard.errors import NotAllowed, NotFound, StoreUnusable, UsageProblem
from leakguard.frozen import Frozen
from leakguard.ledger.custody import ADDED, HOLD_RELEASED, PUT_ON_HOLD, Holds, holds_in, item_id
from leakguard.ledger.entries import Entry
from leakguard.ledger.erasure import Erasure, erasing_record, erasure_of, is_erasable
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.models.comments import incident_behind
from leakguard.models.events import Interval
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Now, ScanStore
from leakguard.use_cases.proofs.evidence_items import refuse_texts
from leakguard.use_cases.proofs.listed_findings import held_findings, refuse_unnamed_findings
from leakguard.use_cases.proofs.offered_answers import offered_in
from leakguard.use_cases.scans.following import FLEET_STARTED

_ENTRY = re.compile(r"(?:E-|EV-)?([1-9][0-9]{0,17})")


class ErasingStore(ScanStore, Protocol):
    """A store that can erase."""

    def entries(self, subject: str | None = None) -> Iterator[Entry]:
        """The entries exactly as stored."""

    def erase(
        self, erasures: Sequence[Erasure], findings: Sequence[str], records: Mapping[str, Record], *, seen: int
    ) -> tuple[KeptRecord, ...]:
        """Erase and say so, in one transaction."""

    def scrub(self) -> bool:
        """Let nothing of what was erased be left in the files; false while another process holds them."""


class Copies(Protocol):
    """Kept copies of evidence."""

    def refuse_fixed(self, sha256: str) -> None:
        """Raise `StoreUnusable` for a copy that cannot be removed."""

    def mark(self, sha256: str, entry: str) -> None:
        """Note that a copy is to go with the content of the entry of this hash."""

    def marked(self) -> Mapping[str, str]:
        """The copies that are to go, and the hash of the entry with which they do."""

    def unmark(self, sha256: str) -> None:
        """The copy stays, and is in its place."""

    def set_aside(self, sha256: str) -> bool:
        """Take a copy out of its place; false where there is none."""

    def remove(self, sha256: str) -> None:
        """Overwrite and remove a copy that was set aside, and its mark."""

    def remove_halves(self) -> tuple[str, ...]:
        """Remove the half copies that a killed process left; returns the names of those that stay."""


class Redaction(Frozen):
    """What is asked for."""

    names: tuple[str, ...]
    """Entries (`12`, `E-12`, `EV-12`) and findings (`F-...`)."""
    by: str
    reason: str
    keep: frozenset[str] = frozenset()
    """Fields whose values stay, because a clock or a playbook counts with them."""


class RedactionResult(Frozen):
    """What was done."""

    sequences: tuple[int, ...]
    findings: tuple[str, ...]
    records: tuple[KeptRecord, ...]
    """The entries that say so."""
    is_scrubbed: bool
    """Whether nothing is left in the files; false while another process was reading."""
    halves: tuple[str, ...] = ()
    """Half copies beside the store that could not be removed, as somebody may be making them."""


@dataclass(slots=True)
class _LedgerPass:
    """What one pass over the ledger tells."""

    wanted: Collection[int]
    last: int = 0
    chosen: dict[int, Entry] = field(default_factory=dict)
    copies: dict[int, str] = field(default_factory=dict)
    """Hashes of kept copies, by entry."""


def redact(store: ErasingStore, copies: Copies, asked: Redaction, *, now: Now) -> RedactionResult:
    """Erase what `asked` names.

    Raises `UsageProblem` for names that are none and without a name or a reason, `NotFound` for what does not exist,
    `NotAllowed` for what is erased already, is under legal hold, is what the ledger itself stands on, or lists findings
    that `asked` does not name, and `StoreUnusable` where a kept copy cannot be removed.
    """
    _refuse_nameless(asked)
    _finish(store, copies)
    numbers = _numbers(asked.names)
    findings = _findings(store, [name for name in asked.names if _ENTRY.fullmatch(name) is None])
    seen = _look(store, numbers)
    _refuse_protected(seen, numbers)
    _refuse_held(store, seen, findings)
    refuse_unnamed_findings(store, seen.chosen.values(), {finding.id for finding in findings})
    erasures = [
        erasure_of(seen.chosen[number], keep=asked.keep, answers=offered_in(store, seen.chosen[number]))
        for number in numbers
    ]
    records = _records(erasures, findings, asked, now=now)
    going = {digest: number for number, digest in sorted(seen.copies.items()) if number in numbers}
    orphaned = going.keys() - {digest for number, digest in seen.copies.items() if number not in numbers}
    for digest in sorted(orphaned):
        copies.refuse_fixed(digest)
    for digest in sorted(orphaned):
        copies.mark(digest, seen.chosen[going[digest]].hash)
    kept = store.erase(erasures, [finding.id for finding in findings], records, seen=seen.last)
    _remove_unneeded(store, copies, tuple(going))
    return RedactionResult(
        sequences=tuple(numbers),
        findings=tuple(finding.id for finding in findings),
        records=kept,
        is_scrubbed=_scrubbed(store),
        halves=copies.remove_halves(),
    )


def scrub(store: ErasingStore, copies: Copies) -> tuple[bool, tuple[str, ...]]:
    """Let nothing of what was erased be left in any file.

    Returns false while another process holds those of the store, and the half copies that could not be removed.
    """
    _finish(store, copies)
    halves = copies.remove_halves()
    return store.scrub(), halves


def _finish(store: ErasingStore, copies: Copies) -> None:
    """Remove the copies that a killed process did not come to, and forget what it never began to erase."""
    marked = copies.marked()
    if not marked:
        return
    ours = {entry.hash: entry for entry in store.entries() if entry.hash in marked.values()}
    own = {digest: ours[by] for digest, by in marked.items() if by in ours}  # other ledgers keep their copies here too
    for digest, entry in own.items():
        if entry.salt is not None:
            copies.unmark(digest)
    _remove_unneeded(store, copies, [digest for digest, entry in own.items() if entry.salt is None])


def _remove_unneeded(store: ErasingStore, copies: Copies, digests: Collection[str]) -> None:
    """Remove those of these copies that no item needs, by what the ledger says at this moment.

    Each is out of its place before the ledger is asked for the last time: whoever takes the same file in meanwhile
    finds no copy there, and keeps another one; see `keep_again`.
    """
    if not digests:
        return
    erased = {entry.sequence for entry in store.entries() if entry.salt is None}

    def needed() -> set[str]:
        return {digest for number, digest in _copies_of(store).items() if number not in erased}

    before = needed()
    aside = {digest for digest in digests if digest not in before and copies.set_aside(digest)}
    now = needed() if aside else before
    for digest in digests:
        if digest in aside and digest not in now:
            copies.remove(digest)
        else:
            copies.unmark(digest)


def _scrubbed(store: ErasingStore) -> bool:
    """Whatever goes wrong here, the erasure itself is done and kept: it must not look as if it were not."""
    try:
        return store.scrub()
    except StoreUnusable:
        return False


def _refuse_nameless(asked: Redaction) -> None:
    refuse_texts(asked.by, asked.reason)
    if not asked.reason.strip():
        raise UsageProblem("an erasure needs a reason", next_step='Say why: --reason "..."')


def _numbers(names: Sequence[str]) -> list[int]:
    found = [_ENTRY.fullmatch(name) for name in names]
    return sorted({int(match[1]) for match in found if match is not None})


def _findings(store: ScanStore, ids: Sequence[str]) -> list[Finding]:
    found = list(store.findings(ids=list(dict.fromkeys(ids)))) if ids else []
    missing = set(ids) - {finding.id for finding in found}
    if missing:
        raise NotFound(
            f"there is no entry and no finding `{min(missing)[:60]}`",
            next_step="Name entries by number or as E-12, and findings by id.",
        )
    return found


def _look(store: ErasingStore, numbers: Collection[int]) -> _LedgerPass:
    seen = _LedgerPass(wanted=frozenset(numbers))
    for entry in store.entries():
        seen.last = entry.sequence
        if entry.sequence in seen.wanted:
            seen.chosen[entry.sequence] = entry
    seen.copies = _copies_of(store)
    return seen


def _copies_of(store: ErasingStore) -> dict[int, str]:
    added = (record for record in store.of_kinds((ADDED,)) if record.content.get("is_kept"))
    return {record.sequence: str(record.content.get("sha256")) for record in added}


def _refuse_protected(seen: _LedgerPass, numbers: Sequence[int]) -> None:
    for number in numbers:
        entry = seen.chosen.get(number)
        if entry is None:
            raise NotFound(f"there is no entry {number}", next_step="List them: leakguard evidence list")
        if entry.content is None or entry.salt is None:
            raise NotAllowed(
                f"the content of entry {number} is erased already",
                next_step="If that was cut short, nothing of it is left in the files after: leakguard evidence scrub",
            )
        if not is_erasable(entry.kind):
            raise NotAllowed(
                f"entry {number} is of the kind `{entry.kind}`, whose content the ledger itself needs",
                next_step="Name other entries.",
            )


def _refuse_held(store: ScanStore, seen: _LedgerPass, findings: Sequence[Finding]) -> None:
    holds = _with_runs(store, holds_in(store.of_kinds((PUT_ON_HOLD, HOLD_RELEASED))))
    protected = held_findings(store, holds.subjects)
    listing = {entry.sequence for entry in seen.chosen.values() if entry.kind == FINDINGS_RECORDED}
    if listing and protected:
        held_runs = {finding.run for finding in store.findings(ids=sorted(protected))}
        for number in listing:
            if seen.chosen[number].subject in held_runs:
                raise _held(f"entry {number}", "its run holds findings of an incident under legal hold")
    for finding in findings:
        if finding.id in protected or finding.run in holds.subjects:
            raise _held(f"finding {finding.id}", "it belongs to what is under legal hold")
    for entry in seen.chosen.values():
        reason = holds.subjects.get(incident_behind(entry.subject), holds.items.get(item_id(entry.sequence)))
        if reason is not None:
            raise _held(f"entry {entry.sequence}", reason or "no reason was given for the hold")


def _with_runs(store: ScanStore, holds: Holds) -> Holds:
    """The holds, and those on the runs of a scan by the fleet that is held: its findings are theirs."""
    scans = [scan for scan in store.of_kinds({FLEET_STARTED}) if scan.subject in holds.subjects]
    runs = {str(run): holds.subjects[scan.subject] for scan in scans for run in scan.content["runs"].values()}
    return Holds(subjects=runs | holds.subjects, items=holds.items)


def _held(what: str, why: str) -> NotAllowed:
    return NotAllowed(
        f"{what} is under legal hold: {why}",
        next_step="The person who set the hold may release it: leakguard evidence release",
    )


def _records(
    erasures: Sequence[Erasure], findings: Sequence[Finding], asked: Redaction, *, now: Now
) -> dict[str, Record]:
    """One record a subject, so that each incident and run tells of its own."""
    at = Interval(earliest=now(), latest=now())
    subjects = dict.fromkeys([*(erasure.subject for erasure in erasures), *(finding.run for finding in findings)])
    return {
        subject: erasing_record(
            [erasure for erasure in erasures if erasure.subject == subject],
            findings=[finding.id for finding in findings if finding.run == subject],
            by=asked.by.strip(), reason=asked.reason.strip(), at=at,
        )
        for subject in subjects
    }  # fmt: skip
