"""The recipients' file of a mail merge: opened once for each pass, or kept in memory where it is a pipe."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from leakguard.files.opening import STDIN, open_file, read_bytes
from leakguard.notices.recipients import Encoding, ReadLine, RowRules
from leakguard.notices.vocabulary import Lang
from leakguard.use_cases.letters.given_facts import NoticeInput

MOST_IN_PIPE = 256 * 2**20
"""Bytes that are kept in memory of people who come through a pipe, as from a program that decrypts; a million rows."""
MOST_IN_FILE = 16 * MOST_IN_PIPE
"""Bytes of a file on a disk, which is read line by line."""


def people_in(path: str) -> Callable[[], AbstractContextManager[ReadLine]]:
    """What opens the file from its start, as often as it is called; raises `BadFile`.

    `-` is stdin. What is no file on a disk is read once, into memory alone.
    """
    if path == STDIN or not Path(path).is_file():
        return _in_memory(read_bytes(path, most=MOST_IN_PIPE))
    return lambda: _lines_of(path)


def row_rules(work: NoticeInput, lang: Lang, encoding: Encoding, can_show: Callable[[str], bool]) -> RowRules:
    """How the rows are read: the same when letters are made and when they are sent."""
    stated = work.facts.value_of("data_categories", tuple) or ()
    return RowRules(
        vocabulary=work.book.vocabulary,
        lang=lang,
        more_data=tuple(kind for kind in stated if isinstance(kind, str)),
        encoding=encoding,
        can_show=can_show,
    )


def _in_memory(content: bytes) -> Callable[[], AbstractContextManager[ReadLine]]:
    @contextmanager
    def opened() -> Iterator[ReadLine]:
        yield io.BytesIO(content).readline

    return opened


@contextmanager
def _lines_of(path: str) -> Iterator[ReadLine]:
    with open_file(path, most=MOST_IN_FILE) as handle:
        yield handle.readline
