"""Keeps the register of recipients abroad: entries of the ledger, and the clocks that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
_MISSED = frozenset({State.OVERDUE, State.MET_LATE})


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
    moot: tuple[Deadline, ...] = ()
    """The clocks that no longer count, because transfers to their recipient ended."""

    @property
    def has_missed(self) -> bool:
        """Whether a deadline that a law sets has passed."""
        return any(deadline.state in _MISSED and deadline.rule.is_law for deadline in self.deadlines)


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
    today = day_of(book, moment)
    ended = TransferEnd(on=on or today, reason=reason.strip())
    _refuse_before_effect(known[identifier].recipient, ended, today)
    at = Interval(earliest=moment, latest=moment)
    store.append(SUBJECT, [Record(kind=ENDED, occurred_at=at, content=ended_content(identifier, ended))])
    return ended


def _refuse_before_effect(recipient: Recipient, ended: TransferEnd, today: date) -> None:
    """A contract that is in effect has not ended before; one that is still to come may be given up."""
    if recipient.effective is not None and ended.on < recipient.effective <= today:
        raise UsageProblem(
            f"the last day {ended.on} lies before {recipient.effective}, when the route of {recipient.id} took effect",
            next_step="Correct --on, or `effective` in the file: leakguard outbound add outbound.yaml",
        )


def view_register(store: Journal, book: RuleBook, *, now: Now) -> RegisterView:
    """The register with its clocks."""
    register, day = read_register(store), day_of(book, now())
    every = clocks_of(book, [entry.recipient for entry in register.values()], day)
    counted = _that_count(every, register, day)
    moot = tuple(clock for clock in every if clock not in counted)
    return RegisterView(book=book, day=day, recipients=tuple(register.values()), deadlines=counted, moot=moot)


def clocks_in(register: Mapping[str, RegisteredRecipient], book: RuleBook, day: date) -> tuple[Deadline, ...]:
    """The clocks of recipients whose transfers go on; of one that ended, a filing that was missed before stays so."""
    return _that_count(clocks_of(book, [entry.recipient for entry in register.values()], day), register, day)


def _that_count(
    every: Sequence[Deadline], register: Mapping[str, RegisteredRecipient], day: date
) -> tuple[Deadline, ...]:
    return tuple(
        clock
        for clock in every
        if register[clock.recipient.id].goes_on(day) or _was_missed(clock, register[clock.recipient.id])
    )


def _was_missed(clock: Deadline, entry: RegisteredRecipient) -> bool:
    """Whether a law asked for a filing while transfers went on, and got none in time."""
    is_filing = clock.rule.is_law and clock.rule.after_effect is not None and clock.state in _MISSED
    return is_filing and entry.ended is not None and clock.last_day is not None and clock.last_day <= entry.ended.on


def clocks_of(book: RuleBook, recipients: Sequence[Recipient], day: date) -> tuple[Deadline, ...]:
    """The clocks of these recipients in the working calendar that each names."""
    return deadlines(book, recipients, Calendars(), day)
