"""Puts a backup back where no store is, and moves a store to another database; either way the ledger is the same."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from leakguard.errors import NotAllowed
from leakguard.files.opening import read_text
from leakguard.ledger.heads import Head
from leakguard.models.backups import EVIDENCE, HEAD, STORE, BackupManifest, LaterHead, Restored
from leakguard.models.file_modes import Access, Output
from leakguard.store.backups import read_backup
from leakguard.store.copied_files import copy_evidence
from leakguard.store.copying import OF_PROCESSES, Tell, copy_rows, head_in, refuse_used, retire
from leakguard.store.database import Database
from leakguard.store.drivers import BUSY_SECONDS, Pool
from leakguard.store.failures import translated
from leakguard.store.head_file import HeadFile, head_text
from leakguard.store.kept_files import CHUNK, KeptFiles
from leakguard.store.letters_key import copy_keys
from leakguard.store.new_files import ALONE, write_new
from leakguard.store.part_folder import part_folder
from leakguard.store.places import driver_of, file_of, name_of
from leakguard.store.schema import REVISION, version_in

HEAD_OF_SERVER = Path("leakguard.head")
"""Where the head goes when a store moves to a database that has no file beside it: in this folder."""


def restore(
    folder: Path, place: str, *, heads: Sequence[Path] = (), access: Access = ALONE, tell: Tell = lambda *_: None
) -> Restored:  # fmt: skip
    """Put a backup where no store is, in either database. Nobody is logged in afterwards.

    A head at `place` or in `heads` that is later than the backup is kept under another name, and returned.
    Raises `NotAllowed` where a store stands, `BadFile` for a backup that is not whole, `StoreUnusable`.
    """
    manifest = read_backup(folder)
    _refuse_store(place)
    file = file_of(place)
    later: list[LaterHead] = []
    with _filled(place, access) as target:
        with _backed_up(folder) as source:
            copy_evidence(folder / EVIDENCE, KeptFiles.beside(place).folder, access=access, tell=tell)
            with source.standing() as rows, target.writing() as copy:
                refuse_used(copy, name_of(place))
                copy_rows(rows, copy, without=OF_PROCESSES, tell=tell)
        later += _set_aside(file, heads, manifest)
        if file is not None and HEAD in manifest.files:
            write_new(HeadFile(file).path, read_text(folder / HEAD, most=CHUNK), Output.HEAD, access)
    return Restored(manifest=manifest, later=tuple(later))


def move(
    place: str, new: str, *, access: Access = ALONE, tell: Tell = lambda *_: None, busy_seconds: float = BUSY_SECONDS
) -> Head | None:  # fmt: skip
    """Copy a store to another place and retire the old one; the head of both. Others can read meanwhile, not write.

    It waits `busy_seconds` for another writer.

    The head goes beside a file, or to `HEAD_OF_SERVER`.
    The old one keeps all its rows, and no process can append to it, also none that has it open.
    Raises `NotAllowed` where a store stands at `new`, `StoreUnusable`; the old store then is as it was.
    """
    _refuse_store(new)
    file = file_of(new)
    with closing(Database.open(place, create=False, access=access, busy_seconds=busy_seconds)) as source:
        head = head_text(file_of(place))
        with source.writing() as rows, _filled(new, access) as target:
            copy_evidence(KeptFiles.beside(place).folder, KeptFiles.beside(new).folder, access=access, tell=tell)
            with target.writing() as copy:
                refuse_used(copy, name_of(new))
                copy_rows(rows, copy, without=OF_PROCESSES, tell=tell)
                copy_keys(place, new)
                last = head_in(rows)
                retire(rows)
            path = HeadFile(file).path if file is not None else HEAD_OF_SERVER
            if head and (file is not None or not path.exists()):
                write_new(path, head, Output.HEAD, access)
    return last


@contextmanager
def _filled(place: str, access: Access) -> Iterator[Database]:
    """A new store to be filled: a file gets its name when it is full, and not if another has it by then.

    It is made for its owner alone; whoever opens the store next gives it to the group that shares it.
    """
    file = file_of(place)
    if file is None:
        with closing(Database.open(place, access=access)) as database:
            yield database
        return
    with part_folder(file) as part:
        with closing(Database.open(str(part / file.name))) as database:
            yield database
        try:
            os.link(part / file.name, file)
        except FileExistsError as error:
            raise _taken(place) from error


@contextmanager
def _backed_up(folder: Path) -> Iterator[Database]:
    """The store in a backup, to be read. One of an earlier release is upgraded in a copy: a backup never changes."""
    with ExitStack() as opened:
        path = folder / STORE
        pool = Pool(driver_of(str(path)))
        with translated(str(path)), closing(pool), pool.transaction() as connection:
            is_current = version_in(connection) == REVISION
        if not is_current:
            copy = Path(opened.enter_context(TemporaryDirectory(prefix="leakguard-"))) / STORE
            copyfile(path, copy)
            path = copy
        yield opened.enter_context(closing(Database.open(str(path), create=False)))


def _refuse_store(place: str) -> None:
    file = file_of(place)
    if file is not None and file.exists():
        raise _taken(place)


def _taken(place: str) -> NotAllowed:
    return NotAllowed(
        f"{name_of(place)} exists", next_step="Name a place where no store is; --store names another one."
    )


def _set_aside(file: Path | None, heads: Sequence[Path], manifest: BackupManifest) -> Iterator[LaterHead]:
    """Let no head refuse the restored ledger as cut off: it is, and whoever restored it is told so."""
    places = [HeadFile(file)] if file is not None else []
    places += [HeadFile(each, elsewhere=each) for each in heads]
    for place in places:
        head = place.read()
        if head is not None and head.sequence > manifest.entries:
            place.set_aside()
            yield LaterHead(place=place.shown, entries=head.sequence)
