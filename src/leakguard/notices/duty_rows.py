"""Rows: what of a duty says whether it is near, without its rules, clocks and words; most duties are far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from leakguard.frozen import Frozen
from leakguard.notices.duties import Duty
from leakguard.notices.vocabulary import Vocabulary


class DutyLike(Protocol):
    """A duty, or a row of one."""

    @property
    def id(self) -> str:
        """As its file has it."""

    @property
    def obligated(self) -> tuple[str, ...]:
        """Whom it addresses."""

    @property
    def places(self) -> Collection[str]:
        """Every place and region that its rules ask about."""

    @property
    def calendars(self) -> Collection[str]:
        """Every calendar that its clocks name."""


class DutyRow(Frozen):
    """A row of a duty."""

    id: str
    file: str
    obligated: tuple[str, ...]
    places: tuple[str, ...]
    calendars: tuple[str, ...]


class Rows(Protocol):
    """A book of rows: a `RowBook`, or a `DutyBook`."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words."""

    @property
    def rows(self) -> Sequence[DutyLike]:
        """All of them."""

    @property
    def full(self) -> Callable[[Iterable[DutyLike]], tuple[Duty, ...]]:
        """Gives the duties of rows."""


class RowBook(Frozen):
    """See `Rows`."""

    vocabulary: Vocabulary
    rows: tuple[DutyRow, ...]
    full: Callable[[Iterable[DutyLike]], tuple[Duty, ...]]


def row_of(duty: Duty, file: str) -> DutyRow:
    """The row of a duty."""
    roles = tuple(dict.fromkeys(role for text in duty.texts for role in text.obligated))
    return DutyRow(id=duty.id, file=file, obligated=roles, places=tuple(sorted(duty.places)), calendars=duty.calendars)
