"""The rows of a mail merge: which of them get a letter, counted in a first reading and made in a second one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from leakguard.errors import NotAllowed
from leakguard.frozen import Frozen
from leakguard.notices.recipients import ReadLine, Recipient, RowRules, SetAside, read_recipients
from leakguard.notices.vocabulary import Lang

SHOWN = 20
"""Rows set aside that a summary names; the file beside the letters names all."""


class Rows(Frozen):
    """A file of people, and which of them are wanted."""

    name: str
    """As the user called the file."""
    open: Callable[[], AbstractContextManager[ReadLine]]
    """Opens it from its start, as often as it is asked."""
    rules: RowRules
    places: tuple[str, ...] = ()
    """Only people of these regions, countries or subdivisions; everybody when empty."""
    most: int | None = None
    """Only so many, the first ones."""

    def is_wanted(self, recipient: Recipient) -> bool:
        """Whether this person lives where letters are wanted for."""
        covers = self.rules.vocabulary.covers
        return not self.places or any(covers(place, recipient.jurisdiction) for place in self.places)


@dataclass(slots=True, kw_only=True)
class Survey:
    """What the first reading found; no value of anybody."""

    letters: int = 0
    languages: Counter[Lang] = field(default_factory=Counter)
    groups: dict[tuple[Lang, str], Recipient] = field(default_factory=dict)
    """One person for each language and jurisdiction, to try the letters on."""
    data: set[str] = field(default_factory=set)
    """Every kind of data that anybody's letter tells."""
    set_aside: int = 0
    first_aside: list[SetAside] = field(default_factory=list)
    passed_over: int = 0
    """People whom nobody wanted a letter for, by their place or as the sample was full."""
    sha256: str = ""


def survey(rows: Rows, note: Callable[[SetAside], None]) -> Survey:
    """Read the whole file once; `note` gets every row that is set aside. Raises `BadFile`."""
    found = Survey()
    with rows.open() as readline:
        digest = _Digest(readline)
        for row in read_recipients(digest.readline, rows.rules, name=rows.name):
            _count(row, rows, found, note)
        found.sha256 = digest.value()
    return found


def _count(row: Recipient | SetAside, rows: Rows, found: Survey, note: Callable[[SetAside], None]) -> None:
    if isinstance(row, SetAside):
        note(row)
        found.set_aside += 1
        if len(found.first_aside) < SHOWN:
            found.first_aside.append(row)
    elif found.letters == rows.most or not rows.is_wanted(row):
        found.passed_over += 1
    else:
        found.letters += 1
        found.languages[row.lang] += 1
        found.data.update(row.data)
        found.groups.setdefault((row.lang, row.jurisdiction), row)


def wanted(rows: Rows, *, found: Survey, skip: int = 0) -> Iterator[Recipient]:
    """The people who get a letter, in their order, without the first `skip` of them.

    Raises `NotAllowed` at the end when the file is not the one that the survey read.
    """
    count = 0
    with rows.open() as readline:
        digest = _Digest(readline)
        for row in read_recipients(digest.readline, rows.rules, name=rows.name):
            if isinstance(row, SetAside) or not rows.is_wanted(row) or count == rows.most:
                continue
            count += 1
            if count > skip:
                yield row
        seen = digest.value()
    if seen != found.sha256:
        raise NotAllowed(
            f"{rows.name} changed while the letters were made: SHA-256 was {found.sha256[:12]}, is {seen[:12]}",
            next_step="Write the letters of the new file into another folder.",
        )


class _Digest:
    """Reads lines and keeps the digest of everything that was read."""

    def __init__(self, readline: ReadLine) -> None:
        self._readline = readline
        self._sha256 = hashlib.sha256()

    def readline(self, most: int) -> bytes:
        line = self._readline(most)
        self._sha256.update(line)
        return line

    def value(self) -> str:
        """The digest of what was read, in hex digits."""
        return self._sha256.hexdigest()
