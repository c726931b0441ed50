"""First answers of real servers and proxies that are no plain login: each is told as its product, never as other.

Every row names where its bytes come from: the documentation or the source of the server.
"""

from __future__ import annotations

from asyncio import StreamReader, StreamWriter

import pytest

from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.frozen import Frozen
from leakguard.models.findings import Outcome
from leakguard.models.targets import Endpoint
from leakguard.probes.timeouts import Timeouts
from support.examining import examiner_with
from support.hostile import Host, Script, read_some, serving
from support.matrix_scan import shipped
from support.probing import Probing, run

pytestmark = pytest.mark.enable_socket

CHECKS = shipped()
BRISK = Timeouts(connect=5, handshake=5, request=5, target=30, endpoint=30, guess=1, greeting=0.3)
EXPOSED, PROTECTED, UNCLEAR = Outcome.EXPOSED, Outcome.NOT_EXPOSED, Outcome.INCONCLUSIVE

CHECK_OF = {"postgres": "postgresql_open"}


class First(Frozen):
    """What a server says first, and what is to be told of it."""

    kind: str
    said: bytes
    source: str
    outcome: Outcome = UNCLEAR
    reason: str = ""
    """Words that the reason has."""


def _message(letter: bytes, payload: bytes) -> bytes:
    return letter + (len(payload) + 4).to_bytes(4, "big") + payload


def _error(*fields: bytes) -> bytes:
    return _message(b"E", b"".join(field + b"\x00" for field in fields) + b"\x00")


def _packet(payload: bytes, number: int = 0) -> bytes:
    return len(payload).to_bytes(3, "little") + bytes((number,)) + payload


def _greeting(version: bytes, *, plugin: bytes = b"mysql_native_password") -> bytes:
    """HandshakeV10 (MySQL source, page_protocol_connection_phase_packets_protocol_handshake_v10)."""
    capabilities = (0x1 | 0x4 | 0x200 | 0x8000 | 0x80000).to_bytes(4, "little")
    rest = b"\x21\x02\x00" + capabilities[2:] + b"\x15" + b"\x00" * 10 + b"b" * 12 + b"\x00" + plugin + b"\x00"
    return _packet(b"\x0a" + version + b"\x00\x07\x00\x00\x00" + b"a" * 8 + b"\x00" + capabilities[:2] + rest)


FIRST = {
    "memcached: mcrouter's statistics": First(
        kind="memcached", outcome=EXPOSED, reason="statistics",
        said=b"STAT version mcrouter 1.0\r\nSTAT commandargs \r\nSTAT pid 7\r\nSTAT num_servers 3\r\nEND\r\n",
        source="mcrouter, lib/network/McAsciiParser and mcrouter/stat_list.h: statistics of a proxy, no curr_items",
    ),
    "memcached: a blank line first": First(
        kind="memcached", outcome=EXPOSED, said=b"\r\nSTAT pid 7\r\nSTAT curr_items 3\r\nSTAT bytes 9\r\nEND\r\n",
        source="doc/protocol.txt: every answer is lines; a proxy that ends the line before leaves an empty one",
    ),
    "memcached: no statistics": First(
        kind="memcached", said=b"END\r\n", reason="no statistic",
        source="doc/protocol.txt, section Statistics: STAT lines, terminated by END; there may be none",
    ),
    "memcached: out of memory": First(
        kind="memcached", said=b"SERVER_ERROR out of memory writing stats\r\n", reason="refused",
        source="proto_text.c, process_stat: out_of_memory(c, ...)",
    ),
    "memcached: too many connections": First(
        kind="memcached", said=b"ERROR Too many open connections\r\n", reason="too many",
        source="memcached.c, drive_machine with maxconns_fast: the text is sent and the line closed",
    ),
    "memcached: an access list": First(
        kind="memcached", said=b"CLIENT_ERROR unauthenticated\r\n", outcome=PROTECTED, reason="login",
        source="proto_text.c, try_read_command_asciiauth",
    ),
    "postgres: a failed fork": First(
        kind="postgres", said=b"Ecould not fork new process for connection: Resource temporarily unavailable\n\x00",
        reason="another reason",
        source="postmaster.c, report_fork_failure_to_client: an error of protocol 2, without a length",
    ),
    "postgres: an error of protocol 2": First(
        kind="postgres", said=b"EFATAL:  unsupported frontend protocol 3.0: server supports 1.0 to 2.0\n\x00",
        reason="another reason", source="PostgreSQL before 7.4, protocol 2.0, ErrorResponse",
    ),
    "postgres: an error without a code": First(
        kind="postgres", said=_error(b"SFATAL", b"Mno such database: postgres"), reason="another reason",
        source="pgbouncer before 1.6, src/proto.c, send_pooler_error: S, C and M; forks leave C out",
    ),
    "postgres: an error whose code comes first": First(
        kind="postgres", said=_error(b"C08P01", b"Mserver login has been failing", b"SFATAL"), reason="another reason",
        source="protocol chapter 55.8: fields can appear in any order",
    ),
    "postgres: an error with fields of a fork": First(
        kind="postgres", said=_error(b"sFATAL", b"V\xc3\xa9", b"C57P03", b"Mstarting", b"Fpostmaster.c", b"L2414"),
        reason="another reason", source="protocol chapter 55.8: frontends should ignore fields of unrecognized type",
    ),
    "postgres: a notice, then an error": First(
        kind="postgres", reason="another reason",
        said=_message(b"N", b"SNOTICE\x00C00000\x00Mwait\x00\x00") + _error(b"SFATAL", b"C53300", b"Mfull"),
        source="protocol chapter 55.2: NoticeResponse may come at any time",
    ),
    "postgres: a notice, and the end": First(
        kind="postgres", said=_message(b"N", b"SNOTICE\x00C01000\x00Mgoing down\x00\x00"), reason="hung up",
        source="protocol chapter 55.2, as above; the server is stopped then",
    ),
    "postgres: another version first": First(
        kind="postgres", said=_message(b"v", b"\x00\x00\x00\x00\x00\x00\x00\x00") + _message(b"R", b"\x00\x00\x00\x03"),
        outcome=PROTECTED, reason="not settled", source="protocol chapter 55.2: NegotiateProtocolVersion",
    ),
    "postgres: a way of proof of a fork": First(
        kind="postgres", said=_message(b"R", b"\x00\x00\x00\x0d" + b"0" * 100), reason="",
        source="openGauss, src/include/libpq/pqcomm.h: AUTH_REQ_SM3 13",
    ),
    "mysql: protocol 9": First(
        kind="mysql", said=_packet(b"\x093.20.32a\x00\x07\x00\x00\x00abcdefgh\x00"), reason="before",
        source="MySQL source, page_protocol_connection_phase_packets_protocol_handshake_v9",
    ),
    "mysql: a version with spaces": First(
        kind="mysql", said=_greeting(b"6.2.12 dc5144d35@230822 (columnar 2.2.4)"), reason="",
        source="Manticore Search, src/searchdsql.cpp: its whole version is that of the greeting",
    ),
    "mysql: a version without a number": First(
        kind="mysql", said=_greeting(b"ProxySQL"), reason="",
        source="ProxySQL, variable mysql-server_version: any text of the operator",
    ),
    "mysql: an unknown way of proof": First(
        kind="mysql", said=_greeting(b"8.4.0", plugin=b"authentication_openid_connect_client"), reason="",
        source="MySQL 9.1, authentication_openid_connect",
    ),
    "mysql: too many connections": First(
        kind="mysql", said=_packet(b"\xff\x10\x04Too many connections"), reason="too many connections",
        source="sql/conn_handler/connection_handler_manager.cc: close_connection with ER_CON_COUNT_ERROR",
    ),
    "mysql: an error of a proxy with a number of its own": First(
        kind="mysql", said=_packet(b"\xff\x28\x23#HY000Max connect timeout reached while reaching hostgroup 0", 2),
        reason="another reason", source="ProxySQL, lib/MySQL_Session.cpp: error 9001, numbered as an answer",
    ),
    "mysql: a host that is not allowed": First(
        kind="mysql", outcome=PROTECTED, reason="this address",
        said=_packet(b"\xffj\x04Host '192.0.2.7' is not allowed to connect to this MariaDB server"),
        source="sql/sql_acl.cc: ER_HOST_NOT_PRIVILEGED (1130), before any greeting",
    ),
    "redis: too many clients": First(
        kind="redis", said=b"-ERR max number of clients reached\r\n", reason="another reason",
        source="networking.c, acceptCommonHandler: sent unasked",
    ),
    "redis: protected mode": First(
        kind="redis", outcome=PROTECTED, reason="protected mode",
        said=b"-DENIED Redis is running in protected mode because protected mode is enabled\r\n",
        source="networking.c, clientAcceptHandler",
    ),
    "redis: loading": First(
        kind="redis", said=b"-LOADING Redis is loading the dataset in memory\r\n", reason="another reason",
        source="server.c, shared.loadingerr",
    ),
    "redis: a disk that is full": First(
        kind="redis", said=b"-MISCONF Redis is configured to save RDB snapshots, but it is unable to persist\r\n",
        reason="another reason", source="server.c, shared.bgsaveerr: PING is refused as well",
    ),
    "redis: no such protocol": First(
        kind="redis", said=b"-NOPROTO unsupported protocol version\r\n", reason="another reason",
        source="networking.c, helloCommand",
    ),
    "redis: a code of a fork": First(
        kind="redis", said=b"-NOREPLICAS Not enough good replicas to write.\r\n", reason="another reason",
        source="server.c, shared.noreplicaserr; forks have codes of their own",
    ),
    "redis: a proxy without a server behind it": First(
        kind="redis", said=b"-no upstream host\r\n", reason="another reason",
        source="Envoy, redis_proxy/command_splitter_impl.h, Response: NoUpstreamHost",
    ),
    "redis: a null of RESP3": First(
        kind="redis", said=b"_\r\n", source="RESP specification: nulls",
    ),
    "redis: an error of RESP3": First(
        kind="redis", said=b"!21\r\nSYNTAX invalid syntax\r\n", reason="another reason",
        source="RESP specification: bulk errors",
    ),
    "redis: a push of RESP3": First(
        kind="redis", said=b">2\r\n$10\r\ninvalidate\r\n_\r\n", source="RESP specification: pushes",
    ),
    "redis: the answer of a subscriber": First(
        kind="redis", said=b"*2\r\n$4\r\npong\r\n$0\r\n\r\n", source="commands/ping: to a subscriber",
    ),
}  # fmt: skip


def says(first: First) -> Script:
    """MySQL and a full Redis speak first; PostgreSQL is asked for TLS before, and says no."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        if first.kind != "mysql":
            asked = await read_some(reader, host)
            if first.kind == "postgres" and len(asked) == 8:
                writer.write(b"N")
                await read_some(reader, host)
        writer.write(first.said)
        await writer.drain()
        if first.kind == "mysql":
            await read_some(reader, host)
        writer.close()

    return script


def examined(first: First, *, is_hinted: bool) -> Examination:
    """What comes of it; where nothing hints at the product, it has to be found among all others."""

    async def work() -> Examination:
        async with serving(says(first)) as host:
            scheme = {"postgres": "postgresql"}.get(first.kind, first.kind) if is_hinted else None
            endpoint = Endpoint(address="127.0.0.1", port=host.port, named=True, scheme=scheme)
            return await examiner_with(Probing(timeouts=BRISK), CHECKS).examine(endpoint)

    return run(work())


@pytest.mark.parametrize("is_hinted", [True, False], ids=["hinted", "foreign port"])
@pytest.mark.parametrize("name", FIRST)
def test_a_first_answer_of_a_real_server_is_told_as_its_product(name: str, *, is_hinted: bool) -> None:
    first = FIRST[name]

    found = examined(first, is_hinted=is_hinted)

    told = [(one.check_id, one.verdict.outcome) for one in found.findings]
    assert (CHECK_OF.get(first.kind, f"{first.kind}_open"), first.outcome) in told, (found.status, found.why, told)
    assert found.status is not EndpointStatus.OTHER
    (finding,) = [one for one in found.findings if one.verdict.outcome is first.outcome]
    assert first.reason in finding.verdict.reason
