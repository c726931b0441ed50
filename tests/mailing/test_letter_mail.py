"""A letter as a mail, and what a drill does in the place of sending."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.channels.make import ChannelContext
from leakguard.errors import ChannelFailed
from leakguard.mailing.smtp.letter_mail import UnsafeHeader, address_of, mail_bytes, stuffed
from leakguard.mailing.smtp.letter_smtp import SmtpMailer
from leakguard.mailing.smtp.make import DrillMailer, make_mailer
from leakguard.models.alerts import ChannelSettings
from leakguard.models.mails import AnswerKind, Attachment, Mailbox, OutgoingMail
from support.ledgers import START
from support.messages import now

SENDER = "Example University <security@university.example>"
ID = f"lg.{'a' * 40}@university.example"
CHINESE = "尊敬的用户：您的邮件地址可能已泄露。\n" * 3


def mail(**changes: Any) -> OutgoingMail:  # noqa: ANN401  (fields of the mail)
    options: dict[str, Any] = {
        "to": Mailbox(address="person@mail.example", name="Person, 1"), "message_id": ID, "subject": "Notice",
        "lang": "en", "text": "Dear reader,\n", "html": "<p>Dear reader,</p>", **changes,
    }  # fmt: skip
    return OutgoingMail(**options)


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words_of(header: str) -> str:
    """As a reader shows it by RFC 2047: nothing stands between two encoded words but what is encoded in them."""
    return str(make_header(decode_header(header)))


@pytest.mark.parametrize(
    "words",
    [
        "Vos données personnelles sont touchées par une violation de sécurité chez « Établissement de santé de l’Île »",
        "X der de (sécurité) santé France Müller 개인정보 O. X",
        "O. Öl der » Öl (sécurité) Établissement Müller der »",
        "l’Île santé 침해 à O. santé France O. Établissement « 침해 X »",
    ],
)
def test_no_space_of_a_long_name_or_subject_is_lost(words: str) -> None:
    """One name in twenty lost one where its line was broken, and was spelt wrong in the mail of whoever bears it."""
    content = mail_bytes(mail(to=Mailbox(address="a@b.example", name=words), subject=words), sender=SENDER, at=START)
    message = message_from_bytes(content)

    assert words_of(message["Subject"]) == words
    assert words_of(message["To"]) == f"{words} <a@b.example>"
    assert max(map(len, content.split(b"\r\n"))) <= 78


@given(words=st.text(st.sampled_from('aé ”中,."()<@한Ω'), max_size=120).map(lambda text: " ".join(text.split())))
def test_any_name_and_subject_are_read_as_they_were_written(words: str) -> None:
    content = mail_bytes(mail(to=Mailbox(address="a@b.example", name=words), subject=words), sender=SENDER, at=START)
    message = message_from_bytes(content)
    name, address = parseaddr(message["To"])

    assert words_of(message["Subject"]).replace("\r\n", "") == words
    assert (words_of(name), address) == (words, "a@b.example")


def test_a_mail_shows_text_and_html_and_carries_the_document() -> None:
    pdf = Attachment(name="notice.pdf", subtype="pdf", content=b"%PDF-1.7")
    message = parsed(mail_bytes(mail(attachments=(pdf,)), sender=SENDER, at=START))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None

    assert message["To"] == '"Person, 1" <person@mail.example>'
    assert message["From"] == SENDER
    assert message["Message-ID"] == f"<{ID}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    assert text.get_content().replace("\r\n", "\n") == "Dear reader,\n"
    assert "<p>Dear reader,</p>" in html.get_content()
    assert [(one.get_filename(), one.get_content()) for one in message.iter_attachments()] == [
        ("notice.pdf", b"%PDF-1.7")
    ]


def test_the_same_letter_has_the_same_bytes_and_lines_that_every_server_takes() -> None:
    pdf = Attachment(name="notice.pdf", subtype="pdf", content=b"%PDF-1.7" * 100)
    some = mail(text=CHINESE, html=f"<p>{CHINESE}</p>", subject=CHINESE, attachments=(pdf,))
    first = mail_bytes(some, sender=SENDER, at=START)

    assert first == mail_bytes(some, sender=SENDER, at=START)
    assert first.isascii()
    assert max(map(len, first.split(b"\r\n"))) <= 998
    assert b"\n" not in first.replace(b"\r\n", b"")


def test_a_letter_without_html_is_text_alone() -> None:
    message = parsed(mail_bytes(mail(html=""), sender=SENDER, at=START))

    assert message.get_content_type() == "text/plain"


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_subject_and_no_name_brings_another_header(subject: str, name: str) -> None:
    some = mail(subject=f"{subject}\r\nBcc: a@b.example", to=Mailbox(address="p@mail.example", name=f"{name}\nX: y"))
    try:
        message = parsed(mail_bytes(some, sender=SENDER, at=START))
    except UnsafeHeader:
        return

    assert message["Bcc"] is None
    assert message["X"] is None
    assert [one.addr_spec for one in message["To"].addresses] == ["p@mail.example"]


@pytest.mark.parametrize("address", ["a b@c.example", "a@b.example\r\nBcc: c@d.example", "", "@x.example"])
def test_an_address_that_cannot_stand_in_a_header_is_refused(address: str) -> None:
    with pytest.raises(UnsafeHeader):
        mail_bytes(mail(to=Mailbox(address=address)), sender=SENDER, at=START)


def test_a_sender_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        address_of("Example University")


def test_what_goes_over_the_wire_ends_with_a_line_end() -> None:
    assert stuffed(b"a\r\n.b") == b"a\r\n..b\r\n"
    assert stuffed(b".\r\n") == b"..\r\n"


def test_a_drill_notes_what_would_have_gone_out_and_nothing_about_anybody(tmp_path: Path) -> None:
    told: list[str] = []
    drill = DrillMailer(name="mail", path=tmp_path / "letters.jsonl", sender=SENDER, now=now)
    session = drill.open()
    found = session.offer(mail(), lambda: told.append("before the end"))
    session.offer(mail(), lambda: None)
    session.close()
    lines = (tmp_path / "letters.jsonl").read_text(encoding="utf-8").splitlines()

    assert found.kind is AnswerKind.ACCEPTED
    assert told == ["before the end"]
    assert [json.loads(line)["drill"] for line in lines] == ["DRILL", "DRILL"]
    assert json.loads(lines[0])["message_id"] == ID
    assert "person" not in lines[0].lower()


def test_a_drill_sets_aside_the_letter_that_a_mail_server_would_not_get(tmp_path: Path) -> None:
    told: list[str] = []
    drill = DrillMailer(name="mail", path=tmp_path / "letters.jsonl", sender=SENDER, now=now)
    found = drill.open().offer(mail(text="\ud800"), lambda: told.append("before the end"))

    assert (found.kind, told) == (AnswerKind.NOT_POSSIBLE, [])
    assert not (tmp_path / "letters.jsonl").exists()


def test_a_drill_that_cannot_write_its_file_says_so(tmp_path: Path) -> None:
    drill = DrillMailer(name="mail", path=tmp_path / "none" / "x", sender=SENDER, now=now)
    with pytest.raises(ChannelFailed, match="FileNotFoundError"):
        drill.open().offer(mail(), lambda: None)


def settings(**changes: object) -> ChannelSettings:
    options: dict[str, object] = {
        "host": "mail.example", "port": 587, "from": SENDER, "security": "starttls", "user": "lg", "bounces_to": "",
        "password_env": None, "timeout": 20, **changes,
    }  # fmt: skip
    return ChannelSettings(name="mail", kind="smtp", options=options)


def around(**changes: Any) -> ChannelContext:  # noqa: ANN401  (fields of the surroundings)
    return ChannelContext(**{"environment": {"SECRET": "CANARY"}, "now": now, "sleep": lambda _: None, **changes})


def test_letters_go_through_the_mail_server_of_a_channel() -> None:
    made = make_mailer(settings(password_env="SECRET", bounces_to="b@university.example"), around())
    assert isinstance(made, SmtpMailer)

    assert (made.host, made.password, made.return_path) == ("mail.example", "CANARY", "b@university.example")
    assert "CANARY" not in repr(made)


def test_without_its_password_no_conversation_begins() -> None:
    with pytest.raises(ChannelFailed, match="OTHER"):
        make_mailer(settings(password_env="OTHER"), around())


@pytest.mark.parametrize("sender", ["Example University", "a@bücher.example", "a@", "<>", "a@b@c.example, x"])
def test_a_sender_that_no_server_takes_is_refused_before_any_letter(sender: str) -> None:
    with pytest.raises(ChannelFailed, match="no e-mail address in ASCII"):
        make_mailer(settings(**{"from": sender}), around())


def test_in_a_drill_the_mail_server_is_a_file(tmp_path: Path) -> None:
    assert isinstance(make_mailer(settings(password_env="OTHER"), around(sandbox=tmp_path / "x")), DrillMailer)
