"""Samples: what is asked of a store whose owner permits it, and the counts that are all that is left of it."""

from __future__ import annotations

from dataclasses import dataclass

from leakguard.models.findings import ProofRequest
from leakguard.models.kinds import Category

MOST_RECORDS = 1_000
"""Of one store: with so many, a kind that one record in three hundred has is missed once in thirty times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOrder:
    """Read at most so many records of a store, count the kinds of data in them, forget them."""

    datastore: str
    kind: str
    """The protocol."""
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What is left of a sample; no value, no record."""

    note: str
    """What was read and by which way, or why nothing was, in a sentence."""
    categories: tuple[Category, ...] = ()
    requests: tuple[ProofRequest, ...] = ()
    """The requests with the sizes of the answers."""
