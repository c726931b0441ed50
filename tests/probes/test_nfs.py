"""NFS: how many folders are offered, and how many to everybody; nothing is mounted and no folder's name leaves."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import OutOfScope
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.nfs.gate import COMMANDS, GATE, NUMBER
from leakguard.probes.protocols.nfs.reader import RpcReader, read_exports
from support.hostile import Script, says, serving
from support.probing import Probing, Question, run
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

EXPORTS = Question("exports")
PORT, LIST = COMMANDS["port"], COMMANDS["exports"]
CANARY = b"/home/Invented-Person-4711"
NOTHING: dict[str, Any] = {"mapper": False, "service": True, "code": None, "exports": None, "everybody": None}


def answer(result: bytes = b"", *, code: int = 0, accepted: int = 0, verifier: bytes = b"") -> bytes:
    head = struct.pack(">III", NUMBER, 1, accepted) + struct.pack(">II", 0, len(verifier)) + verifier
    body = head + struct.pack(">I", code) + result
    return struct.pack(">I", 0x80000000 | len(body)) + body


def text(words: bytes) -> bytes:
    return struct.pack(">I", len(words)) + words + bytes(-len(words) % 4)


def folders(*groups: list[bytes]) -> bytes:
    """A folder for each list of those who may mount it."""
    more = b"\0\0\0\1"
    each = [more + text(CANARY) + b"".join(more + text(name) for name in names) + bytes(4) for names in groups]
    return b"".join(each) + bytes(4)


def ask_mapper(service: Script, *, gate_at: int | None = None) -> tuple[Reply, Probing]:
    """A port mapper that names the port of `service`; the gate closes at the connection of the number `gate_at`."""

    async def work() -> tuple[Reply, Probing]:
        asked: list[Endpoint] = []

        def gate(endpoint: Endpoint) -> None:
            asked.append(endpoint)
            if len(asked) == gate_at:
                raise OutOfScope("127.0.0.1", next_step="Ask.")

        probing = Probing(gate=gate)
        async with serving(service) as mount:
            mapper = talks({PORT: answer(struct.pack(">I", mount.port))})
            async with serving(mapper) as host:
                [reply] = await probing.ask(host.endpoint(), "nfs", EXPORTS)
        return reply, probing

    return run(work())


def test_a_real_server_offers_a_folder_to_everybody() -> None:
    said = recorded("nfs-ganesha-4.3-open")

    reply, probing = ask_mapper(talks({LIST: said["exports"]}))

    assert reply.document == {"mapper": True, "service": True, "code": 0, "exports": 1, "everybody": 1}
    assert b"canary" not in repr(reply).encode()
    assert (probing.connects, probing.said) == (2, [PORT, LIST])


def test_the_mount_service_may_be_asked_at_its_own_port() -> None:
    """It says that it is no port mapper, and is asked on the same line."""
    said = recorded("nfs-ganesha-4.3-open")

    [reply], probing = ask(talks({PORT: said["other"], LIST: said["exports"]}), "nfs", EXPORTS)

    assert reply.document == {**NOTHING, "code": 0, "exports": 1, "everybody": 1}
    assert probing.connects == 1


def test_a_folder_for_named_hosts_is_not_for_everybody() -> None:
    groups = [[b"192.0.2.1", b"@staff"], [b"*"], [], [b"192.0.2.0/24", b"0.0.0.0/0"]]

    reply, _ = ask_mapper(talks({LIST: answer(folders(*groups))}))

    assert (reply.document["exports"], reply.document["everybody"]) == (4, 3)
    assert CANARY not in repr(reply).encode()


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_mapper_without_a_mount_service_says_so(port: int) -> None:
    [reply], probing = ask(talks({PORT: answer(struct.pack(">I", port))}), "nfs", EXPORTS)

    assert reply.document == {**NOTHING, "mapper": True, "service": False}
    assert probing.connects == 1


@pytest.mark.parametrize("port", [22, 25, 599])
def test_a_port_of_another_service_is_not_followed(port: int) -> None:
    """Nothing is known of the mount service then, which is not the same as none."""
    [reply], probing = ask(talks({PORT: answer(struct.pack(">I", port))}), "nfs", EXPORTS)

    assert reply.document == {**NOTHING, "mapper": True}
    assert probing.connects == 1


@pytest.mark.parametrize("port", [600, 635, 892])
def test_a_port_where_mount_services_wait_is_followed(port: int) -> None:
    [reply], probing = ask(talks({PORT: answer(struct.pack(">I", port))}), "nfs", EXPORTS)

    assert reply.document == {**NOTHING, "mapper": True}
    assert probing.sent[-1].port == port


def test_the_gate_is_asked_about_the_second_line_too() -> None:
    reply, probing = ask_mapper(talks({LIST: answer(folders([]))}), gate_at=2)

    assert reply.document == {**NOTHING, "mapper": True}
    assert probing.connects == 1


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(code=1), 1),
        (answer(code=5), 5),
        (answer(accepted=1), -1),
        (answer(folders([]), verifier=b"12345678"), 0),
        (None, None),
    ],
)
def test_why_there_is_no_list_is_a_number(said: bytes | None, code: int | None) -> None:
    reply, _ = ask_mapper(talks({LIST: said}))

    assert (reply.ended, reply.document["code"]) == (Ending.COMPLETE, code)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46\x00",
        struct.pack(">II", 0x80000003, NUMBER),
        struct.pack(">II", 0x7FFFFFFF, NUMBER),
        struct.pack(">III", 0x80000008, NUMBER, 0),
        answer(),
        answer(verifier=b"x" * 1028),
    ],
)
def test_what_is_no_answer_of_a_port_mapper_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "nfs", EXPORTS)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


@pytest.mark.parametrize(
    "result",
    [
        b"\0\0\0\1" + text(b"x" * 1025),
        b"\0\0\0\1" + text(CANARY) + b"\0\0\0\1" + text(b"x" * 1025),
        folders([])[:-4],
        folders(*[[]] * 10_001),
        folders([b"a"] * 10_001),
    ],
)
def test_a_list_that_lies_is_garbled(result: bytes) -> None:
    with pytest.raises(Garbled):
        read_exports(Cursor(result))


def test_an_answer_in_fragments_and_single_bytes_is_the_same_answer() -> None:
    whole = answer(folders([], [b"*"]))[4:]
    said = struct.pack(">I", 20) + whole[:20] + struct.pack(">I", 0x80000000 | len(whole[20:])) + whole[20:]
    reader = RpcReader(NUMBER)

    assert [reader.feed(bytes((byte,))) for byte in said].count(True) == 1
    code, cursor = reader.result()
    assert (code, read_exports(cursor).exports, reader.reusable) == (0, 2, True)


def test_fragments_without_an_end_are_garbled() -> None:
    """An empty fragment costs four bytes and says nothing."""
    reader = RpcReader(NUMBER)

    with pytest.raises(Garbled):
        reader.feed(struct.pack(">II", 4, NUMBER) + bytes(4 * 1001))


@given(st.binary(max_size=160), st.sampled_from([b"", answer()[:20], answer(folders([b"a"]))[:60]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    reader = RpcReader(NUMBER)
    with contextlib.suppress(Garbled):
        if reader.feed(start + data):
            read_exports(reader.result()[1])


@pytest.mark.parametrize("verb", sorted(COMMANDS))
def test_only_two_calls_can_be_made_and_none_with_a_credential(verb: str) -> None:
    """The credential and the verifier are the flavour "none" with no bytes, twice (RFC 5531, 8.2)."""
    data = COMMANDS[verb]

    assert data[28:44] == bytes(16)
    assert [other for other in COMMANDS if GATE.carries(other, data)] == [verb]
    assert not GATE.carries(verb, data[:-1] + b"\x01")


def test_a_mount_cannot_be_asked_for() -> None:
    mount = LIST[:24] + struct.pack(">I", 1) + LIST[28:]

    assert not any(GATE.carries(verb, mount) for verb in COMMANDS)
