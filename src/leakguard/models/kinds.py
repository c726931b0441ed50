"""Kinds of data: what a finding says of the data behind it, never a value of theirs."""

from __future__ import annotations

from typing import Literal

from leakguard.frozen import Frozen
from leakguard.models.moments import Moment

By = Literal["field_name", "collection_name", "file_extension", "value"]


class Category(Frozen, omit_defaults=True):
    """One kind of data, and by what it is known; `count` and `looked_at` are both given, or neither."""

    category: str
    """A type of the EDPB's template, with a finer one after a dot."""
    where: str
    """Such as `index customers field phone`; never a value, nor a name that is one."""
    by: str
    """See `By`."""
    count: int | None = None
    """Of values that were looked at, how many were of the kind."""
    looked_at: int | None = None

    def __post_init__(self) -> None:
        """Raise `ValueError` for a count of nobody knows how many, which no text could hold."""
        if (self.count is None) is not (self.looked_at is None):
            raise ValueError("a count needs the number of values that were examined")


class Sensitive(Frozen, rename={"data_class": "class"}):
    """A standard that calls a kind of data sensitive."""

    category: str
    standard: str
    version: str
    data_class: str
    """The standard's own name for the class."""
    confidence: str
    """How surely we know that it says so; see `sensitivity/standards.yaml`."""


class People(Frozen):
    """How many people the data are about: bounds, and how they were learnt."""

    low: int | None
    high: int | None
    method: str


class Growth(Frozen):
    """What came in since an earlier look at the same place; negative when it went."""

    since: Moment
    run: str
    """The earlier run."""
    records: int | None
    bytes: int | None
    records_per_day: int | None
    """Rounded; `None` when the looks are less than an hour apart."""


class DataSeen(Frozen):
    """All that a finding says of the data behind it."""

    categories: tuple[Category, ...] = ()
    sensitive: tuple[Sensitive, ...] = ()
    people: People | None = None
    growth: Growth | None = None
    sampled: str = ""
    """What was read of the data themselves, in a sentence; empty where nothing was."""
