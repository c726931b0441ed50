"""Takes in what lies in a mailbox: each mail once, whatever else happens to the mailbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

from leakguard.errors import BadFile
from leakguard.frozen import Frozen, replace
from leakguard.intake.reading import read_mail
from leakguard.ports import IncidentStore, Now
from leakguard.use_cases.intake.reports import reports_in
from leakguard.use_cases.intake.take_in import CopyKeeper, ImportedReport, ImportOptions, take_in

_NESTED = "a mail was not read: its fields are nested too deeply"


class MailboxItem(Protocol):
    """One mail, or why it was not fetched."""

    @property
    def data(self) -> bytes:
        """The mail as the server keeps it; empty where it was not fetched."""

    @property
    def arrived_at(self) -> datetime | None:
        """When the server took it in."""

    @property
    def why(self) -> str:
        """Why it was not fetched; empty where it was."""


class Mailbox(Protocol):
    """A mailbox that is only read."""

    def mails(self, is_known: Callable[[str], bool]) -> Iterator[MailboxItem]:
        """The newest mails without those whose mark is known."""


class FromMailbox(Frozen):
    """What became of a mailbox."""

    imported: tuple[ImportedReport, ...]
    skipped: tuple[str, ...]


def import_mailbox(
    store: IncidentStore, kept: CopyKeeper, box: Mailbox, options: ImportOptions, *, now: Now
) -> FromMailbox:
    """Take in all mails that are new; what was taken in before the server went away stays."""
    marks = {report.message_mark for report in reports_in(store) if report.message_mark}
    imported, skipped = list[ImportedReport](), list[str]()
    for mail in box.mails(marks.__contains__):
        if mail.why:
            skipped.append(mail.why)
            continue
        try:
            message = read_mail(mail.data, name="a mail of the mailbox")
        except BadFile as bad:
            skipped.append(bad.problems[0].text)
            continue
        except RecursionError:  # one mail must not keep those behind it out
            skipped.append(_NESTED)
            continue
        about = replace(options, received_at=options.received_at or mail.arrived_at)
        imported.append(take_in(store, kept, message, about, now=now))
    return FromMailbox(imported=tuple(imported), skipped=tuple(skipped))
