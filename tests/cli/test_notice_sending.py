"""What is told while letters go out: counts every few seconds, nothing about anybody."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from leakguard.cli.notice.send import SendTeller
from leakguard.models.deliveries import Delivery, DeliveryState
from support.ledgers import START


def test_progress_is_told_every_few_seconds() -> None:
    said, times = StringIO(), iter([1.0, 6.0, 7.0])
    teller = SendTeller(notes=Console(file=said), monotonic=lambda: next(times), total=1_000, sent=10)
    for state in (DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.SENT):
        teller.moved(Delivery(incident="i", batch="b", key="k", state=state, at=START))
    teller.waiting(5, "some letters were not taken")

    assert said.getvalue() == "11 of 1,000 letters sent\nWaiting 5 s: some letters were not taken.\n"
