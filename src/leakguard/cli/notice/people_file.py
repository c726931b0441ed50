"""The file of people to be told: opened and read, never copied."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

from leakguard.cli.notice.facts import Given
from leakguard.cli.refusals import unreadable
from leakguard.errors import BadFile
from leakguard.notices.recipients import Encoding, ReadLine, RowRules
from leakguard.notices.vocabulary import Lang

MOST_IN_PIPE = 256 * 2**20
"""Bytes that are kept in memory of people who come through a pipe, as from a program that decrypts; a million rows."""


def people_in(path: str) -> Callable[[], AbstractContextManager[ReadLine]]:
    """What opens the file from its start, as often as it is called; raises `BadFile`.

    `-` is stdin. What is no file on a disk is read once, into memory alone.
    """
    if path == "-":
        return _in_memory(sys.stdin.buffer.read(MOST_IN_PIPE + 1), path)
    if not Path(path).is_file():
        with _opened(path) as handle:
            return _in_memory(handle.read(MOST_IN_PIPE + 1), path)
    return lambda: _lines_of(path)


def row_rules(work: Given, lang: Lang, encoding: Encoding, can_show: Callable[[str], bool]) -> RowRules:
    """How the rows are read: the same when letters are made and when they are sent."""
    stated = work.facts.value_of("data_categories", tuple) or ()
    return RowRules(
        vocabulary=work.book.vocabulary,
        lang=lang,
        more_data=tuple(kind for kind in stated if isinstance(kind, str)),
        encoding=encoding,
        can_show=can_show,
    )


def _in_memory(content: bytes, path: str) -> Callable[[], AbstractContextManager[ReadLine]]:
    if len(content) > MOST_IN_PIPE:
        raise BadFile.whole(path, f"is longer than {MOST_IN_PIPE:,} bytes; name a file on a disk")

    @contextmanager
    def opened() -> Iterator[ReadLine]:
        yield io.BytesIO(content).readline

    return opened


@contextmanager
def _lines_of(path: str) -> Iterator[ReadLine]:
    with _opened(path) as handle:
        yield handle.readline


def _opened(path: str) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise unreadable(path, error) from error
