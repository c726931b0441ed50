"""The recogniser of read commands must itself refuse what writes, or the recorder proves nothing."""

from __future__ import annotations

import struct

import pytest

from lab.clients import mongo
from lab.said import only_read

pytestmark = pytest.mark.untraced


def op_msg(document: dict[str, object]) -> bytes:
    body = struct.pack("<iB", 0, 0) + mongo.encode(document)
    return struct.pack("<iiii", len(body) + 16, 1, 0, mongo.OP_MSG) + body


def startup(user: bytes) -> bytes:
    words = b"user\0" + user + b"\0database\0postgres\0\0"
    return struct.pack(">ii", len(words) + 8, 196608) + words


def query(text: bytes, kind: bytes = b"Q") -> bytes:
    return kind + struct.pack(">i", len(text) + 5) + text + b"\0"


def post(path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: a", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def counted(data: bytes, form: str = ">i") -> bytes:
    return struct.pack(form, len(data)) + data


def mysql_login(user: bytes, answer: bytes = b"") -> bytes:
    payload = struct.pack("<IIB23x", 0x88205, 1 << 20, 33) + user + b"\0" + counted(answer, "B")
    return struct.pack("<I", len(payload) | 1 << 24) + payload


def mysql_query(text: bytes) -> bytes:
    return struct.pack("<I", len(text) + 1) + b"\3" + text


def clickhouse(user: bytes, text: bytes) -> bytes:
    words = [b"lab", b"", user, b""]
    hello = b"\0" + counted(words[0], "B") + b"\1\0\x90\xa6\x03" + b"".join(counted(word, "B") for word in words[1:])
    client = b"\1\0\0\0\1\0\0\0\1\0\x90\xa6\x03"
    return hello + b"\1\0" + client + b"\0\2\0" + counted(text, "B") + b"\2\0\1\0\2\xff\xff\xff\xff\0\0\0"


def cql(opcode: int, body: bytes = b"") -> bytes:
    return struct.pack(">BBhBI", 4, 0, 1, opcode, len(body)) + body


def mqtt(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body)]) + body


def mqtt_greeting(flags: int) -> bytes:
    return mqtt(0x10, counted(b"MQTT", ">H") + struct.pack(">BBH", 4, flags, 60) + counted(b"lab", ">H"))


def kafka(kind: int, version: int, body: bytes = b"\xff\xff\xff\xff") -> bytes:
    return counted(struct.pack(">hhi", kind, version, 1) + counted(b"lab", ">h") + body)


def zookeeper(kind: int, watch: int = 0) -> bytes:
    greeting = struct.pack(">iqiq", 0, 0, 4000, 0) + counted(bytes(16)) + b"\0"
    return counted(greeting) + counted(struct.pack(">ii", 1, kind) + counted(b"/") + bytes([watch]))


def ber(tag: int, *parts: bytes) -> bytes:
    return bytes([tag]) + counted(b"".join(parts), "B")


def ldap_bind(name: bytes, password: bytes) -> bytes:
    return ber(0x30, ber(2, b"\1"), ber(0x60, ber(2, b"\3"), ber(4, name), ber(0x80, password)))


def ldap_search(base: bytes, scope: bytes, attribute: bytes) -> bytes:
    limits = [ber(10, b"\0"), ber(2, b"\1"), ber(2, b"\5"), ber(1, b"\0"), ber(0x87, b"objectClass")]
    return ber(0x30, ber(2, b"\2"), ber(0x63, ber(4, base), ber(10, scope), *limits, ber(0x30, ber(4, attribute))))


def smb(command: int, body: bytes = b"") -> bytes:
    return counted(b"\xfeSMB" + bytes(8) + struct.pack("<H", command) + bytes(50) + body, ">I")


def smb_open(name: str, disposition: int = 1) -> bytes:
    named = name.encode("utf-16le")
    return smb(5, bytes(36) + struct.pack("<II", disposition, 0) + struct.pack("<HH8x", 64 + 56, len(named)) + named)


def smb_login(kind: int, answer: int = 0, user: int = 0) -> bytes:
    return smb(1, b"NTLMSSP\0" + struct.pack("<I8xH14xH14x", kind, answer, user))


def smb_pipe(kind: int, operation: int) -> bytes:
    return smb(11, struct.pack("<HHI48x", 57, 0, 0x11C017) + bytes([5, 0, kind]) + struct.pack("<19xHH", operation, 0))


def aerospike(words: bytes, kind: int = 1) -> bytes:
    return struct.pack(">Q", 2 << 56 | kind << 48 | len(words)) + words


def nbd(option: int) -> bytes:
    return b"IHAVEOPT" + struct.pack(">II", option, 0)


def rpc(program: int, version: int, procedure: int, credential: int = 0) -> bytes:
    call = struct.pack(">10I", 1, 0, 2, program, version, procedure, credential, 0, 0, 0)
    return struct.pack(">I", 1 << 31 | len(call)) + call


def iscsi(kind: int, words: bytes) -> bytes:
    return struct.pack(">BBHI40x", kind, 0x87, 0, len(words)) + words + bytes(-len(words) % 4)


def modbus(body: bytes) -> bytes:
    return struct.pack(">HHHB", 1, 0, len(body) + 1, 255) + body


def rtsp(method: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} rtsp://localhost/a RTSP/1.0", "CSeq: 1", *lines, "", ""]).encode()


def opcua(kind: bytes, number: int) -> bytes:
    policy = counted(b"#None", "<I") + bytes(8) + bytes(8) if kind == b"OPN" else bytes(12)
    body = bytes(4) + policy + b"\1\0" + struct.pack("<H", number) + bytes(30)
    return kind + b"F" + struct.pack("<I", len(body) + 8) + body


def dicom(kind: int, inner: int = 0x51) -> bytes:
    if kind != 1:
        return struct.pack(">BBII", kind, 0, 4, 0)
    user = struct.pack(">BBHBBHI", 0x50, 0, 8, inner, 0, 4, 0)
    return struct.pack(">BBI", kind, 0, 68 + len(user)) + bytes(68) + user


def openwire(kind: int, body: bytes = b"") -> bytes:
    return counted(b"\1ActiveMQ" + bytes(13), ">I") + counted(struct.pack(">BIB", kind, 1, 1) + body, ">I")


CLIENT = b"\1\x78" + (b"\1" + counted(b"lab", ">H")) * 2
COUNT_KEYS = b'{"key": "AA==", "range_end": "AA==", "count_only": true}'
COUNT_NODES = b'{"statements": [{"statement": "MATCH (n) RETURN count(n)"}]}'
NOBODY = b"leakguard-no-such-user"
ANONYMOUS = ldap_bind(b"", b"")
READS = {
    "a GET": b"GET /_cat/indices HTTP/1.1\r\nHost: a\r\n\r\n",
    "two requests on one connection": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n",
    "INFO with a section": b"*2\r\n$4\r\nINFO\r\n$8\r\nkeyspace\r\n",
    "PING": b"*1\r\n$4\r\nPING\r\n",
    "stats": b"version\r\nstats\r\n",
    "listDatabases": op_msg({"listDatabases": 1, "$db": "admin"}),
    "a greeting and a catalogue query": startup(b"postgres") + query(b"SELECT count(*) FROM pg_catalog.pg_database"),
    "an offer of TLS": struct.pack(">ii", 8, 80877103),
    "a count of keys": post("/v3/kv/range", COUNT_KEYS),
    "a count of nodes": post("/db/neo4j/tx/commit", COUNT_NODES, "access-mode: READ"),
    "a list in the address": b"GET /query?q=SHOW%20DATABASES HTTP/1.1\r\nHost: a\r\n\r\n",
    "a question for rights": b"GET /storage/v1/b/a/iam/testPermissions?permissions=storage.objects.delete HTTP/1.1\r\n"
    b"Host: a\r\n\r\n",
    "one folder": b"PROPFIND / HTTP/1.1\r\nHost: a\r\nDepth: 1\r\n\r\n",
    "nobody's login and the sizes": mysql_login(NOBODY)
    + mysql_query(b"SELECT COUNT(*) FROM information_schema.TABLES"),
    "the default user and the sizes": clickhouse(b"default", b"SELECT count() FROM system.tables"),
    "CQL's options": cql(5) + cql(1, b"\0\0") + cql(7, counted(b"SELECT release_version FROM system.local")),
    "a broker's counters": mqtt_greeting(2) + mqtt(0x82, b"\0\1" + counted(b"$SYS/broker/version", ">H") + b"\0"),
    "Kafka's topics": kafka(18, 0, b"") + kafka(3, 2) + kafka(17, 1, counted(b"NONE", ">h")),
    "a four-letter word": b"srvr",
    "a session that lists": zookeeper(8) + counted(struct.pack(">ii", 2, -11)),
    "a directory's own entry": ANONYMOUS
    + ldap_search(b"", b"\0", b"namingContexts")
    + ber(0x30, ber(2, b"\3"), b"B\0"),
    "a search for nothing": ANONYMOUS + ldap_search(b"dc=org", b"\2", b"1.1"),
    "the list of shares": smb(0)
    + smb_login(1)
    + smb_login(3)
    + smb(3)
    + smb_open("srvsvc")
    + smb_pipe(11, 0)
    + smb_pipe(0, 15),
    "Aerospike's namespaces": aerospike(b"build\nnamespaces\n") + aerospike(b"namespace/shop\n"),
    "exports of disks": b"\0\0\0\1" + nbd(3) + nbd(2),
    "exports of folders": rpc(100_000, 2, 3),
    "who made a device": modbus(b"\x2b\x0e\1\0"),
    "endpoints of a device": opcua(b"HEL", 0) + opcua(b"OPN", 446) + opcua(b"MSG", 428) + opcua(b"CLO", 452),
    "a stream described": rtsp("DESCRIBE", "Accept: application/sdp", "User-Agent: a"),
    "an association": dicom(1) + dicom(5),
    "targets": iscsi(0x43, b"SessionType=Discovery\0") + iscsi(0x44, b"SendTargets=All\0"),
    "a nameless connection": openwire(3, CLIENT + bytes(5)),
    "a greeting to NATS": b'CONNECT {"verbose":false}\r\nPING\r\n',
    "a module": b"@RSYNCD: 31.0\nbackup\n",
    "all modules": b"@RSYNCD: 31.0\n#list\n",
    "an offer of TLS that is refused": b"AUTH TLS\r\nUSER anonymous\r\nPASS lab@example.org\r\nQUIT\r\n",
    "an anonymous listing": b"USER anonymous\r\nPASS lab@example.org\r\nPASV\r\nLIST\r\nQUIT\r\n",
}
WRITES = {
    "DELETE": b"DELETE /customers HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST behind a GET": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /a HTTP/1.1\r\nHost: a\r\n\r\n",
    "a GET with a login": b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n",
    "a GET with a body": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
    "FLUSHALL": b"*1\r\n$8\r\nFLUSHALL\r\n",
    "CONFIG SET": b"*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$3\r\ndir\r\n$1\r\n/\r\n",
    "AUTH": b"*2\r\n$4\r\nAUTH\r\n$1\r\na\r\n",
    "SCAN": b"*2\r\n$4\r\nSCAN\r\n$1\r\n0\r\n",
    "flush_all": b"flush_all\r\n",
    "a metadump": b"lru_crawler metadump all\r\n",
    "find": op_msg({"find": "customers", "$db": "shop"}),
    "insert behind hello": op_msg({"hello": 1, "$db": "admin"}) + op_msg({"insert": "customers", "$db": "shop"}),
    "a broken message": op_msg({"hello": 1, "$db": "admin"})[:-1],
    "a greeting as a person": startup(b"alice"),
    "a password": startup(b"postgres") + query(b"lab-secret", kind=b"p"),
    "DROP": startup(b"postgres") + query(b"DROP TABLE customers"),
    "a table's rows": startup(b"postgres") + query(b"SELECT * FROM customers"),
    "two statements": startup(b"postgres") + query(b"SELECT 1 FROM pg_class; DROP TABLE customers"),
    "noise": b"\x00\x01\x02",
    "a list of keys": post("/v3/kv/range", COUNT_KEYS.replace(b"true", b"false")),
    "a new key": post("/v3/kv/put", COUNT_KEYS),
    "a count of nodes that may write": post("/db/neo4j/tx/commit", COUNT_NODES),
    "another statement": post("/db/neo4j/tx/commit", COUNT_NODES.replace(b"count(n)", b"n"), "access-mode: READ"),
    "a POST that is no JSON": post("/v3/kv/range", b"{"),
    "a POST cut short": post("/v3/kv/range", COUNT_KEYS)[:-1],
    "DROP in the address": b"GET /query?q=DROP%20DATABASE%20a HTTP/1.1\r\nHost: a\r\n\r\n",
    "a folder made": b"GET /webhdfs/v1/a?op=MKDIRS HTTP/1.1\r\nHost: a\r\n\r\n",
    "all folders": b"PROPFIND / HTTP/1.1\r\nHost: a\r\nDepth: infinity\r\n\r\n",
    "a login as root": mysql_login(b"root"),
    "a login with an answer": mysql_login(NOBODY, b"secret"),
    "MySQL's rows": mysql_login(NOBODY) + mysql_query(b"SELECT * FROM shop.customers"),
    "MySQL's rows beside the catalogue": mysql_login(NOBODY)
    + mysql_query(b"SELECT 1 INTO OUTFILE 'a' FROM information_schema.TABLES"),
    "a named user": clickhouse(b"alice", b"SELECT count() FROM system.tables"),
    "ClickHouse's rows": clickhouse(b"default", b"SELECT * FROM customers"),
    "CQL's rows": cql(5) + cql(7, counted(b"SELECT name FROM shop.customers")),
    "CQL's login": cql(15, b"\0\0\0\0"),
    "everybody's messages": mqtt_greeting(2) + mqtt(0x82, b"\0\1" + counted(b"#", ">H") + b"\0"),
    "a message published": mqtt_greeting(2) + mqtt(0x30, counted(b"a", ">H") + b"b"),
    "a name for the broker": mqtt_greeting(0x82),
    "a topic made by asking": kafka(3, 4),
    "a message produced": kafka(0, 3),
    "Kafka's login": kafka(17, 1, counted(b"PLAIN", ">h")),
    "a node made": zookeeper(1),
    "a node's data": zookeeper(4),
    "a watch": zookeeper(8, watch=1),
    "a bind by name": ldap_bind(b"cn=admin", b"secret"),
    "people's mail": ANONYMOUS + ldap_search(b"dc=org", b"\2", b"mail"),
    "an entry changed": ANONYMOUS + ber(0x30, ber(2, b"\2"), ber(0x66, ber(4, b"dc=org"))),
    "a file opened": smb(0) + smb_open("customers.csv"),
    "a pipe made": smb(0) + smb_open("srvsvc", disposition=2),
    "a file read": smb(0) + smb(8),
    "a user's session": smb_login(3, answer=24, user=6),
    "a share added": smb_pipe(0, 14),
    "Aerospike's records": aerospike(b"build\n", kind=3),
    "Aerospike's settings": aerospike(b"set-config:context=service\n"),
    "a register read": modbus(b"\3\0\0\0\1"),
    "a session with a device": opcua(b"HEL", 0) + opcua(b"OPN", 446) + opcua(b"MSG", 461),
    "a node of a device read": opcua(b"OPN", 446) + opcua(b"MSG", 631),
    "a stream set up": rtsp("SETUP", "Transport: RTP/AVP/TCP"),
    "a login to a camera": rtsp("DESCRIBE", "Accept: application/sdp", "Authorization: Basic eA=="),
    "a query for patients": dicom(1) + dicom(4),
    "a name for a node": dicom(1, 0x58),
    "a disk entered": b"\0\0\0\1" + nbd(7),
    "a folder mounted": rpc(100_005, 3, 1),
    "a call with a credential": rpc(100_000, 2, 3, credential=1),
    "blocks read": iscsi(0x43, b"SessionType=Normal\0") + iscsi(0x01, b""),
    "a secret for a target": iscsi(0x43, b"CHAP_N=alice\0"),
    "a named connection": openwire(3, CLIENT + b"\1" + counted(b"secret", ">H") + bytes(5)),
    "a consumer": openwire(5),
    "a subscription": b"CONNECT {}\r\nSUB > 1\r\n",
    "a login to NATS": b'CONNECT {"user":"a","pass":"b"}\r\nPING\r\n',
    "a transfer": b"@RSYNCD: 31.0\nbackup\n--server\n--sender\n",
    "a file fetched": b"USER anonymous\r\nPASS lab@example.org\r\nRETR a.sql\r\n",
    "a person's login": b"USER alice\r\nPASS lab@example.org\r\n",
}


@pytest.mark.parametrize("what", READS)
def test_reading_is_recognised(what: str) -> None:
    assert only_read(READS[what])


@pytest.mark.parametrize("what", WRITES)
def test_everything_else_is_refused(what: str) -> None:
    assert not only_read(WRITES[what])
