"""Mail through a real mail server: delivered, refused, late, cut off."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from leakguard.channels.smtp import SmtpChannel
from leakguard.errors import ChannelFailed
from support.certificates import server_context
from support.messages import MESSAGE, message, now
from support.servers import Child, child

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Child]:
    with child("mail_server", tmp_path / "mails.jsonl") as running:
        yield running


def channel(port: int, *to: str, **more: Any) -> SmtpChannel:  # noqa: ANN401  (fields of the channel)
    options: dict[str, Any] = {"security": "none", "timeout": 3, "recipients": to or ("soc@example.edu",), **more}
    return SmtpChannel(
        name="soc-mail", host="127.0.0.1", port=port, sender="LeakGuard <lg@example.edu>", now=now, **options
    )


def mail_of(server: Child) -> EmailMessage:
    (seen,) = server.received
    mail = message_from_bytes(seen["mail"].encode(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


def test_no_space_of_a_long_title_is_lost_in_the_subject(server: Child) -> None:
    """A space between two words that are not ASCII went with the break of the line."""
    title = "X der de (sécurité) santé France Müller 개인정보 O. X"
    channel(server.port).send(message(title=title))
    subject = str(make_header(decode_header(message_from_bytes(server.received[0]["mail"].encode())["Subject"])))

    assert subject == f"URGENT IR-2026-0001 remediate: {title}"


def test_what_looks_like_an_encoded_word_is_shown_as_it_is_written(server: Child) -> None:
    channel(server.port).send(message(title="=?utf-8?B?AABhbGwgaXMgd2VsbA==?= X"))

    assert mail_of(server)["Subject"] == "URGENT IR-2026-0001 remediate: = ?utf-8?B?AABhbGwgaXMgd2VsbA==?= X"


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "cert.pem"))


def test_a_mail_says_what_is_due_and_carries_the_head_of_the_ledger(server: Child) -> None:
    channel(server.port, head=lambda: "a1b2c3d4").send(MESSAGE)
    mail = mail_of(server)
    text = text_of(mail)

    assert mail["Subject"] == "URGENT IR-2026-0001 remediate: Closed, CANARY-title"
    assert mail["Date"] == "Sun, 24 May 2026 01:00:00 +0000"
    assert mail["Message-ID"] == "<alarm.IR-2026-0001.remediate.1.-PT1H@example.edu>"
    assert text.startswith("Incident: IR-2026-0001\nDue: 2026-05-24T02:00:00Z\n\nOne hour is left.\n向主管部门报告\n")
    assert "More: leakguard clock list --incident IR-2026-0001" in text
    assert "ledger head a1b2c3d4" in text


def test_a_drill_says_so_first(server: Child) -> None:
    channel(server.port).send(message(is_drill=True, link="", due_at=None))
    mail = mail_of(server)

    assert mail["Subject"].startswith("[DRILL] ")
    assert text_of(mail).startswith("This is a drill.\n")
    assert "Due:" not in text_of(mail)


def test_a_title_that_names_the_incident_is_not_preceded_by_it_again(server: Child) -> None:
    channel(server.port).send(message(title="IR-2026-0001 remediate: one hour left"))

    assert mail_of(server)["Subject"] == "URGENT IR-2026-0001 remediate: one hour left"


def test_a_line_break_in_a_title_begins_no_header(server: Child) -> None:
    channel(server.port).send(message(title="one\r\nBcc: everybody@example.org"))

    assert "Bcc" not in mail_of(server)


def test_starttls_comes_before_the_password(tmp_path: Path) -> None:
    server_context(tmp_path)
    with child("mail_server", tmp_path / "mails.jsonl", "starttls", str(tmp_path)) as server:
        options = {"security": "starttls", "user": "soc", "tls": trusting(tmp_path), "timeout": 10}
        channel(server.port, **options, password="correct horse").send(MESSAGE)
        with pytest.raises(ChannelFailed, match=r"answered 535|SMTPServerDisconnected") as refusal:
            channel(server.port, **{**options, "timeout": 3}, password="CANARY-password").send(MESSAGE)

    assert [(one["tls"], one["login"]) for one in server.received] == [(True, True)]
    assert "CANARY" not in f"{refusal.value.message} {refusal.value.next_step}"


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    server_context(tmp_path)
    with child("mail_server", tmp_path / "mails.jsonl", "tls", str(tmp_path)) as server:
        channel(server.port, security="tls", tls=trusting(tmp_path)).send(MESSAGE)

    assert len(server.received) == 1


def test_a_certificate_that_nobody_trusts_ends_it(tmp_path: Path) -> None:
    server_context(tmp_path)
    with (
        child("mail_server", tmp_path / "mails.jsonl", "starttls", str(tmp_path)) as server,
        pytest.raises(ChannelFailed, match="SSLCertVerificationError"),
    ):
        channel(server.port, security="starttls", user="soc", password="correct horse").send(MESSAGE)

    assert server.received == []


def test_a_server_without_starttls_gets_no_mail(server: Child) -> None:
    with pytest.raises(ChannelFailed, match="SMTPNotSupportedError"):
        channel(server.port, security="starttls").send(MESSAGE)

    assert server.received == []


def test_a_password_is_never_sent_without_tls(server: Child) -> None:
    with pytest.raises(ChannelFailed, match="never sent without TLS"):
        channel(server.port, user="soc", password="correct horse").send(MESSAGE)

    assert server.received == []


@pytest.mark.parametrize(
    ("to", "what"),
    [
        (("refuse@example.edu",), "refused every recipient"),
        (("busy@example.edu",), "answered 451"),
        (("cut@example.edu",), "SMTPServerDisconnected"),
    ],
)
def test_a_refusal_is_told_without_the_servers_words(server: Child, to: tuple[str, ...], what: str) -> None:
    with pytest.raises(ChannelFailed, match=what) as failed:
        channel(server.port, *to).send(MESSAGE)

    assert failed.value.next_step
    assert "CANARY" not in str(failed.value)
    assert "example.edu" not in str(failed.value)


def test_one_refused_recipient_of_two_is_a_failure_although_the_other_has_the_mail(server: Child) -> None:
    with pytest.raises(ChannelFailed, match="refused 1 of 2"):
        channel(server.port, "soc@example.edu", "refuse@example.edu").send(MESSAGE)

    assert server.received[0]["to"] == ["soc@example.edu"]


def test_the_envelope_has_each_recipient_of_the_settings(server: Child) -> None:
    to = ('"Boss, The" <boss@example.edu>', "soc@example.edu", "张三 <night@example.edu>")
    channel(server.port, *to).send(MESSAGE)

    assert server.received[0]["to"] == ["boss@example.edu", "soc@example.edu", "night@example.edu"]


def test_a_server_that_falls_silent_is_left_in_time(server: Child) -> None:
    with pytest.raises(ChannelFailed, match=r"TimeoutError|SMTPServerDisconnected"):
        channel(server.port, "hang@example.edu", timeout=0.5).send(MESSAGE)


def test_nobody_listens(server: Child) -> None:
    with pytest.raises(ChannelFailed, match="ConnectionRefusedError"):
        channel(1).send(MESSAGE)

    assert server.received == []


def test_no_password_is_shown() -> None:
    assert "CANARY" not in repr(channel(25, password="CANARY"))


def test_a_server_without_starttls_is_named_with_what_to_write(server: Child) -> None:
    with pytest.raises(ChannelFailed, match=f"127.0.0.1:{server.port} offers no STARTTLS") as refused:
        channel(server.port, security="starttls").send(MESSAGE)

    assert 'security = "none"' in refused.value.next_step
    assert "loopback only" in refused.value.next_step
    assert 'security = "tls"' in refused.value.next_step


def test_a_port_where_nobody_listens_is_named() -> None:
    with pytest.raises(ChannelFailed, match=r"nobody listens on 127\.0\.0\.1:1 ") as refused:
        channel(1).send(MESSAGE)

    assert "`host` and `port`" in refused.value.next_step
