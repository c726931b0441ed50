"""How a reader ends on bytes, in whatever pieces they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from leakguard.probes.formats.reading import Garbled, Reader

ReaderType = TypeVar("ReaderType", bound=Reader)
End = Literal["whole", "ended", "waits", "garbled"]


def read_out(make: Callable[[], ReaderType], pieces: Iterable[bytes]) -> tuple[End, ReaderType]:
    """Feed `pieces` as a connection would: until the answer is whole, is refused, or the host has closed."""
    reader = make()
    try:
        for piece in pieces:
            if reader.feed(piece):
                return "whole", reader
    except Garbled:
        return "garbled", reader
    return ("ended" if reader.at_end() else "waits"), reader
