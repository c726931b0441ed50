"""Whether the letters that were sent are those that the ledger vouches for; one whose row is gone goes out again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from leakguard.errors import UsageProblem
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind
from leakguard.mailing.sealing import seal_fields
from leakguard.models.deliveries import Delivery


def changed_deliveries(
    kept: Iterable[Delivery], sealing: Mapping[int, Mapping[str, Any]], *, erased: Collection[int] = ()
) -> Iterator[Discrepancy]:
    """What is wrong with the rows of letters, which come in the order of the entries that vouch for them.

    `sealing` are the contents of these entries that still read as such, `erased` those whose content was erased.
    """
    left = {number: content for number, content in sealing.items() if content.get("leaves") and content.get("root")}
    for number, together in groupby(kept, key=lambda delivery: delivery.sealed or 0):
        content = left.pop(number, None)
        if content is not None and _root_of(tuple(together)) != content["root"]:
            yield _doubt(number, "are not those that the store has")
        elif content is None and number not in sealing and number not in erased:
            text = f"letters name entry {number} as what vouches for them, and it does not"
            yield Discrepancy(kind=DiscrepancyKind.CHANGED_DELIVERY, text=text)
    for number in left:
        yield _doubt(number, "are gone from the store")


def _root_of(together: Sequence[Delivery]) -> str | None:
    """The root over these letters; `None` if a change left values that JSON cannot hold."""
    try:
        return str(seal_fields(together)["root"])
    except UsageProblem:
        return None


def _doubt(number: int, what: str) -> Discrepancy:
    text = f"the letters that entry {number} says were sent {what}"
    return Discrepancy(kind=DiscrepancyKind.CHANGED_DELIVERY, sequence=number, text=text)
