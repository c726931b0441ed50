"""The streams of this process: one that is closed leads nowhere, and a full disk behind one never looks like a bug.

Files are UTF-8 whatever the locale says, and so is what comes from a pipe or goes into one: the same bytes as with
`-o FILE`. A terminal gets what its encoding can show, and the rest escaped.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO, cast

from leakguard.errors import OutputLost


class _Results(io.FileIO):
    """stdout: raises `OutputLost` for what could not be written; a reader who left is none of its business.

    It says so each time, as whoever goes on, such as a watch, shows again what was lost. Once the process ends, what is
    still held is dropped: Python would try it again, and tell of it with a trace.
    """

    has_failed = False
    """Whether the last write did."""
    is_over = False

    def write(self, data: Any, /) -> int | None:  # type: ignore[override]  # noqa: ANN401  (any buffer)
        """Write, as any file does."""
        if self.is_over:
            return len(data)
        try:
            written = super().write(data)
        except BrokenPipeError:
            self.is_over = True
            raise
        except OSError as error:
            self.has_failed = True
            raise OutputLost(
                f"the result could not be written to stdout: {error.strerror}",
                next_step="Free the disk, or send it elsewhere; what was stored is safe, such as: leakguard scan show",
            ) from error
        self.has_failed = False
        return written


class _Remarks(io.FileIO):
    """stderr: what nobody can take is dropped, as a remark that is lost must not stop a scan or change its answer."""

    def write(self, data: Any, /) -> int:  # noqa: ANN401  (any buffer)
        """Write as far as that goes."""
        try:
            written: int | None = super().write(data)
        except OSError:
            return len(data)
        return len(data) if written is None else written


def secure_streams() -> None:
    """Do this first: the next file that is opened would take the number of a stream that is closed."""
    sys.stdin = _read_as_a_file(sys.stdin) or _nowhere("r")
    sys.stdout = _secured(sys.stdout, sys.__stdout__, _Results)
    sys.stderr = _secured(sys.stderr, sys.__stderr__, _Remarks)


def drop_lost(stream: TextIO) -> None:
    """Do this last: what could not be written of the results is no longer tried."""
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    if isinstance(raw, _Results) and raw.has_failed:
        raw.is_over = True


def _read_as_a_file(stream: TextIO | None) -> TextIO | None:
    if isinstance(stream, io.TextIOWrapper) and stream is sys.__stdin__ and not stream.isatty():
        stream.reconfigure(encoding="utf-8", errors="strict")
    return stream


def _secured(stream: TextIO | None, own: TextIO | None, kind: type[io.FileIO]) -> TextIO:
    """One that somebody else put in the place of the process's own is theirs to care for."""
    if stream is None:
        return _nowhere("w")
    return _over(stream, kind) if stream is own else stream


def _nowhere(mode: str) -> TextIO:
    return cast("TextIO", open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123  (until the process ends)


def _over(stream: TextIO, kind: type[io.FileIO]) -> TextIO:
    raw = kind(stream.fileno(), "wb", closefd=False)
    encoding = stream.encoding if stream.isatty() else "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=bool(stream.line_buffering)
    )
