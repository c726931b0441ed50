"""Backs a store up, restores it, moves it and checks it; what was made is verified before anybody relies on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.ledger.signed_heads import Trust
from leakguard.ledger.verification_result import Answer, Verification
from leakguard.models.backups import BackupManifest, Restored, StoreFigures
from leakguard.use_cases.proofs.evidence import EvidenceStore, KeptCopies, verify_store

Tell = Callable[[str, int], None]
"""Called with the name of a table, or `evidence`, and how many of its rows or files are copied so far."""


class StoreCopies(Protocol):
    """What `wiring` gives: the store of the settings, and places that it can be copied to."""

    def back_up(self, folder: Path, tell: Tell) -> BackupManifest:
        """Copy the store into a new folder."""

    def restore(self, folder: Path, tell: Tell) -> Restored:
        """Put a backup where the settings name the store."""

    def move(self, new: str, tell: Tell) -> Head | None:
        """Copy the store to another place, and retire the old one."""

    def figures(self) -> StoreFigures:
        """How large the store is."""

    def opened(self, place: str | None = None) -> AbstractContextManager[tuple[EvidenceStore, KeptCopies]]:
        """A store and the evidence beside it, to be read; that of the settings where no place is named."""

    def in_backup(self, folder: Path) -> str:
        """The place of the store inside a backup."""

    def trust(self) -> Trust | None:
        """The key that heads have to be signed with."""

    def now(self) -> datetime:
        """The time, in UTC."""


class BackedUp(Frozen):
    """A backup, and whether what is in it verifies."""

    manifest: BackupManifest
    verified: Verification
    is_copy_wrong: bool = False
    """Whether the store itself verifies and only the copy does not."""


class PutBack(Frozen):
    """A restored store, and whether it verifies."""

    restored: Restored
    verified: Verification


class CheckedStore(Frozen):
    """A store's size, and whether it verifies."""

    figures: StoreFigures
    verified: Verification


def back_up_store(copies: StoreCopies, folder: Path, tell: Tell) -> BackedUp:
    """Back the store up while it is in use, and verify the copy.

    A store that does not verify is backed up all the same: the copy says so, and is evidence. If the copy does not
    verify, the store is verified too: the fault may be that of the copy alone, as of a bad disk.
    """
    manifest = copies.back_up(folder, tell)
    verified = _verified(copies, copies.in_backup(folder))
    is_copy_wrong = verified.answer is Answer.MISMATCH and _verified(copies).answer is not Answer.MISMATCH
    return BackedUp(manifest=manifest, verified=verified, is_copy_wrong=is_copy_wrong)


def restore_store(copies: StoreCopies, folder: Path, tell: Tell) -> PutBack:
    """Put a backup back where no store is, and verify what is there now."""
    restored = copies.restore(folder, tell)
    return PutBack(restored=restored, verified=_verified(copies))


def move_store(copies: StoreCopies, new: str, tell: Tell) -> Verification:
    """Move the store to another place, and verify it there."""
    copies.move(new, tell)
    return _verified(copies, new)


def check_store(copies: StoreCopies) -> CheckedStore:
    """Measure and verify the store."""
    return CheckedStore(figures=copies.figures(), verified=_verified(copies))


def _verified(copies: StoreCopies, place: str | None = None) -> Verification:
    with copies.opened(place) as (store, kept):
        return verify_store(store, copies=kept, trust=copies.trust(), now=copies.now())
