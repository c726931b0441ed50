"""A mailbox of reports is taken in: every mail once, whatever a stranger sends, and none again once it is erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.intake.promises import load_promises
from leakguard.intake.reading import read_mail
from leakguard.intake.states import Act, ReportState, Verdict
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.intake import mailbox_import
from leakguard.use_cases.intake.erase_reports import erase_report
from leakguard.use_cases.intake.mailbox_import import FromMailbox, import_mailbox
from leakguard.use_cases.intake.reports import act_on, reports_in, triage
from leakguard.use_cases.intake.take_in import ImportOptions, take_in
from support.each import for_each
from support.ledgers import FakeClock, Tokens

TEXTS = {path.name: path.read_text("utf-8") for path in (Path(__file__).parents[2] / "intake").glob("*.yaml")}


@dataclass(frozen=True, slots=True)
class Item:
    data: bytes
    arrived_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox whose server lists all mails, whatever is known."""

    mails_in_it: Sequence[bytes]

    def mails(self, is_known: Callable[[str], bool]) -> Iterator[Item]:
        return (Item(mail) for mail in self.mails_in_it if not is_known(read_mail(mail, name="m").message_mark))


class Inbox:
    """A store that takes mailboxes in."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        place = str(folder / "leakguard.db")
        self.store = SqlStore.open(place, now=self.clock, token=Tokens())
        self.kept = KeptFiles.beside(place)

    def take(self, *mails: bytes) -> FromMailbox:
        options = ImportOptions(by="leakguard", source="a mailbox")
        return import_mailbox(self.store, self.kept, Box(mails), options, now=self.clock)

    @property
    def senders(self) -> list[str]:
        return [report.address for report in reports_in(self.store)]


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    made = Inbox(tmp_path)
    yield made
    made.store.close()


def mail(number: int, sender: str = "f@example.org", *more: str) -> bytes:
    fields = (f"From: {sender}", f"Message-ID: <{number}@example.org>", "Subject: open", *more)
    return "\r\n".join((*fields, "", f"192.0.2.{number}:9200 is open", "")).encode()


def test_a_mail_that_nobody_can_read_keeps_none_of_the_others_out(inbox: Inbox) -> None:
    mails = (mail(1), mail(2, "(" * 900), mail(3, "g@example.org"))
    inbox.take(*mails)

    assert inbox.senders == ["f@example.org", "", "g@example.org"]
    assert inbox.take(*mails).imported == ()


def test_a_mail_that_is_nested_too_deeply_is_skipped_by_name(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def reads(data: bytes, *, name: str) -> object:
        if b"<2@" in data:
            raise RecursionError
        return read_mail(data, name=name)

    monkeypatch.setattr(mailbox_import, "read_mail", reads)
    found = inbox.take(mail(1), mail(2), mail(3))

    assert len(found.imported) == 2
    assert found.skipped == ("a mail was not read: its fields are nested too deeply",)


def about(place: str, number: int, *fields: str) -> bytes:
    return mail(number, "g@example.org", *fields).replace(f"192.0.2.{number}:9200".encode(), place.encode())


@for_each("more", [("Auto-Submitted: auto-generated",), ("Precedence: bulk",)])
def test_a_person_who_reports_the_place_of_a_machine_is_nobodys_duplicate(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    folder = tmp_path / str(len(more[0]))
    folder.mkdir()
    inbox = Inbox(folder)
    first, second = inbox.take(mail(1, "f@example.org", *more), about("192.0.2.1:9200", 2)).imported
    inbox.store.close()

    assert first.report.machine
    assert (second.report.verdict, second.report.duplicate_of) == (None, "")
    assert second.report.needs(ReportState.VERIFIED)


@for_each("verdict", [Verdict.SPAM, Verdict.OUT_OF_SCOPE, Verdict.NOT_REPRODUCIBLE, Verdict.VALID, None])
def test_a_report_is_folded_only_into_one_that_somebody_works_on(tmp_path: Path, verdict: Verdict | None) -> None:
    folder = tmp_path / str(verdict)
    folder.mkdir()
    inbox = Inbox(folder)
    (first,) = inbox.take(mail(1)).imported
    if verdict is not None:
        triage(inbox.store, first.report.id, verdict, now=inbox.clock)
    (second,) = inbox.take(about("192.0.2.1:9200", 2)).imported
    inbox.store.close()
    is_folded = verdict in {None, Verdict.VALID}

    assert second.report.verdict == (Verdict.DUPLICATE if is_folded else None)
    assert second.report.needs(ReportState.VERIFIED) is not is_folded


@for_each("named", [b"Message-ID: <1@example.org>\r\n", b""])
def test_an_erased_report_does_not_come_back_from_the_mailbox(tmp_path: Path, named: bytes) -> None:
    folder = tmp_path / str(len(named))
    folder.mkdir()
    inbox, one = Inbox(folder), mail(1).replace(b"Message-ID: <1@example.org>\r\n", named)
    (first,) = inbox.take(one).imported
    act_on(inbox.store, first.report.id, Act.CLOSE, now=inbox.clock)
    inbox.clock.at += timedelta(days=400)
    rule, why = load_promises(TEXTS).retention, "its time is over"
    erase_report(inbox.store, inbox.kept, first.report.id, rule, by="Ann", reason=why, now=inbox.clock)
    by_mailbox = inbox.take(one).imported
    message, options = read_mail(one, name="m"), ImportOptions(by="Ann", source="a file")
    by_file = take_in(inbox.store, inbox.kept, message, options, now=inbox.clock)
    (kept,) = reports_in(inbox.store)
    inbox.store.close()

    assert not any(again.is_new for again in (*by_mailbox, by_file))
    assert (kept.is_erased, kept.sha256, kept.address, kept.subject) == (True, "", "", "")
    assert b"f@example.org" not in (folder / "leakguard.db").read_bytes()
