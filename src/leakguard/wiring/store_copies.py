"""The store of the settings and its copies; implements `use_cases.proofs.store_copies.StoreCopies`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from leakguard import __version__
from leakguard.ledger.heads import Head
from leakguard.ledger.signed_heads import Trust
from leakguard.models.backups import STORE, BackupManifest, Restored, StoreFigures
from leakguard.settings import head_files
from leakguard.store.backups import back_up
from leakguard.store.figures import store_figures
from leakguard.store.kept_files import KeptFiles
from leakguard.store.restoring import move, restore
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.store_copies import Tell
from leakguard.wiring import Wiring


class CopiesOfStore:
    """Copies the store that one command works with."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._place = wiring.settings.store

    def back_up(self, folder: Path, tell: Tell) -> BackupManifest:
        """See `StoreCopies.back_up`."""
        made_by = f"leakguard {__version__}"
        return back_up(self._place, folder, now=self.now(), made_by=made_by, access=self._wiring.access, tell=tell)

    def restore(self, folder: Path, tell: Tell) -> Restored:
        """See `StoreCopies.restore`."""
        heads = head_files(self._wiring.settings)
        return restore(folder, self._place, heads=heads, access=self._wiring.access, tell=tell)

    def move(self, new: str, tell: Tell) -> Head | None:
        """See `StoreCopies.move`."""
        self._wiring.close()
        return move(self._place, new, access=self._wiring.access, tell=tell)

    def figures(self) -> StoreFigures:
        """See `StoreCopies.figures`."""
        return store_figures(self._place, access=self._wiring.access)

    @contextmanager
    def opened(self, place: str | None = None) -> Iterator[tuple[SqlStore, KeptFiles]]:
        """See `StoreCopies.opened`."""
        where, wiring = place or self._place, self._wiring
        heads = () if place is not None and place != self._place else head_files(wiring.settings)
        store = SqlStore.open(where, now=wiring.now, token=wiring.token, create=False, heads=heads)
        with closing(store):
            yield store, KeptFiles.beside(where)

    def in_backup(self, folder: Path) -> str:
        """See `StoreCopies.in_backup`."""
        return str(folder / STORE)

    def trust(self) -> Trust | None:
        """See `StoreCopies.trust`."""
        return self._wiring.trust()

    def now(self) -> datetime:
        """See `StoreCopies.now`."""
        return self._wiring.now()
