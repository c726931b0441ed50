"""Takes evidence in, and keeps its custody: who holds it, what is sealed, what a legal hold protects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import Protocol

from leakguard.errors import LeakGuardError, NotAllowed, NotFound, UsageProblem
from leakguard.frozen import Frozen
from leakguard.ledger.custody import (
    ADDED,
    HOLD_RELEASED,
    KINDS,
    PUT_ON_HOLD,
    SEALED,
    UNSEALED,
    EvidenceItem,
    Holds,
    NewEvidence,
    custody_record,
    holds_in,
    item_sequence,
    items_of,
    new_evidence_record,
)
from leakguard.ledger.erasure import is_erased
from leakguard.logs import log
from leakguard.models.events import Interval
from leakguard.models.people import refuse_nameless
from leakguard.models.records import KeptRecord
from leakguard.ports import Now, ScanStore
from leakguard.use_cases.incidents.incidents import load_incident

MOST_CHARACTERS = 2000


class Intake(Protocol):
    """Reads a file once."""

    def take(self, path: str, *, keep: bool) -> tuple[str, int]:
        """Its SHA-256 and its size; with `keep` a copy is kept beside the store."""

    def has(self, sha256: str) -> bool:
        """Whether a copy lies there."""

    def drop(self, sha256: str, is_needed: Callable[[], bool]) -> None:
        """Remove a copy unless it is needed; asked once more when the copy is out of its place."""


class EvidenceOptions(Frozen):
    """What is said about files that are taken in together."""

    by: str
    source: str = ""
    note: str = ""
    keep: bool = False
    collected_at: Interval | None = None
    """`None` is now."""


def add_files(
    store: ScanStore, intake: Intake, incident: str, paths: Sequence[str], adding: EvidenceOptions, *, now: Now
) -> tuple[EvidenceItem, ...]:
    """Take files in for an incident; nothing is taken in, and no copy stays, when one of them cannot be read.

    Raises `NotFound` for an unknown incident, `UsageProblem` for texts that are missing or too long, for an unreadable
    file and for one that was collected in the future.
    """
    load_incident(store, incident)
    refuse_texts(adding.by, adding.source, adding.note)
    at = adding.collected_at or Interval(earliest=now(), latest=now())
    if at.latest > now():
        raise UsageProblem("evidence cannot be collected in the future", next_step="Give the time with --at.")
    taken: list[NewEvidence] = []
    kept: tuple[KeptRecord, ...] = ()
    try:
        taken.extend(taken_in(intake, path, adding) for path in paths)  # keeps what it has when one raises
        kept = store.append(incident, [new_evidence_record(item, at=at) for item in taken])
    finally:
        if not kept:
            _drop_copies(store, intake, taken)
    for path, item in zip(paths, taken, strict=True):
        if item.has_copy:
            keep_again(intake, path, item.sha256)
    log.info("evidence_added", incident=incident, count=len(kept), is_kept=adding.keep)
    return items_of(kept)


def _drop_copies(store: ScanStore, intake: Intake, taken: Iterable[NewEvidence]) -> None:
    """Remove the copies that were kept for nothing: no entry names them, so nobody could erase them later."""

    def is_needed(digest: str) -> bool:
        items = (record.content for record in store.of_kinds((ADDED,)) if not is_erased(record.content))
        return any(item.get("is_kept") and item.get("sha256") == digest for item in items)

    for digest in dict.fromkeys(item.sha256 for item in taken if item.has_copy):
        with suppress(LeakGuardError):  # the error that refused the files is the one to tell
            intake.drop(digest, partial(is_needed, digest))


def taken_in(intake: Intake, path: str, adding: EvidenceOptions, *, copies: bool = True) -> NewEvidence:
    """Read one file; a copy that is asked for is kept now, or later without `copies`. Raises as `Intake.take`."""
    sha256, size = intake.take(path, keep=adding.keep and copies)
    name = "".join(sign if sign.isprintable() else "?" for sign in PurePath(path).name)
    return NewEvidence(
        name=name, sha256=sha256, size=size, by=adding.by.strip(), source=adding.source, note=adding.note,
        has_copy=adding.keep,
    )  # fmt: skip


def keep_again(intake: Intake, path: str, sha256: str) -> None:
    """Keep the copy of an item once more, behind its entry: another item of the same file may have been erased since.

    Then its copy went; whoever erases asks the ledger once the copy is out of its place.
    """
    if not intake.has(sha256):
        intake.take(path, keep=True)


def list_items(store: ScanStore, incident: str | None = None) -> tuple[tuple[EvidenceItem, ...], Holds]:
    """The items of an incident, or all, and what is under legal hold."""
    if incident is not None:
        load_incident(store, incident)
    records = tuple(store.of_kinds(KINDS, incident))
    return items_of(records), holds_in(records)


def record_custody(
    store: ScanStore, kind: str, names: Sequence[str], *, by: str, text: str, now: Now
) -> tuple[KeptRecord, ...]:
    """Record an act of custody about items (`EV-12`), or, for holds, about whole incidents and scan runs.

    Raises `NotFound` for what does not exist, `NotAllowed` for what is so already, `UsageProblem` without a name.
    """
    refuse_texts(by, text)
    records = tuple(store.of_kinds(KINDS))
    items, holds = {item.id: item for item in items_of(records)}, holds_in(records)
    acts: dict[tuple[str, bool], list[str]] = {}
    for name in dict.fromkeys(names):
        _refuse_repeated(kind, name, items.get(name), holds)
        if item_sequence(name) is None:
            acts[_subject(store, kind, name), True] = []
        else:
            acts.setdefault((_item(items, name).incident, False), []).append(name)
    kept: list[KeptRecord] = []
    for (subject, _), own in acts.items():
        record = custody_record(kind, items=own, by=by.strip(), text=text.strip(), now=now())
        kept += store.append(subject, (record,))
    return tuple(kept)


def refuse_texts(by: str, *others: str) -> None:
    """Raise `UsageProblem` without a person's name, and for texts that are documents."""
    refuse_nameless(by)
    if any(len(text) > MOST_CHARACTERS for text in others):
        raise UsageProblem(
            f"a text about evidence may have {MOST_CHARACTERS:,} characters",
            next_step="Write the rest into a file, and add that as evidence.",
        )


def _refuse_repeated(kind: str, name: str, item: EvidenceItem | None, holds: Holds) -> None:
    is_held = name in holds.items or name in holds.subjects
    if kind == PUT_ON_HOLD and is_held:
        raise NotAllowed(f"{name} is under legal hold already", next_step="There is nothing to do.")
    if kind == HOLD_RELEASED and not is_held:
        raise NotAllowed(f"{name} is under no legal hold of its own", next_step="See: leakguard evidence list --items")
    if kind == SEALED and item is not None and item.seal:
        raise NotAllowed(f"{name} is sealed already, with {item.seal}", next_step="Break that seal first: --broken")
    if kind == UNSEALED and item is not None and not item.seal:
        raise NotAllowed(f"{name} is not sealed", next_step="There is nothing to do.")


def _item(items: dict[str, EvidenceItem], name: str) -> EvidenceItem:
    if name not in items:
        raise NotFound(f"there is no evidence `{name[:60]}`", next_step="See: leakguard evidence list --items")
    return items[name]


def _subject(store: ScanStore, kind: str, name: str) -> str:
    """A whole subject, which only a hold can be about."""
    if kind not in {PUT_ON_HOLD, HOLD_RELEASED}:
        raise UsageProblem(f"`{name[:60]}` is no item of evidence", next_step="Name items, such as EV-12.")
    if next(iter(store.read(name)), None) is None:
        raise NotFound(f"the ledger has no `{name[:60]}`", next_step="Name an incident, a scan run, or an item.")
    return name
