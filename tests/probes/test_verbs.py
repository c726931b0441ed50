"""Only read commands leave, and one place lets them out."""

from __future__ import annotations

import ast
import asyncio
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leakguard.probes
from leakguard.checks.protocols import PROTOCOLS
from leakguard.probes.protocols.ftp import gate as ftp
from leakguard.probes.protocols.git import gate as git
from leakguard.probes.protocols.http.client import http_command, question_command
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.protocols.mongodb import reader as mongo
from leakguard.probes.protocols.mqtt import gate as mqtt
from leakguard.probes.protocols.mysql import gate as mysql
from leakguard.probes.protocols.nats import gate as nats
from leakguard.probes.protocols.postgres.gate import CATALOGUE_SELECT, SSL_REQUEST, TERMINATE
from leakguard.probes.protocols.postgres.reader import query_message, startup_message
from leakguard.probes.protocols.redis.reader import resp_command
from leakguard.probes.protocols.rsync import gate as rsync
from leakguard.probes.protocols.svn import gate as svn
from leakguard.probes.protocols.zookeeper import gate as zookeeper
from leakguard.probes.wire.gates import GATES
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand
from support.each import for_each
from support.hostile import answers, http_answer, serving, silence
from support.probing import Probing, Question, run

pytestmark = pytest.mark.untraced

HTTP = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
COUNT = question_command("etcd_v3_count", {"host": "a"}).data
PASSWORD = b"p\x00\x00\x00\x08abc\x00"
MQTT_CONNECT = mqtt.connect(b"abcdef012")
CONSTANT = {"ftp": ftp.COMMANDS, "mqtt": mqtt.COMMANDS, "mysql": mysql.COMMANDS, "zookeeper": zookeeper.COMMANDS}
"""Protocols in which every command is the same to the byte."""


def good() -> list[tuple[str, str, bytes]]:
    admin = {"$db": "admin"}
    nobody = {"user": "leakguard-no-such-user", "database": "postgres"}
    return [
        ("http", "GET", HTTP),
        ("http", "HEAD", HTTP.replace(b"GET", b"HEAD")),
        *[("http", name, question_command(name, {"host": "a"}, "users").data) for name in sorted(QUESTIONS)],
        *[("redis", verb, resp_command(verb)) for verb in sorted(GATES["redis"].verbs)],
        ("redis", "INFO", resp_command("INFO", "keyspace")),
        ("memcached", "version", b"version\r\n"),
        ("memcached", "stats", b"stats\r\n"),
        *[("mongodb", verb, mongo.msg({verb: 1, **admin}, 1)) for verb in sorted(GATES["mongodb"].verbs)],
        *[("mongodb", verb, mongo.query({verb: 1, "$db": "shop"}, 1)) for verb in sorted(GATES["mongodb"].verbs)],
        ("postgres", "ssl_request", SSL_REQUEST),
        ("postgres", "terminate", TERMINATE),
        ("postgres", "startup", startup_message(nobody)),
        ("postgres", "query", query_message(CATALOGUE_SELECT)),
        *[(kind, verb, data) for kind, commands in CONSTANT.items() for verb, data in sorted(commands.items())],
        ("mqtt", "connect", MQTT_CONNECT),
        ("nats", "connect", nats.CONNECT),
        ("rsync", "list", rsync.LIST),
        ("rsync", "select", rsync.select("backup of 2026")),
        *[("svn", verb, data) for verb, data in sorted(svn.COMMANDS.items())],
        *[("svn", "choose", svn.choose(path)) for path in ("", "/shop", "/a/b.c")],
        ("git", "end", git.END),
        *[("git", "choose", git.choose(path)) for path in ("/", "/shop.git", "/a/b")],
    ]


@for_each(("kind", "verb", "data"), good())
def test_read_commands_can_be_made(kind: str, verb: str, data: bytes) -> None:
    assert ReadCommand(kind=kind, verb=verb, data=data).data == data


@for_each(("kind", "verb", "data"), good())
@for_each("more", [b"x", b"\r\n", PASSWORD, b"*1\r\n$8\r\nFLUSHALL\r\n", b"flush_all\r\n"])
def test_nothing_can_ride_behind_a_read_command(kind: str, verb: str, data: bytes, more: bytes) -> None:
    if verb == "startup":
        data = data[:8] + b"user\x00somebody\x00\x00"

    with pytest.raises(ForbiddenCommand):
        ReadCommand(kind=kind, verb=verb, data=data + more)


@for_each(
    ("kind", "verb", "data"),
    [
        ("http", "POST", HTTP.replace(b"GET", b"POST")),
        ("http", "DELETE", HTTP.replace(b"GET", b"DELETE")),
        ("http", "GET", HTTP.replace(b"GET", b"HEAD")),
        ("http", "GET", b"GET / HTTP/1.1\r\nhost: a\r\n\r\n\r\nbody"),
        ("http", "GET", b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n"),
        ("http", "etcd_v3_count", question_command("etcd_v3_status", {"host": "a"}).data),
        ("http", "etcd_v3_count", COUNT.replace(b"true", b"null")),
        ("http", "etcd_v3_count", COUNT.replace(b"/range", b"/txn00")),
        ("http", "etcd_v3_count", COUNT.replace(b"host: a\r\n", b"host: a\r\nauthorization: Basic eDp5\r\n")),
        ("http", "etcd_v3_count", COUNT.replace(b"host: a\r\n", b"host: a\r\ntransfer-encoding: chunked\r\n")),
        ("http", "etcd_v3_count", COUNT.replace(b"host: a\r\n", b"host: a\r\nnot a header\r\n")),
        ("http", "etcd_v3_count", COUNT.replace(b"content-length: 51", b"content-length: 5")),
        ("http", "webdav_root", question_command("webdav_folder", {"host": "a"}).data),
        ("redis", "FLUSHALL", resp_command("FLUSHALL")),
        ("redis", "KEYS", resp_command("KEYS", "a")),
        ("redis", "PING", resp_command("FLUSHALL")),
        ("redis", "INFO", resp_command("INFO", "UPPER")),
        ("memcached", "flush_all", b"flush_all\r\n"),
        ("memcached", "stats", b"stats reset\r\n"),
        ("memcached", "stats", b"stats cachedump 1 1\r\n"),
        ("mongodb", "find", mongo.msg({"find": "a", "$db": "admin"}, 1)),
        ("mongodb", "hello", mongo.msg({"drop": "a", "hello": 1, "$db": "admin"}, 1)),
        ("mongodb", "hello", b"short"),
        ("mongodb", "hello", struct.pack("<iiii", 20, 1, 0, 2013) + b"abcd"),
        ("mongodb", "hello", struct.pack("<iiii", 40, 1, 0, 2001) + b"a" * 24),
        ("mongodb", "hello", mongo.query({"hello": 1, "$db": "admin"}, 1).replace(b".$cmd", b".user")),
        ("postgres", "password", PASSWORD),
        ("postgres", "startup", startup_message({"user": "admin", "database": "postgres"})),
        ("postgres", "query", query_message("SELECT 1")),
        ("ftp", "user", b"USER admin\r\n"),
        ("ftp", "pass", b"PASS secret\r\n"),
        ("ftp", "list", b"LIST /backup\r\n"),
        ("ftp", "retr", b"RETR customers.csv\r\n"),
        ("mqtt", "counters", mqtt.COMMANDS["counters"].replace(b"$SYS/broker/version", b"#" * 19)),
        ("mqtt", "connect", MQTT_CONNECT.replace(b"leakguardprobe", b"someones-gauge")),
        ("mqtt", "connect", MQTT_CONNECT.replace(b"abc", b"#/+")),
        ("mqtt", "connect", MQTT_CONNECT.replace(b"MQTT\x04\x02", b"MQTT\x04\x06")),
        ("mqtt", "publish", b"\x30\x05\x00\x01axx"),
        ("mysql", "login", mysql.COMMANDS["login"].replace(b"leakguard-no-such-user", b"root" + b"x" * 18)),
        ("mysql", "login", mysql.COMMANDS["login"].replace(b"user\x00\x00", b"user\x00\x01")),
        ("mysql", "query", mysql.COMMANDS["query"].replace(b"SELECT", b"DELETE")),
        ("nats", "connect", nats.CONNECT.replace(b"PING", b"SUB > 1")),
        ("rsync", "select", rsync.select("#early_input=9")),
        ("rsync", "select", rsync.select("backup/2026")),
        ("rsync", "select", rsync.select("backup\n--server")),
        ("svn", "choose", svn.choose("/a/../b")),
        ("svn", "choose", svn.choose("/a b")),
        ("svn", "choose", svn.choose("/a") + svn.COMMANDS["latest"]),
        ("svn", "root", b"( get-dir ( 0: ( ) false true ( ) ) ) "),
        ("svn", "latest", b"( log ( ( 0: ) ( ) ( ) false false ) ) "),
        ("git", "choose", git.choose("/../etc")),
        ("git", "choose", git.choose("/a\x00b")),
        ("git", "choose", git.choose("/a").replace(b"upload-pack", b"upload-arch")),
        ("git", "end", b"0014command=ls-refs\n0000"),
        (
            "zookeeper",
            "children",
            zookeeper.COMMANDS["children"].replace(b"\x08\x00\x00\x00\x01/", b"\x02\x00\x00\x00\x01/"),
        ),
        ("zookeeper", "srvr", b"dump"),
        ("smtp", "HELO", b"HELO\r\n"),
    ],
)
def test_anything_else_cannot_be_made(kind: str, verb: str, data: bytes) -> None:
    with pytest.raises(ForbiddenCommand):
        ReadCommand(kind=kind, verb=verb, data=data)


@given(st.sampled_from(sorted(GATES)), st.text(max_size=12), st.binary(max_size=80))
def test_no_other_verb_passes(kind: str, verb: str, data: bytes) -> None:
    if verb not in GATES[kind].verbs:
        with pytest.raises(ForbiddenCommand):
            ReadCommand(kind=kind, verb=verb, data=data)


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(["range", "x-a"]), st.text(max_size=20), max_size=2))
def test_a_path_cannot_bring_a_second_request(path: str, headers: dict[str, str]) -> None:
    """Whatever a check file names becomes one request, or nothing at all."""
    try:
        command = http_command("GET", path, {"host": "a", **headers})
    except ForbiddenCommand:
        return

    assert command.data.count(b"\r\n\r\n") == 1
    assert command.data.endswith(b"\r\n\r\n")


@pytest.mark.enable_socket
def test_a_named_question_leaves_as_it_stands_in_the_table_and_is_told_by_its_method() -> None:
    async def work() -> None:
        probing = Probing()
        async with serving(answers({b"POST": http_answer(b'{"count": "7"}')})) as host:
            (reply,) = await probing.ask(host.endpoint(), "http", Question("etcd_v3_count", "/elsewhere"))

        assert (reply.method, reply.status, reply.body) == ("POST", 200, b'{"count": "7"}')
        head, _, body = probing.said[0].partition(b"\r\n\r\n")
        assert head.startswith(b"POST /v3/kv/range HTTP/1.1\r\n")
        assert b"content-length: 51" in head
        assert body == QUESTIONS["etcd_v3_count"].body

    run(work())


def test_a_password_message_fits_no_command() -> None:
    for kind, protocol in GATES.items():
        for verb in protocol.verbs:
            with pytest.raises(ForbiddenCommand):
                ReadCommand(kind=kind, verb=verb, data=PASSWORD)


def test_a_line_sends_read_commands_alone() -> None:
    with pytest.raises(ForbiddenCommand):
        Line("127.0.0.1", 1, None).send(b"FLUSHALL\r\n")  # type: ignore[arg-type]  # the point of the test


def test_one_place_in_the_room_writes() -> None:
    """Neither a second `write` nor any other way of sending exists; a caller may hand a line a read command."""
    root = Path(leakguard.probes.__file__).parent
    names = {"write", "writelines", "send", "sendall", "sendto", "sendmsg", "sendfile", "sock_sendall", "sock_sendto"}
    found = sorted(
        (path.name, node.func.attr)
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names
    )

    assert [each for each in found if not each[0].endswith("caller.py")] == [
        ("flights.py", "send"),
        ("line.py", "send"),
        ("line.py", "write"),
    ], "the sweep writes its questions itself, and they are read commands too"
    assert {name for file, name in found if file.endswith("caller.py")} == {"send"}


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("http", Question("POST", "/")),
        ("http", Question("GET", "/", headers={"Authorization": "Basic eDp5"})),
        ("redis", Question("CONFIG", "get")),
        ("memcached", Question("stats", "cachedump 1 1")),
        ("mongodb", Question("find", '{"filter": {}}')),
        ("mongodb", Question("listDatabases", "not json")),
        ("mongodb", Question("listDatabases", "[]")),
        ("postgres", Question("SELECT", "1")),
        ("ftp", Question("RETR", "customers.csv")),
        ("mqtt", Question("subscribe", "#")),
        ("mysql", Question("query", "SELECT 1")),
        ("nats", Question("subscribe", ">")),
        ("rsync", Question("unknown", "#early_input=9")),
        ("zookeeper", Question("getData", "/")),
        ("s3", Question("GET", "ours")),
        ("webroot", Question("GET", "/")),
        *[(kind, Question("DROP", "everything")) for kind in PROTOCOLS],
    ],
)
def test_a_session_refuses_what_is_not_a_read_command(kind: str, question: Question) -> None:
    async def work() -> list[bytes]:
        probing = Probing()
        async with serving(silence()) as host:
            with pytest.raises(ForbiddenCommand):
                await probing.ask(host.endpoint(), kind, question)
            await asyncio.sleep(0)
        return [said for said in probing.said if b"isMaster" not in said and b"hello" not in said]

    assert run(work()) == []
