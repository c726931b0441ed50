"""Answers of real servers, cut or changed behind the bytes by which their protocol is known: never something else."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Mapping, Sequence

import pytest

from fuzz.talk import SPEAKS_FIRST
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import PROTOCOLS
from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.engine.examiner import Examiner
from leakguard.models.findings import Outcome
from leakguard.models.targets import Endpoint
from leakguard.probes.prober import SESSIONS
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.gates import GATES
from support.examining import LEAVE, examiner_with
from support.hostile import Host, Script, read_some, serving
from support.matrix_scan import shipped
from support.odd_heads import LIST, answer
from support.probing import Probing, run
from support.talks import recorded

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]

CHECKS = shipped()
INDUSTRIAL = frozenset(kind for kind in GATES if PROTOCOLS[kind].is_industrial)
BRISK = Timeouts(connect=2, handshake=1, request=0.7, target=20, endpoint=20, guess=0.4, greeting=0.2)
OPEN = {
    "clickhouse": "clickhouse-18.16.1-open", "cql": "cassandra-5.0.5-open", "ftp": "vsftpd-3.0.3-open",
    "git": "git-daemon-2.39.5-open",
    "dicom": "orthanc-dicom-1.10.1-open",
    "iscsi": "tgt-1.0.85-open", "kafka": "kafka-4.1.0-open", "ldap": "openldap-2.5.13-open",
    "modbus": "pymodbus-3.16.1-open",
    "opcua": "asyncua-2.1.0-open",
    "memcached": "memcached-1.6.18-open", "mongodb": "ferretdb-1.24.2-open", "mqtt": "mosquitto-2.0.11-open",
    "mysql": "mariadb-10.11.19-open", "nats": "nats-2.9.10-open", "nbd": "nbd-server-3.24-open",
    "nfs": "nfs-ganesha-4.3-open", "openwire": "activemq-5.18.6-open", "postgres": "postgresql-15.18-open",
    "rtsp": "gstreamer-1.22.0-open",
    "redis": "redis-7.0.15-open", "rsync": "rsync-3.5.0-open", "smb": "samba-4.17.12-open",
    "svn": "svnserve-1.14.2-open",
    "zookeeper": "zookeeper-3.8.0-open",
}  # fmt: skip
_AEROSPIKE = b"\x02\x01" + (38).to_bytes(6, "big") + b"build\t6.4.0\nnamespaces\ttest;bar\nnode\tA1"
_CLEAN = frozenset({EndpointStatus.OTHER, EndpointStatus.CLOSED, EndpointStatus.SILENT, EndpointStatus.PROTECTED})
"""Standings after which a run may end clean."""


def first_answers() -> Mapping[str, bytes]:
    """What each kind is told first by an open server: memcached is asked for its statistics, and PostgreSQL twice."""
    found = {"aerospike": _AEROSPIKE, "http": answer(LIST)}
    for kind, name in OPEN.items():
        said = list(recorded(name).values())
        found[kind] = said[1] if kind == "memcached" else said[0] + said[1] if kind == "postgres" else said[0]
    return found


FIRST = first_answers()


def spoiled(kind: str) -> Iterator[tuple[str, bytes]]:
    """The answer cut and changed behind its recognisable beginning; where that is all, there is nothing to spoil."""
    said = FIRST[kind]
    known = next(size for size in range(1, len(said) + 1) if GATES[kind].begins(said[:size]))
    for size in sorted({known, (known + len(said)) // 2, len(said) - 1}):
        if known <= size < len(said):
            yield f"cut at {size}", said[:size]
    for noise in (b"\xff", b"\x00", b"~"):
        yield f"{noise!r} from {known}", said[:known] + noise * max(64, len(said) - known)


def late(script: Script, times: int) -> Script:
    """A host that keeps its first connections waiting for longer than anybody listens."""
    left = iter(range(times))

    async def slow(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        if next(left, None) is None:
            await script(reader, writer, host)
        else:
            await asyncio.sleep(60)

    return slow


def says_first(kind: str, said: bytes, *, stays: bool) -> Script:
    """Unasked where its servers speak first, else to whatever is asked; PostgreSQL's first byte comes on its own."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        left = said
        if kind not in SPEAKS_FIRST:
            asked = await read_some(reader, host)
            if kind == "postgres" and len(asked) == 8:
                writer.write(left[:1])
                await read_some(reader, host)
            left = left[1:] if kind == "postgres" else left
        writer.write(left)
        await writer.drain()
        if stays:
            await asyncio.sleep(60)
        await asyncio.wait_for(reader.read(65536), 0.3) if kind in SPEAKS_FIRST else None
        writer.close()
        await writer.wait_closed()

    return script


def with_leave(checks: Sequence[CheckDefinition]) -> Examiner:
    """An examiner in a scope that allows industrial devices."""
    return examiner_with(Probing(timeouts=BRISK), checks, industrial=LEAVE)


def examined(kind: str, hint: str | None) -> dict[str, Examination]:
    """What came of each spoiled answer."""
    checks = [check for check in CHECKS if check.probe.kind in {kind, "http"}]

    async def one(said: bytes, *, stays: bool) -> Examination:
        async with serving(says_first(kind, said, stays=stays)) as host:
            endpoint = Endpoint(address="127.0.0.1", port=host.port, named=True, scheme=hint)
            return await with_leave(checks).examine(endpoint)

    async def work() -> dict[str, Examination]:
        cases = {f"{name}{', stays' * stays}": (said, stays) for name, said in spoiled(kind) for stays in (False, True)}
        found = await asyncio.gather(*(one(said, stays=stays) for said, stays in cases.values()))
        return dict(zip(cases, found, strict=True))

    return run(work())


def test_every_protocol_has_an_answer_to_spoil() -> None:
    assert FIRST.keys() == GATES.keys()
    assert {kind: GATES[kind].begins(said) for kind, said in FIRST.items()} == dict.fromkeys(GATES, True)


@pytest.mark.parametrize("kind", sorted(GATES))
def test_the_beginning_of_one_protocol_is_that_of_no_other(kind: str) -> None:
    assert [other for other, said in FIRST.items() if GATES[kind].begins(said)] == [kind]


@pytest.mark.parametrize("kind", sorted(SESSIONS))
def test_a_session_knows_the_protocol_that_it_speaks(kind: str) -> None:
    assert SESSIONS[kind].speaks == (PROTOCOLS[kind].over or kind)


@pytest.mark.parametrize(
    ("kind", "is_hinted"),
    [(kind, hinted) for kind in sorted(GATES) for hinted in (True, False) if hinted or kind not in INDUSTRIAL],
)
def test_an_answer_that_began_in_its_protocol_is_never_something_else(kind: str, *, is_hinted: bool) -> None:
    """An industrial device is asked in its own protocol alone, and only where the port or a URL names it."""
    found = examined(kind, PROTOCOLS[kind].schemes[0] if is_hinted else None)

    assert {name: each.status for name, each in found.items() if each.status in _CLEAN} == {}
    assert {name: each.bug for name, each in found.items() if each.bug} == {}
    for name, each in found.items():
        if each.status is EndpointStatus.NOT_CHECKED:
            assert {one.verdict.outcome for one in each.findings} == {Outcome.INCONCLUSIVE}, name


@pytest.mark.parametrize("kind", sorted(GATES.keys() - SPEAKS_FIRST - INDUSTRIAL - {"http"}))
@pytest.mark.parametrize("times", [1, 3])
def test_an_answer_that_came_too_late_is_never_something_else(kind: str, times: int) -> None:
    """Its own protocol met silence; the answer to HTTP begins as the protocol's own answers do."""

    async def work() -> EndpointStatus:
        async with serving(late(says_first(kind, FIRST[kind], stays=False), times)) as host:
            endpoint = Endpoint(address="127.0.0.1", port=host.port, named=True, scheme=PROTOCOLS[kind].schemes[0])
            checks = [check for check in CHECKS if check.probe.kind in {kind, "http"}]
            return (await with_leave(checks).examine(endpoint)).status

    assert run(work()) not in _CLEAN
