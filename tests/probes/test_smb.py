"""SMB: a null session proves nothing, a share that lets it in does; no share's name leaves, and no file is touched."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.smb.gate import GATE, VERBS, Numbers, can_be_named, command
from leakguard.probes.protocols.smb.reader import (
    PENDING,
    SmbReader,
    read_handle,
    read_negotiate,
    read_piped,
    read_rights,
    read_session_flags,
    read_shares,
)
from leakguard.probes.protocols.smb.session import SmbSession
from leakguard.probes.session import SessionSetup
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.door import Door
from leakguard.probes.wire.rate import Rate
from support.hostile import Host, Script, read_some, says
from support.probing import Question, run, token
from support.talks import ask, recorded

pytestmark = pytest.mark.enable_socket

NEGOTIATE, SHARES = Question("negotiate"), Question("shares")
DENIED, MORE = 0xC0000022, 0xC0000016
CANARY = "Invented-Person-4711"
SESSION = 0x1122334455667788
NOTHING: dict[str, Any] = {
    "session": 0, "guest": False, "pipe": None, "list": None, "shares": None, "disks": None, "tried": 0, "open": 0,
    "readable": 0, "writable": 0,
}  # fmt: skip
Answer = Callable[[str], tuple[int, bytes]]


def smb(body: bytes, *, status: int = 0, tree: int = 5, session: int = SESSION) -> bytes:
    header = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 1, status, 0, 1, 1, 0, 0, 0, tree, session, bytes(16))
    return struct.pack(">I", len(header) + len(body)) + header + body


def ndr(words: str) -> bytes:
    """A text as NDR sends it, filled up to a multiple of four."""
    raw = (words + "\0").encode("utf-16le")
    return struct.pack("<III", len(words) + 1, 0, len(words) + 1) + raw + bytes(-len(raw) % 4)


def pdu(stub: bytes, *, kind: int = 2, flags: int = 3) -> bytes:
    return struct.pack("<4BIHHI", 5, 0, kind, flags, 0x10, 24 + len(stub), 0, 2) + struct.pack("<IHH", 0, 0, 0) + stub


def listed(*shares: tuple[str, int], code: int = 0, resume: bool = False) -> bytes:
    pointers = b"".join(struct.pack("<III", 0x20000 + 8 * n, kind, 0) for n, (_, kind) in enumerate(shares))
    texts = b"".join(ndr(name) for name, _ in shares)
    head = struct.pack("<IIIII", 1, 1, 0x20000, len(shares), 0x20004 if shares else 0)
    body = struct.pack("<I", len(shares)) + pointers + texts if shares else b""
    tail = struct.pack("<I", len(shares)) + (struct.pack("<II", 0x2000, 0) if resume else struct.pack("<I", 0))
    return pdu(head + body + tail + struct.pack("<I", code))


def piped(words: bytes) -> bytes:
    head = struct.pack("<HHI16sIIIIII", 49, 0, 0x0011C017, bytes(16), 112, 0, 112, len(words), 0, 0)
    return smb(head + words)


GOOD: Mapping[str, bytes] = {
    "negotiate": smb(struct.pack("<HHH", 65, 1, 0x0311) + bytes(58)),
    "setup": smb(struct.pack("<HHHH", 9, 0, 72, 0), status=MORE),
    "anonymous": smb(struct.pack("<HHHH", 9, 0, 72, 0)),
    "pipe": smb(bytes(64) + b"h" * 16 + bytes(8)),
    "bind": piped(bytes(60)),
    "shares": piped(listed(("IPC$", 0x80000003), (CANARY, 0), ("b", 0), ("C$", 0x80000000))),
}


def tree(rights: int = 0x1F00A9, status: int = 0) -> bytes:
    return smb(struct.pack("<HBBIII", 16, 1, 0, 0, 0, rights), status=status)


def verb_of(asked: bytes) -> str:
    return next(verb for verb in VERBS if GATE.carries(verb, asked))


def server(trees: list[bytes | None], **said: bytes | None) -> Script:
    """Answers by the verb; tree connects in turn, the last one again and again; `None` hangs up."""
    table: dict[str, bytes | None] = {**GOOD, **said}

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        left = list(trees)
        while (verb := verb_of(await read_some(reader, host))) != "logoff":
            answer = table[verb] if verb != "tree" else left.pop(0) if len(left) > 1 else left[0]
            if answer is None:
                return
            writer.write(answer)
            await writer.drain()

    return script


@pytest.mark.parametrize(
    ("name", "negotiated", "told"),
    [
        (
            "open",
            {"dialect": 785, "signing": 1},
            {"pipe": 0, "list": 0, "shares": 2, "disks": 1, "tried": 1, "open": 1, "readable": 1},
        ),
        ("protected", {"dialect": 785, "signing": 3}, {"pipe": DENIED}),
    ],
)
def test_a_real_samba_lets_nobody_into_a_share_or_does_not(
    name: str, negotiated: dict[str, int], told: dict[str, int]
) -> None:
    """Both forms grant the session; only the open one lets it into the share."""
    said = list(recorded(f"samba-4.17.12-{name}").values())

    [first, shares], probing = ask(says(*said, then="stay"), "smb", NEGOTIATE, SHARES)

    assert first.document == negotiated
    assert shares.document == {**NOTHING, **told}
    assert (probing.connects, verb_of(probing.said[-1])) == (1, "logoff")


def test_no_name_of_a_share_leaves_the_session() -> None:
    replies, probing = ask(server([tree(), tree(0x1), tree(0x3), tree(0, DENIED)]), "smb", SHARES)

    [reply] = replies
    assert reply.document == {
        **NOTHING, "pipe": 0, "list": 0, "shares": 4, "disks": 3, "tried": 3, "open": 2, "readable": 2, "writable": 1,
    }  # fmt: skip
    assert CANARY not in repr(reply)
    assert f"\\\\127.0.0.1\\{CANARY}".encode("utf-16le") in b"".join(probing.said)


def test_the_numbers_of_the_server_are_repeated_and_messages_are_counted() -> None:
    _, probing = ask(server([tree()]), "smb", NEGOTIATE, SHARES)

    numbers = [struct.unpack_from("<QIIQ", said, 28) for said in probing.said]
    assert [message for message, *_ in numbers] == list(range(len(numbers)))
    assert [session for *_, session in numbers[3:]] == [SESSION] * (len(numbers) - 3)
    assert [verb_of(said) for said in probing.said[:7]] == [
        "negotiate", "setup", "anonymous", "tree", "pipe", "bind", "shares",
    ]  # fmt: skip


def test_at_most_ten_shares_are_tried() -> None:
    many = piped(listed(*[(f"s{number}", 0) for number in range(40)], resume=True))

    [reply], _ = ask(server([tree()], shares=many), "smb", SHARES)

    assert (reply.document["disks"], reply.document["tried"], reply.document["open"]) == (40, 10, 10)


@pytest.mark.parametrize("name", ["", "a\\b", "../a/b", "x" * 81, "a\x01b"])
def test_a_name_that_no_share_can_have_is_counted_and_not_said(name: str) -> None:
    [reply], _ = ask(server([tree()], shares=piped(listed((name, 0)))), "smb", SHARES)

    assert not can_be_named(name)
    assert (reply.document["shares"], reply.document["tried"]) == (1, 0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"setup": smb(bytes(8), status=DENIED)}, {"session": DENIED}),
        ({"anonymous": smb(bytes(8), status=DENIED)}, {"session": DENIED}),
        (
            {"anonymous": smb(struct.pack("<HHHH", 9, 1, 72, 0)), "pipe": smb(bytes(8), status=5)},
            {"guest": True, "list": 5},
        ),
        ({"bind": smb(bytes(8), status=DENIED)}, {"list": DENIED}),
        ({"shares": smb(bytes(8), status=DENIED)}, {"list": DENIED}),
        ({"shares": piped(listed(code=5))}, {"list": 5}),
        ({"shares": piped(pdu(struct.pack("<I", 0x1C010002), kind=3))}, {"list": 0x1C010002}),
        ({"shares": piped(listed())}, {"list": 0, "shares": 0, "disks": 0}),
        ({"shares": piped(pdu(struct.pack("<IIIIII", 1, 1, 0, 0, 0, 0)))}, {"list": 0, "shares": 0, "disks": 0}),
    ],
)
def test_a_refusal_on_the_way_is_a_number(said: dict[str, bytes], told: dict[str, Any]) -> None:
    [reply], _ = ask(server([tree()], **said), "smb", SHARES)

    pipe = {} if "session" in told else {"pipe": 0}
    assert (reply.ended, reply.document) == (Ending.COMPLETE, {**NOTHING, **pipe, **told})


@pytest.mark.parametrize("verb", ["negotiate", "setup", "pipe", "shares"])
def test_a_server_that_goes_away_is_told_so(verb: str) -> None:
    [reply], _ = ask(server([tree()], **{verb: None}), "smb", SHARES)

    assert (reply.ended, reply.document) == (Ending.CLOSED, None)


def test_a_server_that_says_more_than_was_asked_ends_the_talk() -> None:
    """The line is dropped then, and the rest of a talk means nothing on another one."""
    [reply], _ = ask(server([tree()], setup=GOOD["setup"] + b"more"), "smb", SHARES)

    assert reply.document is None


@pytest.mark.parametrize(
    "words",
    [
        listed(("a", 0))[:-1],
        pdu(b"", kind=2, flags=1),
        pdu(b"", kind=9),
        pdu(struct.pack("<III", 2, 2, 0)),
        pdu(struct.pack("<IIIIII", 1, 1, 4, 10_001, 4, 10_001)),
        pdu(struct.pack("<IIIIII", 1, 1, 4, 1, 4, 2)),
        pdu(struct.pack("<IIIIIIIII", 1, 1, 4, 1, 4, 1, 4, 0, 0) + struct.pack("<III", 0, 0, 1001)),
        pdu(struct.pack("<IIIIIIIII", 1, 1, 4, 1, 4, 1, 4, 0, 0) + struct.pack("<III", 0, 0, 900)),
        b"",
    ],
)
def test_a_list_that_lies_is_garbled(words: bytes) -> None:
    [reply], _ = ask(server([tree()], shares=piped(words)), "smb", SHARES)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_remarks_are_passed_over() -> None:
    row = struct.pack("<III", 0x20008, 0, 0x2000C)
    head = struct.pack("<IIIIII", 1, 1, 0x20000, 1, 0x20004, 1)
    words = pdu(head + row + ndr("backup") + ndr(CANARY) + struct.pack("<III", 1, 0, 0))

    code, shares = read_shares(words)

    assert (code, [(share.name, share.is_disk) for share in shares]) == (0, [("backup", True)])


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        struct.pack(">I", 64) + b"\xffSMB" + bytes(64),
        struct.pack(">I", 63) + b"\xfeSMB" + bytes(64),
        struct.pack(">I", 0xFFFFFF) + b"\xfeSMB" + bytes(64),
        smb(bytes(8), status=PENDING) * 20,
        smb(b""),
    ],
)
def test_what_is_no_answer_of_smb_2_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "smb", NEGOTIATE)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_an_answer_that_says_wait_is_waited_for() -> None:
    said = smb(bytes(9), status=PENDING) + smb(b"x" * 30, status=DENIED, tree=9, session=3)
    whole, pieces = SmbReader(), SmbReader()

    assert whole.feed(said)
    assert [pieces.feed(bytes((byte,))) for byte in said].count(True) == 1
    assert (pieces.status, pieces.tree, pieces.session, pieces.reusable) == (DENIED, 9, 3, True)


@given(st.binary(max_size=160), st.sampled_from([b"", smb(b"")[:30], GOOD["negotiate"], GOOD["shares"][:90]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    reader = SmbReader()
    with contextlib.suppress(Garbled):
        if reader.feed(start + data):
            for read in (read_negotiate, read_session_flags, read_rights, read_handle, read_piped):
                with contextlib.suppress(Garbled):
                    read(reader)


@given(st.binary(max_size=160), st.integers(0, 120))
def test_any_list_of_shares_is_read_or_garbled(data: bytes, cut: int) -> None:
    with contextlib.suppress(Garbled):
        read_shares(listed(("a", 0), ("b", 1))[:cut] + data)


def test_an_address_of_version_6_is_written_as_a_name() -> None:
    """A colon may not stand in a path, so Windows has a domain for it."""

    async def work() -> SmbSession:
        door = Door(gate=lambda _: None, rate=Rate(Limits(total=9, per_host=9)), recorder=None)
        endpoint = Endpoint(address="2001:db8::1", port=445)
        return SmbSession.on(
            SessionSetup(door=door, endpoint=endpoint, timeouts=Timeouts(), user_agent="x", token=token)
        )

    assert run(work()).host == "2001-db8--1.ipv6-literal.net"
    assert GATE.carries("tree", command("tree", Numbers(), path="\\\\2001-db8--1.ipv6-literal.net\\IPC$"))
