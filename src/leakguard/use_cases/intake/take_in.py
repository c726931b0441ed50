"""Takes a message from outside in: the text becomes evidence, the sender stands apart, files stay outside."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from leakguard.errors import LeakGuardError, NotAllowed
from leakguard.frozen import Frozen
from leakguard.intake.messages import Message
from leakguard.intake.naming import named_in
from leakguard.intake.sealed_files import SUFFIX, SealedTo
from leakguard.intake.states import KINDS, Act, Verdict
from leakguard.intake.view import PREFIX, TEXT_FILE, Report, received_records, report_of
from leakguard.ledger.custody import NewEvidence, new_evidence_record
from leakguard.logs import log
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.ports import IncidentStore, Now
from leakguard.use_cases.incidents.incidents import TRIES, free_number
from leakguard.use_cases.intake.reports import reports_in


class CopyKeeper(Protocol):
    """Keeps copies beside the store."""

    def has(self, sha256: str) -> bool:
        """Whether a copy lies here."""

    def remove(self, sha256: str) -> None:
        """Overwrite and remove a copy."""

    def keep_bytes(self, content: bytes) -> str:
        """Keep them, and return their SHA-256."""


class ImportedReport(Frozen):
    """What became of a message."""

    report: Report
    is_new: bool
    """False for a message that is here already: nothing was recorded."""


class ImportOptions(Frozen):
    """What is said about messages that are taken in together."""

    by: str
    source: str
    """Where they come from, in words: `a file`, `a mailbox`."""
    received_at: datetime | None = None
    """When it arrived; `None` leaves it to the message, as far as that can be true."""
    sealed_to: SealedTo | None = None
    """To whom attachments are encrypted; `None` keeps none."""


def take_in(
    store: IncidentStore, kept: CopyKeeper, message: Message, options: ImportOptions, *, now: Now
) -> ImportedReport:
    """Make a report of a message; the same message again changes nothing.

    A report that names a host and port, or a bucket, of an open report is folded into that one as its duplicate, if
    somebody works on that one: see `_is_worked_on`.
    """
    for _ in range(TRIES):
        with suppress(_Outrun):
            return _take_in(store, kept, message, options, free_number(store, f"{PREFIX}{now().year}-"), now=now)
    raise NotAllowed("many reports arrive at this very moment", next_step="Try again.")


class _Outrun(NotAllowed):
    """Somebody else took a report in meanwhile, which may be this one."""


def _take_in(
    store: IncidentStore, kept: CopyKeeper, message: Message, options: ImportOptions, number: str, *, now: Now
) -> ImportedReport:  # fmt: skip
    """Under a number that was free before anything was read: it is taken if another report comes meanwhile."""
    known = tuple(reports_in(store))
    same = next((one for one in known if _is_same(one, message)), None)
    if same is not None:
        return ImportedReport(report=same, is_new=False)
    moment = now()
    at = _arrival(options, message, moment)
    named = named_in(f"{message.subject}\n{message.text}")
    places = {place.place for place in named if place.port or place.kind == "bucket"}
    first = next((one for one in known if _is_worked_on(one) and one.places & places), None)
    folded = first.id if first is not None and not message.machine else ""
    copies = _Copies(kept)
    try:
        records = [
            *received_records(message, named, at=at, duplicate_of=folded),
            *(
                new_evidence_record(taken_in, at=Interval(earliest=at, latest=at))
                for taken_in in _evidence(copies, message, options)
            ),
            *(_fold(folded, moment) if folded else ()),
        ]
        report = _append_new(store, number, records)
    except LeakGuardError:
        copies.take_back()
        raise
    log.info("report_received", report=report.id, count=len(message.enclosed))
    return ImportedReport(report=report, is_new=True)


class _Copies:
    """The copies that one message makes, which go again where no entry comes to speak of them."""

    def __init__(self, kept: CopyKeeper) -> None:
        self._kept, self._new = kept, list[str]()

    def keep_bytes(self, content: bytes) -> str:
        digest = sha256(content).hexdigest()
        is_new = not self._kept.has(digest)
        self._kept.keep_bytes(content)
        if is_new:
            self._new.append(digest)
        return digest

    def take_back(self) -> None:
        """What lay there before stays: another report has the same text."""
        for digest in self._new:
            with suppress(LeakGuardError):  # the error that led here is the one to be told
                self._kept.remove(digest)


def _is_same(report: Report, message: Message) -> bool:
    is_marked = bool(message.message_mark) and report.message_mark == message.message_mark
    return is_marked or (bool(report.sha256) and report.sha256 == message.sha256)


def _is_worked_on(report: Report) -> bool:
    """Whether the clocks of this report also serve a second person who reports the same.

    The report of a machine has none. One that was called spam or not reproducible has none for a repair, and what came
    later may be new.
    """
    is_settled = report.verdict not in {None, Verdict.VALID}
    return report.is_open and not report.duplicate_of and not report.machine and not is_settled


def _arrival(options: ImportOptions, message: Message, now: datetime) -> datetime:
    """What was said, else what the last server wrote; never in the future. A sender's own date counts for nothing."""
    return min(options.received_at or message.arrived_at or now, now)


def _evidence(kept: _Copies, message: Message, options: ImportOptions) -> Iterable[NewEvidence]:
    text = f"Subject: {message.subject}\n\n{message.text}\n".encode("utf-8", "replace")
    yield _taken(kept, TEXT_FILE, text, options, note="the text of the message, without sender and attachments")
    for file in message.enclosed if options.sealed_to is not None else ():
        sealed = options.sealed_to.seal(file.content) if options.sealed_to is not None else b""
        note = f"encrypted; the file itself has {file.size:,} bytes and SHA-256 {file.sha256}"
        yield _taken(kept, f"{file.name}{SUFFIX}", sealed, options, note=note)


def _taken(kept: _Copies, name: str, content: bytes, options: ImportOptions, *, note: str) -> NewEvidence:
    return NewEvidence(
        name=name, sha256=kept.keep_bytes(content), size=len(content), by=options.by, source=options.source, note=note,
        has_copy=True,
    )  # fmt: skip


def _fold(first: str, now: datetime) -> Iterable[Record]:
    content = {"verdict": Verdict.DUPLICATE.value, "duplicate_of": first, "note": "names a place of that report"}
    yield Record(kind=KINDS[Act.TRIAGE], occurred_at=Interval(earliest=now, latest=now), content=content)


def _append_new(store: IncidentStore, number: str, records: list[Record]) -> Report:
    try:
        kept = store.append(number, records, after=0)
    except NotAllowed as error:
        raise _Outrun(error.message, next_step=error.next_step) from error
    return report_of(number, kept)
