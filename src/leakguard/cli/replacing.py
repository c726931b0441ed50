"""Replaces a file that the user named in one step, with the mode of its kind; see `files.replacing`."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from leakguard.files.replacing import held as held  # noqa: PLC0414  (commands ask for it here)
from leakguard.files.replacing import replacing as _replacing
from leakguard.files.replacing import try_place as try_place  # noqa: PLC0414  (as above)
from leakguard.models.file_modes import Output, mode_of


def replacing(path: Path, kind: Output = Output.RESULT) -> AbstractContextManager[BinaryIO]:
    """A handle for the new content of `path`; where there is no old file, the new one has the mode of its kind."""
    return _replacing(path, mode_of(kind))
