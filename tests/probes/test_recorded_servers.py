"""Sessions against answers of real servers: Redis 7.0.15, Memcached 1.6.18, PostgreSQL 15.18, FerretDB 1.24.2."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from support.hostile import Script, answers, says, serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

FOLDER = Path(__file__).parent / "recorded"


def recorded(name: str) -> dict[str, bytes]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["request"]: base64.b64decode(row["response_b64"]) for row in map(json.loads, lines)}


def ask(script: Script, kind: str, *questions: Question) -> list[Reply]:
    async def work() -> list[Reply]:
        async with serving(script) as host:
            return await Probing().ask(host.endpoint(), kind, *questions)

    replies = run(work())

    assert all(reply.ended is Ending.COMPLETE for reply in replies)
    return replies


def redis(name: str) -> Script:
    said = recorded(name)
    table = {b"PING": said["PING"], b"server": said["INFO server"], b"DBSIZE": said["DBSIZE"]}
    return answers({**table, b"keyspace": said["INFO keyspace"]})


REDIS = [Question("PING"), Question("INFO", "server"), Question("INFO", "keyspace"), Question("DBSIZE")]


def test_an_open_redis_tells_its_version_and_counts() -> None:
    ping, server, keyspace, size = ask(redis("redis-7.0.15-open"), "redis", *REDIS)

    assert ping.document == {"reply": "PONG"}
    assert server.document["info"]["redis_version"] == "7.0.15"
    assert keyspace.document["databases"] == {"db0": {"keys": 2}}
    assert keyspace.document["keys"] == size.document["keys"] == 2


def test_a_protected_redis_tells_one_word() -> None:
    replies = ask(redis("redis-7.0.15-protected"), "redis", *REDIS)

    assert [reply.document for reply in replies] == [{"error": "NOAUTH", "text": ""}] * 4


def memcached(name: str) -> Script:
    said = recorded(name)
    return answers({b"version": said["version"], b"stats": said["stats"]})


MEMCACHED = [Question("version"), Question("stats")]


def test_an_open_memcached_tells_its_statistics() -> None:
    version, stats = ask(memcached("memcached-1.6.18-open"), "memcached", *MEMCACHED)

    assert version.document == {"version": "1.6.18"}
    assert int(stats.document["stats"]["curr_items"]) >= 0
    assert int(stats.document["stats"]["bytes"]) >= 0


def test_a_protected_memcached_asks_for_a_login() -> None:
    replies = ask(memcached("memcached-1.6.18-protected"), "memcached", *MEMCACHED)

    assert [reply.document for reply in replies] == [
        {"error": "CLIENT_ERROR", "needs_login": True, "is_full": False}
    ] * 2


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("postgresql-15.18-open", {"auth": 0, "sqlstate": "28000", "refused": True, "ssl": False}),
        ("postgresql-15.18-protected", {"auth": 10, "sqlstate": None, "refused": False, "ssl": False}),
    ],
)
def test_trust_is_told_from_a_demand_for_a_password(name: str, document: dict[str, Any]) -> None:
    said = recorded(name)
    script = says(said["SSLRequest"], said["Startup user=nobody-here database=postgres"], then="stay")

    [reply] = ask(script, "postgres", Question("startup"))

    assert reply.document == document


def ferretdb(name: str) -> Script:
    said = recorded(name)
    table = {b"isMaster": said["OP_QUERY isMaster"], b"buildInfo": said['{"buildInfo": 1, "$db": "admin"}']}
    return answers({**table, b"listDatabases": said['{"listDatabases": 1, "$db": "admin"}']})


FERRETDB = [Question("hello"), Question("buildInfo"), Question("listDatabases")]


def test_an_open_ferretdb_lists_its_databases() -> None:
    hello, build, listed = ask(ferretdb("ferretdb-1.24.2-open"), "mongodb", *FERRETDB)

    assert hello.document["maxWireVersion"] == 21
    assert hello.document["localTime"] == {"$type": 9}
    assert build.document["version"] == "7.0.42"
    assert listed.document["databases"] == [{"name": "shop", "sizeOnDisk": 24576, "empty": False}]
    assert (listed.document["totalSize"], listed.document["ok"]) == (24576, 1.0)


def test_a_protected_ferretdb_greets_but_lists_nothing() -> None:
    hello, _, listed = ask(ferretdb("ferretdb-1.24.2-protected"), "mongodb", *FERRETDB)

    assert hello.document["ok"] == 1.0
    assert (listed.document["code"], listed.document["codeName"]) == (13, "Unauthorized")
