"""Each ending of a conversation with a mail server means one thing: taken, not taken, or in doubt."""

from __future__ import annotations

import select
import ssl
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import ChannelFailed, MailServerAway, NotAllowed
from leakguard.frozen import replace
from leakguard.mailing.smtp.letter_smtp import SmtpMailer
from leakguard.models.mails import AnswerKind, MailAnswer, Mailbox, OutgoingMail
from support.certificates import server_context
from support.messages import now
from support.scripted_smtp import BREAK_OFF, DRIP, HANG_UP, SILENCE, Scripted, scripted
from support.servers import child

pytestmark = pytest.mark.enable_socket
ID = f"lg.{'a' * 40}@university.example"
UTF8 = Mailbox(address="用户@xn--fsqu00a.example", needs_utf8=True)
LONGEST_COMMAND = 200
PERSON = Mailbox(address="person@mail.example", name="Person 1")


def mailer(port: int, **changes: Any) -> SmtpMailer:  # noqa: ANN401  (fields of the mailer)
    options: dict[str, Any] = {"security": "none", "timeout": 0.4, "final_timeout": 0.4, **changes}
    return SmtpMailer(
        name="mail", host="127.0.0.1", port=port, sender="University <security@university.example>", now=now, **options
    )


def mail(to: Mailbox = PERSON, **changes: Any) -> OutgoingMail:  # noqa: ANN401  (fields of the mail)
    options: dict[str, Any] = {"subject": "Notice", "text": "Dear reader,\n.\n..two dots\n", "lang": "en", **changes}
    return OutgoingMail(to=to, message_id=ID, **options)


def nothing() -> None:
    """Before the end."""


def offered(to: Mailbox = PERSON, **script: str) -> MailAnswer:
    with scripted(**script) as server:
        return offer(mailer(server.port), mail(to))


def offer(way: SmtpMailer, some: OutgoingMail, before: Callable[[], None] = nothing) -> MailAnswer:
    with closing(way.open()) as session:
        return session.offer(some, before)


def commands(server: Scripted) -> list[str]:
    """The lines that were heard, `mail` and `rcpt` as Python 3.13 writes them."""
    return [line.replace("mail FROM:", "mail from:").replace("rcpt TO:", "rcpt to:") for line in server.heard]


def test_a_letter_that_the_server_took_has_its_queue_id() -> None:
    assert offered() == MailAnswer(kind=AnswerKind.ACCEPTED, code=250, queue_id="4ABC12")
    assert offered(END="250 OK id=1abcDE-0001-Ab").queue_id == "1abcDE-0001-Ab"
    assert offered(END="250 CANARY <person@mail.example>").queue_id == ""


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("RCPT", "550 5.1.1 no such mailbox", AnswerKind.RECIPIENT_REFUSED),
        ("RCPT", "450 4.2.0 later", AnswerKind.DEFERRED),
        ("RCPT", "421 closing", AnswerKind.LOST),
        ("RCPT", HANG_UP, AnswerKind.LOST),
        ("RCPT", SILENCE, AnswerKind.LOST),
        ("RCPT", DRIP, AnswerKind.LOST),
        ("RCPT", BREAK_OFF, AnswerKind.LOST),
        ("DATA", "554 no", AnswerKind.MESSAGE_REFUSED),
        ("DATA", "451 later", AnswerKind.DEFERRED),
        ("DATA", HANG_UP, AnswerKind.LOST),
        ("END", "554 5.7.1 spam", AnswerKind.MESSAGE_REFUSED),
        ("END", "451 4.3.0 later", AnswerKind.DEFERRED),
        ("END", "421 closing", AnswerKind.LOST),
        ("END", HANG_UP, AnswerKind.IN_DOUBT),
        ("END", SILENCE, AnswerKind.IN_DOUBT),
        ("END", DRIP, AnswerKind.IN_DOUBT),
        ("END", BREAK_OFF, AnswerKind.IN_DOUBT),
        ("END", "what?", AnswerKind.IN_DOUBT),
        ("END", "354 strange", AnswerKind.IN_DOUBT),
        ("MAIL", HANG_UP, AnswerKind.LOST),
    ],
)
def test_each_ending_means_one_thing(step: str, answer: str, kind: AnswerKind) -> None:
    script: dict[str, Any] = {step: answer}

    assert offered(**script).kind is kind


def test_an_answer_counts_although_the_server_is_gone_at_once() -> None:
    assert offered(RCPT="550 no", RSET=HANG_UP).kind is AnswerKind.RECIPIENT_REFUSED


@pytest.mark.parametrize(
    ("answer", "kind"), [("552 too large", AnswerKind.MESSAGE_REFUSED), (HANG_UP, AnswerKind.LOST)]
)
def test_a_server_that_speaks_before_the_end_has_not_taken_it(answer: str, kind: AnswerKind) -> None:
    """So the end never goes out, and nobody notes a doubt."""
    ended: list[bool] = []
    with scripted(MIDDLE=answer) as server, closing(mailer(server.port, timeout=5).open()) as session:
        client: Any = session._client  # noqa: SLF001  (the test waits until the server has spoken)
        original = client.send

        def send(content: bytes | str) -> None:
            original(content)
            if len(content) > LONGEST_COMMAND:
                select.select([client.sock], [], [], 5)

        client.send = send
        found = session.offer(mail(), lambda: ended.append(True))

    assert (found.kind, ended) == (kind, [])
    assert "." not in server.heard


def test_what_stops_the_sender_before_the_end_leaves_the_server_with_nothing() -> None:
    def stop() -> None:
        raise NotAllowed("another process has taken over")

    with scripted() as server, pytest.raises(NotAllowed):
        offer(mailer(server.port), mail(), stop)

    assert "." not in server.heard


def test_dots_at_the_start_of_a_line_are_doubled_and_nothing_ends_a_mail_early() -> None:
    with scripted() as server:
        offer(mailer(server.port), mail())

    assert server.heard.count(".") == 1
    assert [line for line in server.heard if line.startswith("..")] == ["..", "...two dots"]


def test_the_envelope_asks_for_the_header_alone_and_names_the_letter() -> None:
    with scripted() as server:
        offer(mailer(server.port, bounces_to="bounces@university.example"), mail())

    assert f"mail from:<bounces@university.example> RET=HDRS ENVID={ID}" in commands(server)
    assert "rcpt to:<person@mail.example> NOTIFY=FAILURE,DELAY" in commands(server)


def test_a_server_that_offers_little_gets_a_plain_envelope() -> None:
    with scripted(EHLO="250 mail.example") as server:
        found = offer(mailer(server.port), mail())

    assert found.kind is AnswerKind.ACCEPTED
    assert "mail from:<security@university.example>" in commands(server)
    assert "rcpt to:<person@mail.example>" in commands(server)


def test_letters_in_an_address_need_a_server_that_takes_them() -> None:
    assert offered(UTF8, EHLO="250 mail.example").kind is AnswerKind.NOT_POSSIBLE
    with scripted() as server:
        found = offer(mailer(server.port), mail(UTF8))

    assert found.kind is AnswerKind.ACCEPTED
    assert "To: 用户@xn--fsqu00a.example" in server.heard
    assert any(line.startswith("mail from:<security@university.example> SMTPUTF8") for line in commands(server))


def test_a_header_that_cannot_be_written_safely_is_not_sent() -> None:
    with scripted() as server:
        found = offer(mailer(server.port), mail(Mailbox(address="a b@c\r\nBcc: d@e.example")))

    assert found.kind is AnswerKind.NOT_POSSIBLE
    assert not any("bcc" in line.lower() or line.startswith("mail") for line in server.heard)


def test_a_letter_that_cannot_be_written_leaves_the_conversation_open_for_the_next_one() -> None:
    with scripted() as server, closing(mailer(server.port).open()) as session:
        kinds = [session.offer(some, nothing).kind for some in (mail(), mail(text="\ud800"), mail())]

    assert kinds == [AnswerKind.ACCEPTED, AnswerKind.NOT_POSSIBLE, AnswerKind.ACCEPTED]


@pytest.mark.parametrize(("answer", "error"), [("550 CANARY", ChannelFailed), ("451 CANARY", MailServerAway)])
def test_a_server_that_refuses_the_sender_refuses_nobody(answer: str, error: type[ChannelFailed]) -> None:
    with scripted(MAIL=answer) as server, pytest.raises(ChannelFailed, match=answer[:3]) as failed:
        offer(mailer(server.port), mail())

    assert type(failed.value) is error
    assert "CANARY" not in failed.value.message


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ({"HELLO": "554 CANARY"}, ChannelFailed),
        ({"HELLO": "421 CANARY"}, MailServerAway),
        ({"HELLO": HANG_UP}, MailServerAway),
        ({"HELLO": SILENCE}, MailServerAway),
        ({"EHLO": "421 CANARY", "HELO": "421 CANARY"}, MailServerAway),
    ],
)
def test_a_conversation_that_does_not_begin_says_whether_it_may_later(
    script: dict[str, str], error: type[ChannelFailed]
) -> None:
    with scripted(**script) as server, pytest.raises(ChannelFailed) as failed:
        mailer(server.port).open()

    assert type(failed.value) is error
    assert "CANARY" not in failed.value.message


def test_a_server_that_drips_its_greeting_is_away() -> None:
    with scripted(HELLO=DRIP) as server, pytest.raises(MailServerAway, match="SMTPServerDisconnected"):
        mailer(server.port).open()


def test_nobody_listens() -> None:
    with pytest.raises(MailServerAway, match="ConnectionRefusedError"):
        mailer(1).open()


def test_letters_never_cross_a_network_without_tls() -> None:
    away = SmtpMailer(name="mail", host="mail.example", port=25, sender="a@b.example", now=now, security="none")
    with pytest.raises(ChannelFailed, match="without TLS"):
        away.open()

    with scripted() as server:
        replace(away, host="localhost", port=server.port).open().close()


def test_a_password_is_never_sent_without_tls() -> None:
    with scripted() as server, pytest.raises(ChannelFailed, match="password is never sent"):
        mailer(server.port, user="soc", password="CANARY").open()

    assert server.heard == []


def test_a_server_without_starttls_gets_no_letter() -> None:
    with scripted() as server, pytest.raises(ChannelFailed, match="SMTPNotSupportedError"):
        mailer(server.port, security="starttls").open()


def test_a_letter_through_a_real_server_with_starttls_and_a_password(tmp_path: Path) -> None:
    server_context(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    options: dict[str, Any] = {
        "security": "starttls",
        "user": "soc",
        "tls": trusting,
        "timeout": 10,
        "final_timeout": 10,
    }
    with child("mail_server", tmp_path / "mails.jsonl", "starttls", str(tmp_path)) as server:
        way = mailer(server.port, password="correct horse", **options)
        found = offer(way, mail(html="<p>Dear reader</p>"))
        with pytest.raises(ChannelFailed, match=r"535|SMTPServerDisconnected") as refused:
            mailer(server.port, password="CANARY", **{**options, "timeout": 3}).open()
        with pytest.raises(ChannelFailed, match="SSLCertVerificationError"):
            mailer(server.port, password="x", **{**options, "tls": None}).open()

    assert found.kind is AnswerKind.ACCEPTED
    assert [(one["tls"], one["login"]) for one in server.received] == [(True, True)]
    assert "CANARY" not in f"{refused.value.message} {mailer(1, password='CANARY')!r}"


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    server_context(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with child("mail_server", tmp_path / "mails.jsonl", "tls", str(tmp_path)) as server:
        way = mailer(server.port, security="tls", tls=trusting, timeout=10, final_timeout=10)

        assert offer(way, mail()).kind is AnswerKind.ACCEPTED


def test_a_server_of_letters_that_offers_no_starttls_or_is_not_there_is_named() -> None:
    with scripted() as server, pytest.raises(ChannelFailed, match=f":{server.port} offers no STARTTLS"):
        mailer(server.port, security="starttls").open()
    with pytest.raises(MailServerAway, match=r"nobody listens on .*:1 "):
        mailer(1).open()


def test_a_disk_that_is_full_before_the_end_is_no_fault_of_the_server() -> None:
    def stop() -> None:
        raise OSError(28, "No space left on device")

    with scripted() as server, pytest.raises(OSError, match="No space left"):
        offer(mailer(server.port), mail(), stop)

    assert "." not in server.heard


def test_an_envelope_has_no_id_that_is_longer_than_the_standard_lets_it_be() -> None:
    long = replace(mail(), message_id=f"lg.{'a' * 40}@{'d' * 60}.example")
    with scripted() as server:
        offer(mailer(server.port, bounces_to="bounces@university.example"), long)

    assert "mail from:<bounces@university.example> RET=HDRS" in commands(server)
