"""The head in a second place: a small file beside the SQLite file, which shows when the ledger's tail was cut off."""

from __future__ import annotations

import os
from contextlib import suppress
from glob import escape
from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import open_file
from leakguard.ledger.heads import Head, head_to_text, parse_head

_MAX_BYTES = 4096
"""A head has about 200 bytes; a longer file is not one."""


class HeadFile:
    """`<store>.head`: written after each commit, so it may lag behind the ledger but never runs ahead of it."""

    def __init__(self, store: Path, *, elsewhere: Path | None = None) -> None:
        """Beside `store`, or at another place that the settings name, on another disk."""
        self.path = elsewhere or store.with_name(f"{store.name}.head")

    def read(self) -> Head | None:
        """The head that was seen last, or nothing when there is no readable one."""
        try:
            with open_file(self.path) as file:
                return parse_head(file.read(_MAX_BYTES).decode("utf-8", "replace"))
        except BadFile:
            return None

    def write(self, head: Head) -> None:
        """Replace the head in one step, unless another process has written a later one.

        A head that cannot be written is not an error: the entry is safe, and a lagging head proves a little less.
        """
        known = self.read()
        if known is not None and known.sequence >= head.sequence:
            return
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            fresh.write_text(head_to_text(head), encoding="utf-8")
            fresh.replace(self.path)
        except OSError:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)

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
