"""How sending is seen while it goes on, and how its end is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leakguard.frozen import Frozen
from leakguard.mailing.approvals import Proposal
from leakguard.mailing.mailboxes import ANOTHER_WAY
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.records import KeptRecord
from leakguard.models.sending import RunResult
from leakguard.models.texts import counted
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 20
"""Lines of a list on the screen; `--format json` has them all."""
_EVERY = 5.0
"""Seconds between two lines of progress."""
_WORDS = {
    DeliveryState.SENT: "sent", DeliveryState.SET_ASIDE: "set aside", DeliveryState.REFUSED: "refused",
    DeliveryState.DEFERRED: "not taken yet", DeliveryState.IN_DOUBT: "in doubt",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class SendTeller:
    """Tells how far a run is, every few seconds; counts alone, nothing about anybody. Fits `SendWatcher`."""

    notes: Console
    monotonic: Callable[[], float]
    total: int
    sent: int
    """By earlier runs, and so far."""
    told_at: float = 0.0

    def moved(self, delivery: Delivery) -> None:
        """A letter's state was kept."""
        self.sent += delivery.state is DeliveryState.SENT
        now = self.monotonic()
        if now - self.told_at >= _EVERY:
            self.told_at = now
            self.notes.print(f"{self.sent:,} of {counted(self.total, 'letter')} sent")

    def waiting(self, seconds: float, why: str) -> None:
        """The run waits."""
        self.notes.print(f"Waiting {seconds:.0f} s: {printable(why)}.", soft_wrap=True)


class Left(Frozen):
    """A letter that was not taken by the mail server, and the line of the recipients' file that it is for."""

    line: int
    delivery: Delivery


def result_lines(
    proposal: Proposal, result: RunResult, entry: KeptRecord | None, left: Sequence[Left]
) -> Iterator[str]:
    """Counts, the ledger's word, what is left and what to do about it."""
    yield f"{printable(proposal.subject.words)}  {proposal.digest[:16]}"
    counts = [f"{result.counts.of(state):,} {word}" for state, word in _WORDS.items()]
    noun = "letter" if result.letters == 1 else "letters"
    yield f"{result.letters:,} {noun}: {', '.join(counts)}, {result.unbegun:,} not begun"
    if entry is not None:
        yield f"Entry {entry.sequence} of the ledger vouches for {entry.content.get('leaves', 0):,} of them."
    yield from _left_lines(left)
    if any(one.delivery.state is DeliveryState.SET_ASIDE for one in left):
        yield f"Set aside: {ANOTHER_WAY}"
    if any(one.delivery.state is DeliveryState.REFUSED for one in left):
        yield "Refused: not tried again by itself. Look at the address and the server's log, then use --retry-refused."
    if result.counts.of(DeliveryState.IN_DOUBT):
        yield "In doubt: it is not known whether the mail server took these, so they are not sent again by themselves."
        if result.unresolved:
            yield f"The log could not settle it: {result.unresolved}."
        yield "Settle it by the mail server's log (--accepted-log FILE), or by what you know (--in-doubt sent|resend)."
    if result.stopped:
        yield f"Stopped early: {printable(result.stopped)}. {printable(result.next_step)}"


def _left_lines(left: Sequence[Left]) -> Iterator[str]:
    for one in left[:SHOWN]:
        where = f"line {one.line}: " if one.line else ""
        named = f" <{one.delivery.message_id}>" if one.delivery.message_id else ""
        reason = f": {printable(one.delivery.reason)}" if one.delivery.reason else ""
        yield f"  {where}{_WORDS[one.delivery.state]}{reason}{named}"
    if len(left) > SHOWN:
        yield f"  and {len(left) - SHOWN:,} more (--format json names all)"


def result_json(
    proposal: Proposal, result: RunResult, entry: KeptRecord | None, left: Sequence[Left], *, filed: str | None
) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "covers": proposal.subject.covers, "duty": proposal.subject.duty, "stage": proposal.subject.stage or None,
        "digest": proposal.digest, "letters": result.letters, "not_begun": result.unbegun,
        "counts": {state.value: result.counts.of(state) for state in DeliveryState},
        "entry": entry.sequence if entry is not None else None, "filed": filed, "stopped": result.stopped or None,
        "unresolved": result.unresolved or None,
        "left": [
            {
                "line": one.line or None, "state": one.delivery.state.value, "reason": one.delivery.reason or None,
                "message_id": one.delivery.message_id or None, "code": one.delivery.code,
            }
            for one in left
        ],
    }  # fmt: skip
