"""What an IMAP server may say, line by line: endless answers, a mail that is gone, a login that takes ASCII alone."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from leakguard.errors import MailboxAway
from leakguard.frozen import replace
from leakguard.mailing.imap.mailbox import ImapMailbox
from support.certificates import server_context
from support.imap_server import PASSWORD, USER

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
Script = Callable[[ssl.SSLSocket], None]


def endless_lines(host: ssl.SSLSocket) -> None:
    host.sendall(b"* OK here\r\n")
    while True:
        host.sendall(b"* 1 EXISTS\r\n" * 1000)


def endless_greeting(host: ssl.SSLSocket) -> None:
    while True:
        host.sendall(b"x" * 10_000)


def many_literals(host: ssl.SSLSocket) -> None:
    host.sendall(b"* OK here\r\n")
    while True:
        host.sendall(b"* 1 FETCH (BODY[] {100000}\r\n" + b"y" * 100_000 + b")\r\n")


def a_byte_now_and_then(host: ssl.SSLSocket) -> None:
    host.sendall(b"* OK here\r\n")
    while True:
        host.sendall(b"*")
        time.sleep(0.01)


@contextmanager
def serving(folder: Path, script: Script) -> Iterator[int]:
    """A TLS server that says what a script says to the first client, until that client has gone."""
    context = server_context(folder)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with (
                suppress(OSError),
                listening.accept()[0] as plain,
                context.wrap_socket(plain, server_side=True) as host,
            ):
                script(host)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(60)
        assert not thread.is_alive()


def answering(host: ssl.SSLSocket, answers: dict[bytes, bytes]) -> None:
    """Answer each command by its name, and any other one with OK alone."""
    host.sendall(b"* OK here\r\n")
    for line in host.makefile("rb"):
        tag, _, command = line.strip().partition(b" ")
        said = next((said for name, said in answers.items() if command.startswith(name)), b"")
        host.sendall(said + tag + b" OK done\r\n")


def log_ins_in_ascii(host: ssl.SSLSocket) -> None:
    answering(host, {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n"})


def deleted_meanwhile(host: ssl.SSLSocket) -> None:
    answering(
        host,
        {
            b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
            b"EXAMINE": b"* 1 EXISTS\r\n",
            b"FETCH 1:1": b"* 1 FETCH (UID 7)\r\n",
        },
    )


def scripted_mailbox(folder: Path, port: int, *, password: str = PASSWORD, longest: float = 300) -> ImapMailbox:
    return ImapMailbox(
        url=f"imaps://{USER}@lab.example.org:{port}/INBOX", password=password, private=("127.0.0.1",),
        tls=ssl.create_default_context(cafile=str(folder / "cert.pem")), resolve=lambda _: ("127.0.0.1",),
        timeout=30, longest=longest,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("script", "longest"),
    [(endless_lines, 300), (endless_greeting, 300), (many_literals, 300), (a_byte_now_and_then, 0.5)],
)
def test_a_server_that_never_comes_to_an_end_is_left(tmp_path: Path, script: Script, longest: float) -> None:
    with serving(tmp_path, script) as port:
        mailbox = scripted_mailbox(tmp_path, port, longest=longest)
        what = r"lab\.example\.org (?:ended the conversation|cannot be reached|sent more than)"
        with pytest.raises(MailboxAway, match=what):
            list(mailbox.mails(lambda _: False))


def test_a_server_that_takes_a_password_in_ascii_alone_is_named(tmp_path: Path) -> None:
    with serving(tmp_path, log_ins_in_ascii) as port, pytest.raises(MailboxAway, match="in ASCII alone") as refused:
        list(scripted_mailbox(tmp_path, port, password="CANARY-ä").mails(lambda _: False))

    assert "CANARY" not in refused.value.message + refused.value.next_step


def test_a_mail_that_somebody_deletes_meanwhile_is_left_out(tmp_path: Path) -> None:
    with serving(tmp_path, deleted_meanwhile) as port:
        assert list(scripted_mailbox(tmp_path, port).mails(lambda _: False)) == []


def hangs_up_at_the_login(host: ssl.SSLSocket) -> None:
    host.sendall(b"* OK here\r\n")
    for line in host.makefile("rb"):
        tag, _, command = line.strip().partition(b" ")
        if command.startswith(b"LOGIN"):
            return
        host.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")


def test_a_conversation_that_breaks_off_at_the_login_is_no_refusal_of_the_password(tmp_path: Path) -> None:
    with serving(tmp_path, hangs_up_at_the_login) as port:
        mailbox = scripted_mailbox(tmp_path, port)
        with pytest.raises(MailboxAway, match="ended the conversation"):
            list(mailbox.mails(lambda _: False))


def test_a_mail_server_at_a_named_private_address_and_a_public_one_is_read(tmp_path: Path) -> None:
    with serving(tmp_path, deleted_meanwhile) as port:
        both = replace(scripted_mailbox(tmp_path, port), resolve=lambda _: ("127.0.0.1", "9.9.9.9"))
        assert list(both.mails(lambda _: False)) == []


def test_what_the_server_did_is_said_in_words(tmp_path: Path) -> None:
    with serving(tmp_path, endless_lines) as port, pytest.raises(MailboxAway) as caught:
        list(scripted_mailbox(tmp_path, port).mails(lambda _: False))

    assert "_TooLarge" not in caught.value.message
