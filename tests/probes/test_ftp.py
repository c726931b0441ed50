"""FTP: the anonymous login decides; the first folder is counted over a second line, which the gate is asked about."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext

import pytest

from leakguard.errors import OutOfScope
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.ftp.gate import COMMANDS
from leakguard.probes.protocols.ftp.reader import FolderReader, code_of, waiting_port
from leakguard.probes.wire import tls
from support.certificates import server_context
from support.hostile import Host, Script, read_some, serving
from support.probing import Probing, Question, run
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

LOGIN, LIST = Question("login"), Question("list")
CANARY = b"Invented-Person-4711"
READY = b"220 ready\r\n"
NO_TLS = b"502 what?\r\n"
LET_IN: dict[bytes, bytes | None] = {b"AUTH": NO_TLS, b"USER": b"331 password\r\n", b"PASS": b"230 in\r\n"}
UNKNOWN = {"entries": None, "bytes": None, "listed": False, "whole": False}
UNIX = (
    b"total 12\r\n"
    b"drwxr-xr-x    2 0        0            4096 Nov 24 19:24 pub\r\n"
    b"-rw-r--r--    1 ftp      ftp      8400000000000 Jan 01  2020 " + CANARY + b".csv\r\n"
    b"-rw-r--r--    1 ftp           12 Jan 01  2020 no group.csv\r\n"
    b"lrwxrwxrwx    1 0        0               7 Nov 24 19:24 link -> pub/x\r\n"
    b"not an entry at all\r\n"
)
DOS = b"11-24-26  07:24PM       <DIR>          pub\r\n11-24-2026  19:24                  300 a.csv\r\n"


@dataclass
class Folder:
    """A second line, on a port of its own, that says a list and closes."""

    said: bytes = UNIX
    stays: bool = False
    connections: int = 0
    port: int = 0


@contextlib.asynccontextmanager
async def waiting(folder: Folder) -> AsyncIterator[Folder]:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        folder.connections += 1
        writer.write(folder.said)
        await writer.drain()
        if folder.stays:
            await read_some(reader, host)

    async with serving(script) as host:
        folder.port = host.port
        yield folder


@dataclass
class Told:
    replies: list[Reply] = field(default_factory=list)
    probing: Probing = field(default_factory=Probing)
    folder: Folder = field(default_factory=Folder)


def ask_for_list(
    told: Told, *, where: str, table: Mapping[bytes, bytes | None] | None = None, cap: int = 65536
) -> Told:
    """Ask a server that says `where` with `{port}` filled in, and whose second line is `told.folder`."""

    async def work() -> Told:
        async with waiting(told.folder) as folder:
            high, low = divmod(folder.port, 256)
            place = where.format(port=folder.port, high=high, low=low).encode() + b"\r\n"
            answers = {**LET_IN, b"EPSV": place, b"PASV": place, b"LIST": b"150 here it comes\r\n", **(table or {})}
            async with serving(talks(answers, greeting=READY)) as host:
                question = Question("list", cap_bytes=cap)
                told.replies = await told.probing.ask(host.endpoint(), "ftp", question)
        return told

    return run(work())


@pytest.mark.parametrize(("name", "code"), [("open", 230), ("protected", 530)])
def test_a_real_vsftpd_takes_anonymous_logins_or_not(name: str, code: int) -> None:
    said = recorded(f"vsftpd-3.0.3-{name}")
    table = {COMMANDS[verb]: said[verb] for verb in ("auth_tls", "user", "pass")}

    [login], probing = ask(talks(table, greeting=said["greeting"]), "ftp", LOGIN)

    assert login.document == {"greeting": 220, "code": code, "busy": False, "ssl": False}
    assert probing.said == [COMMANDS[verb] for verb in ("auth_tls", "user", "pass", "quit")]


@pytest.mark.parametrize(
    ("said", "is_busy"),
    [
        (b"530 Sorry, the maximum number of clients (10) for this user are already connected.", True),
        (b"530 Sorry, max 10 users -- try again later", True),
        (b"421 Too many users are connected; please try again in 10 minutes.", True),
        (b"530-There is a limit of 5 users.\r\n530 Login incorrect.", True),
        (b"530 Login incorrect.", False),
        (b"530 This FTP server does not allow anonymous logins.", False),
        (b"530 Login authentication failed", False),
        (b"530 Access is limited to members; maximilian may log in. Try again.", False),
        (b"230 Welcome. There is a limit of 5 users.", False),
    ],
)
def test_a_busy_daemon_is_no_refusal(said: bytes, *, is_busy: bool) -> None:
    [login], _ = ask(talks({b"AUTH": NO_TLS, b"USER": said + b"\r\n"}, greeting=READY), "ftp", LOGIN)

    assert login.document == {"greeting": 220, "code": int(said[:3]), "busy": is_busy, "ssl": False}


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ({b"AUTH": NO_TLS, b"USER": b"230 no password needed\r\n"}, 230),
        ({b"AUTH": NO_TLS, b"USER": b"530 no\r\n"}, 530),
        (
            {b"AUTH": NO_TLS, b"USER": b"331-first\r\n 331 not yet\r\n331 now\r\n", b"PASS": b"230-hi\r\n230 in\r\n"},
            230,
        ),
        ({b"AUTH": NO_TLS, b"USER": b"331 " + CANARY + b"\r\n", b"PASS": b"530\r\n"}, 530),
        ({b"AUTH": NO_TLS, b"USER": None}, None),
        ({b"AUTH": NO_TLS, b"USER": b"331 one\r\n331 two\r\n"}, None),
    ],
)
def test_the_digits_behind_the_login_decide(table: dict[bytes, bytes | None], code: int | None) -> None:
    [login], _ = ask(talks(table, greeting=b"220-" + CANARY + b"\r\n220 ready\r\n"), "ftp", LOGIN)

    assert (login.ended, login.document) == (
        Ending.COMPLETE,
        {"greeting": 220, "code": code, "busy": False, "ssl": False},
    )
    assert CANARY.decode() not in repr(login)


def test_a_server_that_is_full_is_asked_nothing() -> None:
    [login], probing = ask(talks({}, greeting=b"421 too many users\r\n"), "ftp", LOGIN)

    assert login.document == {"greeting": 421, "code": None, "busy": False, "ssl": False}
    assert [words for words in probing.said if words != COMMANDS["quit"]] == []


@pytest.mark.parametrize("where", ["229 Extended (|||{port}|)", "227 Passive (127,0,0,1,{high},{low})."])
@pytest.mark.parametrize(("said", "entries", "size"), [(UNIX, 4, 8_400_000_000_019), (DOS, 2, 300), (b"", 0, 0)])
def test_the_first_folder_is_counted(where: str, said: bytes, entries: int, size: int) -> None:
    told = ask_for_list(Told(folder=Folder(said=said)), where=where)

    assert told.replies[0].document == {"entries": entries, "bytes": size, "listed": True, "whole": True}
    assert CANARY.decode() not in repr(told.replies)
    assert told.folder.connections == 1


@pytest.mark.parametrize(
    "where",
    [
        "227 Passive (127,0,0,2,{high},{low}).",
        "227 Passive (10,0,0,1,{high},{low}).",
        "227 Passive (127,0,0,1,0,22).",
        "227 Passive (127,0,0,1,999,1).",
        "229 Extended (|||22|)",
        "229 Extended (|||99999|)",
        "229 Extended (||127.0.0.2|{port}|)",
        "425 no",
    ],
)
def test_a_server_that_points_elsewhere_is_not_followed(where: str) -> None:
    told = ask_for_list(Told(), where=where)

    assert told.replies[0].document == UNKNOWN
    assert told.folder.connections == 0
    assert {sent.port for sent in told.probing.sent if sent.kind == "connect"} == {told.probing.sent[0].port}


def test_the_gate_is_asked_about_the_second_line() -> None:
    asked: list[Endpoint] = []

    def gate(endpoint: Endpoint) -> None:
        asked.append(endpoint)
        if len(asked) > 1:
            raise OutOfScope("no", next_step="no")

    told = ask_for_list(Told(probing=Probing(gate=gate)), where="229 Extended (|||{port}|)")

    assert told.replies[0].document == UNKNOWN
    assert [endpoint.address for endpoint in asked] == ["127.0.0.1", "127.0.0.1"]
    assert asked[1].port == told.folder.port
    assert told.folder.connections == 0


def test_a_refused_list_is_unknown() -> None:
    told = ask_for_list(Told(), where="229 Extended (|||{port}|)", table={b"LIST": b"550 no\r\n"})

    assert told.replies[0].document == UNKNOWN


def test_a_long_list_is_counted_up_to_the_cap() -> None:
    line = b"-rw-r--r--    1 ftp      ftp          10 Jan 01  2020 a\r\n"
    told = ask_for_list(Told(folder=Folder(said=line * 2000)), where="229 Extended (|||{port}|)", cap=4096)

    assert told.replies[0].document == {"entries": 71, "bytes": 710, "listed": True, "whole": False}
    assert told.replies[0].size_bytes < 4096 + 200


@pytest.mark.parametrize("folder", [Folder(said=b"x" * 5000), Folder(said=b"half a li"), Folder(stays=True)])
def test_a_list_without_an_end_is_unknown(folder: Folder) -> None:
    told = ask_for_list(Told(folder=folder), where="229 Extended (|||{port}|)")

    assert told.replies[0].document == UNKNOWN


def test_nobody_lists_without_a_login() -> None:
    [reply], probing = ask(talks({b"AUTH": NO_TLS, b"USER": b"530 no\r\n"}, greeting=READY), "ftp", LIST)

    assert reply.document == UNKNOWN
    assert COMMANDS["list"] not in probing.said


@pytest.mark.parametrize(
    "greeting",
    [
        b"220 mail.example.org ESMTP Postfix\r\n",
        b"220-smtp.example.org SMTP\r\n",
        b"+OK POP3\r\n",
        b"999 odd\r\n",
        b"\r\n",
    ],
)
def test_a_mail_server_is_not_ftp(greeting: bytes) -> None:
    [login], probing = ask(talks({}, greeting=greeting), "ftp", LOGIN)

    assert login.ended is Ending.GARBLED
    assert probing.said == []


def test_a_second_reply_behind_the_greeting_is_garbled() -> None:
    """Server and we would disagree about which reply belongs to which command."""
    [login], _ = ask(talks({}, greeting=READY + READY), "ftp", LOGIN)

    assert login.ended is Ending.GARBLED


def securing(context: SSLContext, let_in: bytes) -> Script:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        writer.write(READY)
        await writer.drain()
        await read_some(reader, host)
        writer.write(b"234 go on\r\n")
        await writer.drain()
        await writer.start_tls(context)
        while True:
            asked = await read_some(reader, host)
            writer.write(b"331 password\r\n" if asked.startswith(b"USER") else let_in)
            await writer.drain()

    return script


def test_tls_is_spoken_where_it_is_offered(tmp_path: Path) -> None:
    """Some servers let anonymous users in over TLS alone."""
    tls.context.cache_clear()

    async def work() -> tuple[Reply, str]:
        async with serving(securing(server_context(tmp_path), b"230 in\r\n")) as host:
            session = Probing().open(host.endpoint(), "ftp")
            reply = await session.ask(LOGIN)
            await session.close()
            return reply, session.transport

    reply, transport = run(work())

    assert reply.document == {"greeting": 220, "code": 230, "busy": False, "ssl": True}
    assert transport == "tls"


def test_a_server_that_hangs_up_when_asked_for_tls_is_spoken_to_without() -> None:
    """Small ones know a handful of commands and leave at any other; that says nothing about their anonymous login."""
    [login], probing = ask(talks(LET_IN | {b"AUTH": None}, greeting=READY), "ftp", LOGIN)

    assert login.document == {"greeting": 220, "code": 230, "busy": False, "ssl": False}
    assert probing.said.count(COMMANDS["auth_tls"]) == 1


def test_no_reply_is_no_code_and_no_port() -> None:
    assert code_of([]) is None
    assert waiting_port([], "127.0.0.1") is None


def test_entries_in_pieces_are_counted_once() -> None:
    reader = FolderReader()
    for byte in UNIX:
        reader.feed(bytes((byte,)))

    assert (reader.at_end(), reader.document()) == (True, {"entries": 4, "bytes": 8_400_000_000_019})


def test_an_entry_without_an_end_is_garbled() -> None:
    reader = FolderReader()

    with pytest.raises(Garbled):
        reader.feed(b"x" * 5000)
