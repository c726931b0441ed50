"""Samples: what is asked of a store whose owner permits it, and the counts that are all that is left of it."""

from __future__ import annotations

from leakguard.frozen import Frozen
from leakguard.models.findings import ProofRequest
from leakguard.models.kinds import Category

MOST_RECORDS = 1_000
"""Of one store: with so many, a kind that one record in three hundred has is missed once in thirty times."""


class SampleOrder(Frozen):
    """Read at most so many records of a store, count the kinds of data in them, forget them."""

    datastore: str
    records: int


class SampleResult(Frozen):
    """What is left of a sample; no value, no record."""

    note: str
    """What was read and by which way, or why nothing was, in a sentence."""
    categories: tuple[Category, ...] = ()
    requests: tuple[ProofRequest, ...] = ()
    """The requests with the sizes of the answers."""
