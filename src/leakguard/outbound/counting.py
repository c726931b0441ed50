"""Counts the people of dated transfers: each person once, from 1 January, exempt ones left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from leakguard.frozen import Frozen
from leakguard.outbound.answers import Answers, Count, people_of
from leakguard.outbound.decide import counted_since
from leakguard.outbound.rules import LawText
from leakguard.outbound.values import OutboundFacts, Transfer


class TransferCount(Frozen):
    """What was counted."""

    answers: Answers
    since: date | None = None
    """`None` where the law of the day is not known."""
    counted: int = 0
    """Transfers."""
    before: int = 0
    later: int = 0
    exempt: int = 0


def count_people(facts: OutboundFacts, text: LawText | None, day: date) -> TransferCount:
    """The facts of the file, with the counts of its transfers where it lists them."""
    since = counted_since(text, day) if text is not None else None
    if since is None or not facts.transfers:
        return TransferCount(answers=facts.stated, since=since)
    inside = [transfer for transfer in facts.transfers if since <= transfer.on <= day]
    taken = [transfer for transfer in inside if not transfer.exemption]
    counts = {name: people_of(_counts(taken, name), are_different=facts.people_differ) for name in _NAMES}
    return TransferCount(
        answers={**facts.stated, **counts}, since=since, counted=len(taken), exempt=len(inside) - len(taken),
        before=sum(transfer.on < since for transfer in facts.transfers),
        later=sum(transfer.on > day for transfer in facts.transfers),
    )  # fmt: skip


_NAMES = ("people", "sensitive_people")


def _counts(taken: list[Transfer], name: str) -> Iterator[Count]:
    for transfer in taken:
        number: int = getattr(transfer, name)
        yield Count(low=number, high=number)
