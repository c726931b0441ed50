"""The head in a second place: a small file beside the SQLite file, which shows when the ledger's tail was cut off."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from glob import escape
from itertools import count
from pathlib import Path
from threading import Lock

from leakguard.errors import BadFile, NotAllowed
from leakguard.files.opening import open_file, read_text
from leakguard.files.replacing import held
from leakguard.ledger.heads import Head, HeadFileContent, head_to_text, heads_in_file
from leakguard.ledger.keys import SigningKey
from leakguard.models.file_modes import Access, Output
from leakguard.store.foreign_files import foreign
from leakguard.store.new_files import ALONE, write_new

_SLEEP = time.sleep
_MAX_BYTES = 4096
"""A head has about 200 bytes, with a signature 400, and a file at most two; a longer file is none."""
_FAMILY = "leakguard.head/"
_ONE_WRITER = Lock()
"""Threads of one process: each reads what is there and replaces it, and the later head has to stay. Between processes
`held` is for the same."""


class HeadFile:
    """`<store>.head`: written after each commit, so it may lag behind the ledger but never runs ahead of it."""

    def __init__(
        self, store: Path, *, elsewhere: Path | None = None, key: SigningKey | None = None,
        access: Access = ALONE,
    ) -> None:  # fmt: skip
        """Beside `store`, or at another place that the settings name, on another disk; signed where there is a key."""
        self.path = elsewhere or store.with_name(f"{store.name}.head")
        self.is_beside = elsewhere is None
        self._key, self._access = key, access

    @property
    def shown(self) -> str:
        """The place for a person."""
        return self.path.name if self.is_beside else str(self.path)

    def read(self) -> Head | None:
        """The head that was seen last, or nothing when there is no readable one."""
        found = self.read_all()
        return found.latest if found is not None else None

    def read_all(self) -> HeadFileContent | None:
        """As `read`, with the last head that somebody signed."""
        return _content_of(self.path)

    def write(self, head: Head, *, is_signed: bool = True) -> str:
        """Replace the head in one step, unless another process has written a later one; returns why that failed.

        A head that cannot be written is no error of an append: the entry is safe, and a lagging head proves a little
        less. Whoever keeps heads is told.
        A process without the key, or whose key must not vouch for this head, leaves the last signed head in the file:
        it never makes less of what was vouched for.
        """
        try:
            with _ONE_WRITER, held(self.path, _soon()):
                return self._write(head, self._key if is_signed else None)
        except NotAllowed as error:
            return error.message

    def _write(self, head: Head, key: SigningKey | None) -> str:
        known = self.read_all()
        if known is not None and not _is_news(head, known, key):
            return ""
        if refused := self.foreign():
            return refused
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            text = head_to_text(head, key=key, last_signed=known.signed if known else None)
            write_new(fresh, text, Output.HEAD, self._access)
            fresh.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            return f"{self.path}: the head cannot be written there ({error.strerror or type(error).__name__})"
        return ""

    def foreign(self) -> str:
        """Why nothing is written at a place that the settings name: what stands there is no head."""
        found = "" if self.is_beside else foreign(self.path, _FAMILY)
        return f"{self.path}: no head is kept there ({found}); name another file in `heads`" if found else ""

    def set_aside(self) -> None:
        """Keep the head of a store that is no longer here under another name; a new store must not inherit it."""
        if self.read() is None:
            return
        number = len(self.old()) + 1
        with suppress(OSError):
            self.path.replace(self.path.with_name(f"{self.path.name}.old-{number}"))

    def old(self) -> tuple[Path, ...]:
        """Heads that were set aside: signs of stores that stood here before."""
        return tuple(sorted(self.path.parent.glob(f"{escape(self.path.name)}.old-*")))

    def read_old(self) -> dict[str, HeadFileContent | None]:
        """What was set aside, by the names of the files; `None` for a file that holds no head that can be read."""
        return {path.name: _content_of(path) for path in self.old()}

    @property
    def is_by_own_key(self) -> bool:
        """Whether the head that stands here was signed with the key of this process."""
        found = self.read_all() if self._key is not None else None
        signed = found.signed if found is not None else None
        return self._key is not None and signed is not None and signed.is_by(self._key.public)


def _content_of(path: Path) -> HeadFileContent | None:
    try:
        with open_file(path) as file:
            return heads_in_file(file.read(_MAX_BYTES).decode("utf-8", "replace"))
    except BadFile:
        return None


def head_text(store: Path | None) -> str:
    """The file of the head beside a SQLite store, signatures and all; empty where there is none that can be read."""
    if store is None or (found := HeadFile(store)).read() is None:
        return ""
    try:
        return read_text(found.path, most=_MAX_BYTES)
    except BadFile:
        return ""


def _soon() -> Callable[[float], None]:
    """Waits for another process that writes a head, which takes it a millisecond; what is longer waits longer."""
    turns = count()
    return lambda most: _SLEEP(min(most, 0.001 * 2 ** min(next(turns), 9)))


def _is_news(head: Head, known: HeadFileContent, key: SigningKey | None) -> bool:
    if key is None:
        return known.latest.sequence < head.sequence
    own = known.signed if known.signed is not None and known.signed.is_by(key.public) else None
    return known.latest.sequence < head.sequence or (
        known.latest.sequence == head.sequence and (own is None or own.head.sequence < head.sequence)
    )
