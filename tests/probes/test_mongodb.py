"""MongoDB: the greeting chooses the messages, and sizes are added up without names."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.probes.protocols.mongodb.bson_write import write_document
from leakguard.probes.protocols.mongodb.sizes import DecodedAnswer, SizeSum
from support.hostile import Host, Script, read_some, serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

OP_MSG, OP_QUERY = 2013, 2004
CANARY = "canary-customer-database"
Answer = Callable[[str, int], dict[str, Any] | None]
"""The document for a command and its opcode; `None` closes the connection."""


def mongod(answer: Answer) -> Script:
    """A server that tells OP_MSG from OP_QUERY and answers in the form it was asked in."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            opcode = struct.unpack_from("<i", asked, 12)[0]
            start = 21 if opcode == OP_MSG else asked.index(b".$cmd\x00") + 14
            document = answer(asked[start + 5 :].split(b"\x00")[0].decode(), opcode)
            if document is None:
                return
            raw = write_document(document)
            msg = opcode == OP_MSG
            body = (b"\0" * 4 + b"\0" if msg else b"\0" * 16 + struct.pack("<i", 1)) + raw
            writer.write(struct.pack("<iiii", 16 + len(body), 9, 1, OP_MSG if msg else 1) + body)
            await writer.drain()

    return script


def ask(answer: Answer, *questions: Question) -> tuple[list[Reply], Probing]:
    async def work() -> tuple[list[Reply], Probing]:
        probing = Probing()
        async with serving(mongod(answer)) as host:
            return await probing.ask(host.endpoint(), "mongodb", *questions), probing

    return run(work())


def opcodes(probing: Probing) -> list[int]:
    return [struct.unpack_from("<i", said, 12)[0] for said in probing.said]


def test_a_new_server_is_asked_by_op_msg() -> None:
    table: dict[str, dict[str, Any]] = {
        "isMaster": {"maxWireVersion": 21, "ok": 1.0},
        "listDatabases": {"databases": [], "ok": 1.0},
    }

    replies, probing = ask(lambda name, _: table[name], Question("hello"), Question("listDatabases"))

    assert opcodes(probing) == [OP_QUERY, OP_MSG]
    assert [reply.document for reply in replies] == list(table.values())


def test_an_old_server_is_asked_by_op_query() -> None:
    """MongoDB 3.4 has wire version 5 and knows no OP_MSG."""
    table: dict[str, dict[str, Any]] = {
        "isMaster": {"maxWireVersion": 5, "ok": 1.0},
        "listDatabases": {
            "databases": [{"name": CANARY, "sizeOnDisk": 83886080.0}],
            "totalSize": 83886080.0,
            "ok": 1.0,
        },
        "dbStats": {"objects": 41000.0, "collections": 3, "ok": 1.0},
    }

    replies, probing = ask(lambda name, _: table[name], Question("listDatabases"), Question("sizes"))

    assert set(opcodes(probing)) == {OP_QUERY}
    assert replies[0].document["totalSize"] == 83886080.0
    assert replies[1].document["objects"] == 41000


def test_a_server_that_refuses_op_query_is_greeted_by_op_msg() -> None:
    table: dict[str, dict[str, Any]] = {
        "hello": {"maxWireVersion": 25, "ok": 1.0},
        "listDatabases": {"databases": [], "ok": 1.0},
    }

    replies, probing = ask(
        lambda name, opcode: table[name] if opcode == OP_MSG else None, Question("hello"), Question("listDatabases")
    )

    assert [reply.ended for reply in replies] == [Ending.COMPLETE] * 2
    assert opcodes(probing)[-1] == OP_MSG


def test_sizes_are_summed_over_databases_without_their_names() -> None:
    databases = [{"name": f"{CANARY}-{number}", "sizeOnDisk": 5_000_000_000} for number in range(3)]
    table: dict[str, dict[str, Any]] = {
        "isMaster": {"maxWireVersion": 21, "ok": 1},
        "listDatabases": {"databases": [*databases, {"name": "admin"}, "odd"], "totalSize": 15_000_000_000, "ok": 1},
        "dbStats": {"objects": 3_000_000_000, "collections": 4, "ok": 1},
    }

    replies, _ = ask(lambda name, _: table[name], Question("sizes"))

    [reply] = replies
    assert reply.document["databases"] == 3
    assert (reply.document["bytes"], reply.document["objects"]) == (15_000_000_000, 9_000_000_000)
    assert (reply.document["collections"], reply.document["complete"]) == (12, True)
    assert [inner["what"] for inner in reply.document["requests"]] == ["", "database 1", "database 2", "database 3"]
    assert CANARY not in repr(reply.document)


def test_a_server_without_a_database_of_its_own_holds_nothing() -> None:
    table: dict[str, dict[str, Any]] = {
        "isMaster": {"maxWireVersion": 21, "ok": 1},
        "listDatabases": {"databases": [{"name": "admin"}, {"name": "local"}], "totalSize": 81920, "ok": 1},
    }

    [reply], _ = ask(lambda name, _: table[name], Question("sizes"))

    assert [reply.document[name] for name in ("databases", "objects", "collections", "complete")] == [0, 0, 0, True]


def test_sizes_stop_at_twenty_databases_and_say_so() -> None:
    table: dict[str, dict[str, Any]] = {
        "isMaster": {"maxWireVersion": 21, "ok": 1},
        "listDatabases": {"databases": [{"name": f"d{number}"} for number in range(30)], "ok": 1},
        "dbStats": {"objects": 1, "collections": 1, "ok": 1},
    }

    replies, probing = ask(lambda name, _: table[name], Question("sizes"))

    document = replies[0].document
    assert (document["databases"], document["objects"], document["complete"]) == (30, 20, False)
    assert len(probing.said) == 22


def test_sizes_of_a_protected_server_are_unknown() -> None:
    refusal = {"ok": 0.0, "errmsg": CANARY, "code": 13, "codeName": "Unauthorized"}
    table: dict[str, dict[str, Any]] = {"isMaster": {"maxWireVersion": 21, "ok": 1}, "listDatabases": refusal}

    replies, _ = ask(lambda name, _: table[name], Question("sizes"))

    document = replies[0].document
    assert [document[name] for name in ("databases", "bytes", "objects", "complete")] == [None, None, None, False]


@pytest.mark.parametrize(
    "stats", [{"ok": 0.0, "code": 13}, {"objects": -1, "collections": True}, {"objects": float("nan")}]
)
def test_databases_that_do_not_tell_their_size_leave_it_unknown(stats: dict[str, Any]) -> None:
    table: dict[str, dict[str, Any]] = {
        "isMaster": {"maxWireVersion": 21, "ok": 1},
        "listDatabases": {"databases": [{"name": "shop"}], "totalSize": 5, "ok": 1},
        "dbStats": stats,
    }

    replies, _ = ask(lambda name, _: table[name], Question("sizes"))

    document = replies[0].document
    assert (document["objects"], document["collections"], document["complete"]) == (None, None, False)


def test_a_server_that_goes_away_during_sizes_is_told_so() -> None:
    greeting: dict[str, Any] = {"maxWireVersion": 21, "ok": 1}

    replies, _ = ask(lambda name, _: greeting if name == "isMaster" else None, Question("sizes"), Question("buildInfo"))

    assert [reply.ended for reply in replies] == [Ending.CLOSED] * 2


def test_arguments_travel_in_the_command() -> None:
    table: dict[str, dict[str, Any]] = {"isMaster": {"maxWireVersion": 21}, "listDatabases": {"ok": 1}}

    _, probing = ask(lambda name, _: table[name], Question("listDatabases", '{"nameOnly": true, "$db": "admin"}'))

    assert b"nameOnly\x00\x01" in probing.said[-1]


@pytest.mark.parametrize("name", ["a.$cmd\x00b", "a b", "x" * 64, "é" * 32, ".", "a/b", '"', "\ud800"])
def test_a_name_that_no_database_can_have_is_counted_and_not_asked_about(name: str) -> None:
    """It would be put into a command of ours, whose bytes the host would then have chosen."""
    listed = DecodedAnswer(ended=Ending.COMPLETE, document={"databases": [{"name": name}, {"name": "mail"}]})

    total = SizeSum(listed)

    assert total.askable == ["mail"]
    assert total.document()["databases"] == 2
