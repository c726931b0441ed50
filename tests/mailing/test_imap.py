"""A real IMAP server behind TLS: what is read of a mailbox, and that nothing in it changes."""

from __future__ import annotations

import hashlib
import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import pytest

from leakguard.errors import MailboxAway, NotAllowed
from leakguard.frozen import replace
from leakguard.intake.reading import read_mail
from leakguard.mailing.imap import mailbox as module
from leakguard.mailing.imap.mailbox import FetchedMail, ImapMailbox
from support.certificates import server_context
from support.imap_server import PASSWORD, SECOND_PASSWORD, SECOND_USER, THIRD_USER, USER
from support.servers import child

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
MAIL = "From: f@example.org\r\nSubject: one\r\nMessage-ID: <{}@example.org>\r\n\r\nhello {}\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A mailbox, and how mail gets there."""

    imap: int
    smtp: int
    folder: Path

    def deliver(self, text: str) -> None:
        """Send a mail as anybody would."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=30) as client:
            client.sendmail("f@example.org", ["reports@example.edu"], text)

    def mailbox(
        self, folder: str = "INBOX", password: str = PASSWORD, private: tuple[str, ...] = ("127.0.0.1",)
    ) -> ImapMailbox:
        """The mailbox as the settings would name it."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        return ImapMailbox(
            url=f"imaps://{USER}@lab.example.org:{self.imap}/{folder}", password=password, private=private, tls=trusted,
            resolve=lambda _: ("127.0.0.1",), timeout=30,
        )  # fmt: skip

    def keep(self, folder: str, text: str) -> None:
        """Put a mail into a new folder, byte for byte."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "cert.pem"))
        trusted.check_hostname = False
        with imaplib.IMAP4_SSL("127.0.0.1", self.imap, ssl_context=trusted, timeout=30) as client:
            client.login(USER, PASSWORD)
            client.create(folder)
            client.append(folder, "", "", text.encode())


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    folder.mkdir()
    server_context(folder)
    with child("imap_server", folder / "log.jsonl", str(folder)) as server:
        yield Office(imap=server.port, smtp=server.received[0]["smtp"], folder=folder)


@pytest.fixture(scope="module")
def at_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("imap") / "office") as running:
        for number in (1, 2, 3):
            running.deliver(MAIL.format(number, number))
        yield running


def bodies(found: list[FetchedMail]) -> list[str]:
    """Sorted: mails that come within a second are numbered as the disk lists them."""
    return sorted(one.data.decode().strip().splitlines()[-1] for one in found)


def test_mails_are_read_and_lie_there_unread_as_before(at_office: Office) -> None:
    first = list(at_office.mailbox().mails(lambda _: False))
    again = list(at_office.mailbox().mails(lambda _: False))

    assert bodies(first) == bodies(again) == ["hello 1", "hello 2", "hello 3"]
    assert all(one.arrived_at is not None for one in first)
    names = [path.name for path in (at_office.folder / "reports").rglob("*") if path.parent.name in {"new", "cur"}]
    assert len(names) == 3
    assert not any(name.partition(":2,")[2].count("S") for name in names)


def test_what_is_known_is_not_fetched_again(at_office: Office) -> None:
    marks = list[str]()

    def is_known(mark: str) -> bool:
        marks.append(mark)
        return len(marks) < 3

    assert len(list(at_office.mailbox().mails(is_known))) == 1
    assert len(set(marks)) == 3


@pytest.mark.parametrize("fold", ["\r\n ", " \r\n\t", "\t"])
def test_a_folded_message_id_is_known(at_office: Office, fold: str) -> None:
    """Exchange Online puts a long one on a line of its own; the mark is the one that the report is kept with."""
    text = MAIL.format(1, 1).replace("Message-ID: ", f"Message-ID:{fold}")
    marks = list[str]()

    def is_known(mark: str) -> bool:
        marks.append(mark)
        return True

    folder = f"Folded{fold.encode().hex()}"
    at_office.keep(folder, text)

    assert list(at_office.mailbox(folder).mails(is_known)) == []
    assert marks == [hashlib.sha256(b"<1@example.org>").hexdigest()]
    assert marks == [read_mail(text.encode(), name="one.eml").message_mark]


@pytest.mark.parametrize("field", ["Message-ID:", "Message-ID: \r\n ", "X-Other: 1"])
def test_a_mail_without_a_message_id_is_fetched(at_office: Office, field: str) -> None:
    def is_known(_mark: str) -> NoReturn:
        pytest.fail("an empty Message-ID is not asked for")

    folder = f"Without{len(field)}"
    at_office.keep(folder, MAIL.format(1, 1).replace("Message-ID: <1@example.org>", field))

    assert bodies(list(at_office.mailbox(folder).mails(is_known))) == ["hello 1"]


def test_a_mail_that_is_too_large_is_named_and_the_others_come(
    at_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 5)

    assert {one.why for one in at_office.mailbox().mails(lambda _: False)} == {
        "a mail of more than 5 bytes, or one whose size the server did not tell"
    }


def test_of_a_full_mailbox_the_newest_are_read_and_the_rest_is_said(
    at_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_MAILS", 2)
    found = list(at_office.mailbox().mails(lambda _: False))

    assert [one.why for one in found] == ["", "", "1 older mail: the newest 2 are read"]


def test_an_answer_longer_than_it_may_be_ends_the_conversation_or_keeps_it_from_beginning(
    at_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ANSWER", 5)

    with pytest.raises(MailboxAway, match=r"ended the conversation|sent more than"):
        list(at_office.mailbox().mails(lambda _: False))


def test_a_wrong_password_a_missing_folder_and_a_stranger_s_certificate_are_named_without_a_secret(
    at_office: Office, tmp_path: Path
) -> None:
    server_context(tmp_path)
    stranger = ImapMailbox(
        url=at_office.mailbox().url, password=PASSWORD, private=("127.0.0.1",), resolve=lambda _: ("127.0.0.1",),
        tls=ssl.create_default_context(cafile=str(tmp_path / "cert.pem")),
    )  # fmt: skip
    for box, said in (
        (at_office.mailbox(password="CANARY-wrong"), "refused the login"),
        (at_office.mailbox(folder="Nowhere"), "has no such folder"), (stranger, "SSLCertVerificationError"),
    ):  # fmt: skip
        with pytest.raises(MailboxAway) as refused:
            list(box.mails(lambda _: False))
        assert said in refused.value.message
        assert "CANARY" not in refused.value.message + refused.value.next_step + repr(box)


@pytest.mark.parametrize(("folder", "name"), [("Vorf%C3%A4lle", "Vorf&AOQ-lle"), ("台北&", "&U,BTFw-&-")])
def test_a_folder_whose_name_has_letters_beyond_ascii_is_read(at_office: Office, folder: str, name: str) -> None:
    """The second name is of RFC 3501, 5.1.3."""
    at_office.keep(name, MAIL.format(9, 9))

    assert bodies(list(at_office.mailbox(folder=folder).mails(lambda _: False))) == ["hello 9"]


def test_a_password_with_letters_beyond_ascii_is_sent_as_the_server_reads_it(at_office: Office) -> None:
    box = replace(at_office.mailbox(), password=SECOND_PASSWORD)
    second = replace(box, url=box.url.replace(USER, SECOND_USER))

    assert len(list(second.mails(lambda _: False))) == 3
    with pytest.raises(MailboxAway, match="refused the login"):
        list(box.mails(lambda _: False))


def test_a_user_with_spaces_and_quotes_in_the_name_can_log_in(at_office: Office) -> None:
    """Python's library quotes the password of LOGIN, and not the user."""
    box = at_office.mailbox()

    shared = replace(box, url=box.url.replace(USER, quote(THIRD_USER)))
    assert len(list(shared.mails(lambda _: False))) == len(list(box.mails(lambda _: False)))


def test_a_mail_server_may_be_named_in_any_case() -> None:
    box = ImapMailbox(
        url="imaps://u@Mail.Example.edu:9/", password="p", private=("Mail.Example.EDU",),
        resolve=lambda _: ("127.0.0.1",), timeout=5,
    )  # fmt: skip
    with pytest.raises(MailboxAway, match="cannot be reached"):
        list(box.mails(lambda _: False))


def test_an_address_inside_is_refused_unless_it_is_named_and_a_name_without_address_too(at_office: Office) -> None:
    with pytest.raises(NotAllowed, match="private or local address"):
        list(at_office.mailbox(private=()).mails(lambda _: False))
    nowhere = ImapMailbox(url="imaps://u@nowhere.example/", password="p", resolve=lambda _: ())
    with pytest.raises(MailboxAway, match="has no address"):
        list(nowhere.mails(lambda _: False))


def test_a_server_that_is_away_is_named(at_office: Office) -> None:
    away = ImapMailbox(
        url="imaps://u@127.0.0.1:9/", password="p", private=("127.0.0.1",), resolve=lambda _: ("127.0.0.1",), timeout=5,
    )  # fmt: skip
    with pytest.raises(MailboxAway, match="cannot be reached"):
        list(away.mails(lambda _: False))
    assert at_office.imap
