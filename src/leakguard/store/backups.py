"""Backs a store up while it is in use, and reads a backup.

A backup is a folder: the store as a SQLite file, whichever database it came from, its head, the kept copies of
evidence, and a manifest with the SHA-256 of each. Keys are left out, and so is what lets somebody in without a
password. A backup appears under its name only when it is whole.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from leakguard.errors import BadFile, NotAllowed
from leakguard.files.opening import read_text
from leakguard.models.backups import (
    EVIDENCE,
    FORMAT,
    HEAD,
    MOST_BYTES,
    NAME,
    STORE,
    BackupManifest,
    parse_manifest,
    to_text,
)
from leakguard.models.file_modes import Access, Output
from leakguard.models.moments import to_z
from leakguard.store.copied_files import copy_evidence, files_in, wrong_file
from leakguard.store.copying import OF_LOGINS, OF_PROCESSES, Tell, copy_rows, head_in
from leakguard.store.database import Database
from leakguard.store.head_file import head_text
from leakguard.store.kept_files import KeptFiles
from leakguard.store.new_files import ALONE, write_new
from leakguard.store.part_folder import part_folder
from leakguard.store.places import file_of, name_of

_MOST_NAMED = 20
_KEYS = ("marks.key", "letters.key")
"""Keys that stand beside a SQLite store, by what follows its name."""


def back_up(
    place: str, folder: Path, *, now: datetime, made_by: str, access: Access = ALONE, tell: Tell = lambda *_: None
) -> BackupManifest:  # fmt: skip
    """Copy the store at `place` into the new `folder`, as one moment saw it; others go on writing meanwhile.

    Raises `NotAllowed` where `folder` exists or another process makes it, `StoreUnusable` where a disk is full.
    """
    if folder.exists():
        raise NotAllowed(f"{folder} exists", next_step="Name a folder that does not exist yet.")
    with part_folder(folder) as part, ExitStack() as opened:
        head = head_text(file_of(place))  # before the rows: what was read of a head never runs ahead of them
        source = Database.open(place, create=False, access=access)
        opened.callback(source.close)
        target = Database.open(str(part / STORE))
        try:
            with source.standing() as rows, target.writing() as copy:
                counts = copy_rows(rows, copy, without=OF_PROCESSES | OF_LOGINS, tell=tell)
                last = head_in(rows)
        finally:
            target.close()
        if head:
            write_new(part / HEAD, head, Output.HEAD)
        copy_evidence(KeptFiles.beside(place).folder, part / EVIDENCE, tell=tell)
        manifest = BackupManifest(
            format=FORMAT, made_at=to_z(now), made_by=made_by, source=name_of(place),
            entries=last.sequence if last is not None else 0, head=last.hash if last is not None else "",
            rows=counts, files=dict(files_in(part)), not_included=_keys_beside(file_of(place)),
        )  # fmt: skip
        write_new(part / NAME, to_text(manifest), Output.STORE)
        part.replace(folder)
    return manifest


def read_backup(folder: Path) -> BackupManifest:
    """The manifest of a backup, once every file in it is as it says; raises `BadFile`, which names those that are not.

    A forger can write a manifest anew: only the ledger inside, and heads that are kept elsewhere, prove more.
    """
    manifest = parse_manifest(read_text(folder / NAME, most=MOST_BYTES), str(folder / NAME))
    wrong = [why for path, file in manifest.files.items() if (why := wrong_file(folder / path, file))]
    if wrong:
        more = f"; and {len(wrong) - _MOST_NAMED:,} more" if len(wrong) > _MOST_NAMED else ""
        raise BadFile.whole(
            str(folder), f"{'; '.join(wrong[:_MOST_NAMED])}{more}", next_step="Use another backup, and keep this one."
        )
    return manifest


def _keys_beside(file: Path | None) -> tuple[str, ...]:
    """The keys that stand beside a store, by name: whoever keeps the backup keeps them apart from it."""
    if file is None:
        return ()
    return tuple(f"{file.name}.{key}" for key in _KEYS if file.with_name(f"{file.name}.{key}").exists())
