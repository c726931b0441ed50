"""The key of the marks in manifests of letters: beside the store and not beside the letters, which go to others."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from leakguard.errors import BadFile, NotFound, StoreUnusable
from leakguard.files.opening import open_file
from leakguard.notices.letters.marks import KEY_BYTES
from leakguard.store.places import file_of

_HEX = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}\n?", re.ASCII)


def letters_key_file(store: str, named: str | None) -> Path:
    """The file that the user named; else beside a SQLite store, or in this folder for another database."""
    if named:
        return Path(named)
    file = file_of(store)
    return Path("leakguard.letters.key") if file is None else file.with_name(f"{file.name}.letters.key")


def letters_key(path: Path, token: Callable[[int], str]) -> bytes:
    """The key in a file, which is made where there is none, for its owner alone.

    `token` makes so many random hex digits. Raises `BadFile` for a file that holds none, or that others can read;
    `StoreUnusable` for one that cannot be written.
    """
    text = token(2 * KEY_BYTES)
    try:
        _write(path, f"{text}\n")
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise StoreUnusable(
            f"the key {path} cannot be written: {error.strerror}", next_step="Name another place: --key FILE"
        ) from error
    return bytes.fromhex(text)


def existing_letters_key(path: Path) -> bytes:
    """As `letters_key` for letters that were made already: another key knows none of them. Raises `NotFound`."""
    if not path.exists():
        raise NotFound(
            f"the key {path}, with which these letters were made, is not here",
            next_step="Put it back from where the store was, or name it: --key FILE",
        )
    return _read(path)


def marks_key_file(store: str) -> Path | None:
    """The key of the pages that are known again: beside a SQLite store, none for another database."""
    file = file_of(store)
    return None if file is None else file.with_name(f"{file.name}.marks.key")


def copy_keys(old: str, new: str) -> None:
    """Copy both keys to where the store `new` has them, for their owner alone; never over another one.

    Raises `OSError`, and `BadFile` for a key that cannot be read.
    """
    letters = (letters_key_file(old, None), letters_key_file(new, None))
    for source, target in (letters, (marks_key_file(old), marks_key_file(new))):
        if source is not None and target is not None and source.exists() and not target.exists():
            _write(target, f"{_read(source).hex()}\n")


def _write(path: Path, text: str) -> None:
    """Write a new file, wholly or not at all: half a key would stand in the way of every letter to come."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _read(path: Path) -> bytes:
    try:
        with open_file(path) as file:
            text, mode = file.read(2 * KEY_BYTES + 2).decode("ascii", "replace"), os.fstat(file.fileno()).st_mode
    except BadFile as bad:
        raise _bad(path, f"cannot be read ({bad.problems[0].text})") from bad
    if not _HEX.fullmatch(text):
        raise _bad(path, f"holds no key of {2 * KEY_BYTES} hex digits")
    if mode & 0o077:
        raise _bad(path, f"can be read by others: chmod 600 {path}")
    return bytes.fromhex(text.strip())


def _bad(path: Path, text: str) -> BadFile:
    return BadFile.whole(str(path), text, next_step="Correct it, or name another one: --key FILE")
