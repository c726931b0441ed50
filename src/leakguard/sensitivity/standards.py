"""Standards: which of them call a kind of data sensitive, by which version, on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from leakguard.frozen import Frozen
from leakguard.models.kinds import Sensitive

FILE = "standards.yaml"


class DataClass(Frozen):
    """One class of a standard and the kinds of data in it; a kind stands for all finer ones too."""

    name: str
    kinds: frozenset[str]
    but_not: frozenset[str] = frozenset()

    def has(self, kind: str) -> bool:
        """Whether a kind of data belongs to the class."""
        return _is_in(kind, self.kinds) and not _is_in(kind, self.but_not)


class Standard(Frozen):
    """One list of one standard in one version."""

    id: str
    name: str
    version: str
    in_force_from: date
    in_force_to: date | None
    is_sensitive: bool
    """Whether to be on the list is to be sensitive; a list that sorts all personal data says nothing of that."""
    confidence: str
    source_url: str
    verified_on: date
    classes: tuple[DataClass, ...]

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day; both ends are included."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)

    def class_of(self, kind: str) -> str | None:
        """The first class that has the kind, or `None`."""
        return next((each.name for each in self.classes if each.has(kind)), None)


def sensitive_by(kinds: Iterable[str], standards: Iterable[Standard], *, on: date) -> tuple[Sensitive, ...]:
    """Who calls which of these kinds sensitive on a day, in the order of the standards, then of the kinds."""
    asked = tuple(dict.fromkeys(kinds))
    return tuple(
        Sensitive(
            category=kind, standard=standard.name, version=standard.version, data_class=found,
            confidence=standard.confidence
        )
        for standard in standards
        if standard.is_sensitive and standard.is_in_force(on)
        for kind in asked
        if (found := standard.class_of(kind)) is not None
    )  # fmt: skip


def _is_in(kind: str, kinds: frozenset[str]) -> bool:
    return kind in kinds or kind.partition(".")[0] in kinds
