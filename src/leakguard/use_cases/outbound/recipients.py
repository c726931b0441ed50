"""Keeps the register of recipients abroad: entries of the ledger, and the clocks that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from leakguard.clocks.calendars import Calendars
from leakguard.errors import NotFound, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.events import Interval
from leakguard.models.look_alikes import is_readable
from leakguard.models.records import Record
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.outbound.deadlines import Deadline, State, deadlines
from leakguard.outbound.register import (
    ENDED,
    KINDS,
    RECORDED,
    SUBJECT,
    RegisteredRecipient,
    TransferEnd,
    content_of,
    ended_content,
    register_of,
)
from leakguard.outbound.rules import RuleBook
from leakguard.outbound.values import Recipient
from leakguard.ports import Journal, Now
from leakguard.use_cases.outbound.assess_outbound import day_of

MOST_SIGNS = 1_000


class RegisterChanges(Frozen):
    """What a file changed in the register."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


class RegisterView(Frozen):
    """The register as it stands on a day."""

    book: RuleBook
    day: date
    recipients: tuple[RegisteredRecipient, ...]
    deadlines: tuple[Deadline, ...]

    @property
    def has_missed(self) -> bool:
        """Whether a deadline that a law sets has passed."""
        return any(
            deadline.state in {State.OVERDUE, State.MET_LATE} and deadline.rule.is_law for deadline in self.deadlines
        )


def read_register(store: Journal) -> dict[str, RegisteredRecipient]:
    """Every recipient of the register by its id."""
    return register_of(store.of_kinds(KINDS, SUBJECT))


def add_recipients(store: Journal, recipients: Sequence[Recipient], *, now: Now) -> RegisterChanges:
    """Record the recipients that are new or changed; raises `NotAllowed` where somebody else wrote in between."""
    last = store.last(SUBJECT)
    known = read_register(store)
    new = [recipient for recipient in recipients if recipient.id not in known]
    changed = [
        recipient
        for recipient in recipients
        if recipient.id in known and (known[recipient.id].recipient != recipient or known[recipient.id].ended)
    ]
    moment = now()
    at = Interval(earliest=moment, latest=moment)
    records = [Record(kind=RECORDED, occurred_at=at, content=content_of(recipient)) for recipient in (*new, *changed)]
    if records:
        store.append(SUBJECT, records, after=last.sequence if last is not None else 0)
    touched = {recipient.id for recipient in (*new, *changed)}
    return RegisterChanges(
        new=tuple(recipient.id for recipient in new), changed=tuple(recipient.id for recipient in changed),
        same=tuple(recipient.id for recipient in recipients if recipient.id not in touched),
    )  # fmt: skip


def end_recipient(
    store: Journal, book: RuleBook, identifier: str, *, on: date | None, reason: str, now: Now
) -> TransferEnd:
    """Record that transfers to a recipient ended; its entries stay. Raises `NotFound` and `UsageProblem`."""
    known = read_register(store)
    if identifier not in known:
        near = nearest_name(identifier[:60], list(known))
        hint = f"Did you mean `{near}`?" if near else "See who is in it: leakguard outbound list"
        raise NotFound(f"the register has no recipient `{identifier[:60]}`", next_step=hint)
    if not is_readable(reason) or len(reason) > MOST_SIGNS:
        raise UsageProblem(
            f"a reason has to say something, in at most {MOST_SIGNS:,} characters", next_step="Say why it ended."
        )
    try:
        refuse_personal_values(reason)
    except ValueError as error:
        raise UsageProblem(f"the reason {error}", next_step="Leave the value out.") from error
    moment = now()
    ended = TransferEnd(on=on or day_of(book, moment), reason=reason.strip())
    at = Interval(earliest=moment, latest=moment)
    store.append(SUBJECT, [Record(kind=ENDED, occurred_at=at, content=ended_content(identifier, ended))])
    return ended


def view_register(store: Journal, book: RuleBook, *, now: Now) -> RegisterView:
    """The register with its clocks; a recipient whose transfers ended has none."""
    found = tuple(read_register(store).values())
    day = day_of(book, now())
    running = [recipient.recipient for recipient in found if recipient.ended is None or recipient.ended.on > day]
    return RegisterView(book=book, day=day, recipients=found, deadlines=clocks_of(book, running, day))


def clocks_of(book: RuleBook, recipients: Sequence[Recipient], day: date) -> tuple[Deadline, ...]:
    """The clocks of these recipients in the working calendar that each names."""
    return deadlines(book, recipients, Calendars(), day)
