"""An mbox file in pieces: one message after the other, each cut at a cap, and never more of them than a cap.

Whatever stands in the file, reading it ends, and takes as much memory as one message may have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

MOST_IN_MESSAGE = 1024 * 1024
"""Bytes; a bounce that returns a letter with a PDF is larger, and what names the letter stands before the PDF."""
MOST_MESSAGES = 200_000
MOST_IN_LINE = 65_536
_START = b"From "
ReadLine = Callable[[int], bytes]


def messages_in(readline: ReadLine, *, most: int = MOST_MESSAGES) -> Iterator[bytes]:
    """The messages of an mbox; a file that is no mbox is one message. The first megabyte of each; stops at the cap.

    `readline` is that of a binary file: at most so many bytes, up to the end of the line.
    """
    held, size, count, is_after_blank = list[bytes](), 0, 0, True
    while piece := readline(MOST_IN_LINE):
        if is_after_blank and piece.startswith(_START):
            if held:
                yield b"".join(held)
                count += 1
                if count >= most:
                    return
            held, size, is_after_blank = [], 0, False
            continue
        is_after_blank = piece in {b"\n", b"\r\n"}
        if size < MOST_IN_MESSAGE:
            held.append(piece[: MOST_IN_MESSAGE - size])
        size += len(piece)
    if held:
        yield b"".join(held)
