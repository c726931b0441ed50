"""Copies of evidence on their way into a backup and out of it; each is read once and held against its name."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import open_file
from leakguard.models.backups import BackupFile
from leakguard.models.file_modes import Access, Output
from leakguard.store.copying import Tell
from leakguard.store.kept_files import CHUNK
from leakguard.store.new_files import ALONE, new_file, new_folder

_COPY = re.compile(r"(?:erasing-)?[0-9a-f]{64}", re.ASCII)
"""A kept copy, or the mark that one is to go with the content of its entry."""
TITLE = "evidence"
"""What these copies are called where progress is shown."""


def copy_evidence(source: Path, target: Path, *, access: Access = ALONE, tell: Tell) -> None:
    """Copy what lies in `source` into `target`, where it is not yet; raises `OSError`, `BadFile`.

    A copy is written as it is, also where it no longer is what its name says: the verification names that.
    """
    if not source.is_dir():
        return
    new_folder(target, access)
    done = 0
    for path in sorted(source.iterdir()):
        if _COPY.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            _copy(path, target / path.name, access)
            done += 1
            tell(TITLE, done)


def _copy(source: Path, target: Path, access: Access) -> None:
    if target.exists() and digest_of(target) == digest_of(source):
        return
    part = target.with_name(f".part-{os.getpid()}")
    handle = new_file(part, Output.EVIDENCE, access, flags=os.O_TRUNC)
    with os.fdopen(handle, "wb") as out, open_file(source) as file:
        while chunk := file.read(CHUNK):
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    part.replace(target)


def digest_of(path: Path) -> BackupFile:
    """SHA-256 and size of a file; raises `BadFile`."""
    digest, size = hashlib.sha256(), 0
    with open_file(path) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return BackupFile(sha256=digest.hexdigest(), bytes=size)


def files_in(folder: Path) -> Iterator[tuple[str, BackupFile]]:
    """Every file below a folder, by its path in it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), digest_of(path)


def wrong_file(path: Path, file: BackupFile) -> str:
    """Why a file is not the one that a manifest names, or nothing."""
    try:
        found = digest_of(path)
    except BadFile as error:
        return f"{path.name[:80]} cannot be read: {error.problems[0].text}"
    return "" if found == file else f"{path.name[:80]} was changed or cut off"
