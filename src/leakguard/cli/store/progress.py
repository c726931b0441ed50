"""Progress of a copy on stderr: a line for each table that is large."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.cli.options import Context

EVERY = 100_000
"""Rows between two lines: some seconds of work."""


def copy_progress(context: Context) -> Callable[[str, int], None]:
    """Say how far a copy is, a line every `EVERY` rows; nothing with `--quiet`."""
    shown: dict[str, int] = {}

    def tell(table: str, count: int) -> None:
        if count // EVERY > shown.get(table, 0):
            shown[table] = count // EVERY
            context.notes.print(f"{table}: {count:,} rows copied", soft_wrap=True, markup=False, highlight=False)

    return tell
