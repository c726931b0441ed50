"""Whoever talks garbage unasked, in plain text or in TLS, is something else to every protocol, and silent to none."""

from __future__ import annotations

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import KINDS, PROTOCOLS
from leakguard.engine.examination import EndpointStatus
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.probes.timeouts import Timeouts
from leakguard.scanning.backends import BACKENDS
from support.certificates import server_context
from support.examining import LEAVE, examiner_with
from support.hostile import Host, Script, serving
from support.matrix_scan import shipped
from support.probing import Probing, run
from support.zoo import NOISE

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]

CHECKS = shipped()
BRISK = Timeouts(connect=2, handshake=2, request=1.5, target=20, endpoint=20, guess=1.0, greeting=0.2)
GARBAGE: Mapping[str, bytes] = {
    "random bytes": NOISE[:4096],
    "a line of x": b"x" * 60 + b"\r\n",
    "a few x": b"x" * 20,
    "HTML": b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body>Hello</body></html>\n",
    "terminal escapes": b"\x1b]0;owned\x07\x1b[2J\x1b[1;1H\x1b[31mlogin:\x1b[0m ",
}
PAUSE = 0.05
"""Seconds between two pieces of what has no end: 1,200 bytes of a few x, so that 8 KiB come before a deadline."""


def says_unasked(said: bytes, *, for_ever: bool) -> Script:
    async def script(_reader: StreamReader, writer: StreamWriter, _host: Host) -> None:
        writer.write(said)
        await writer.drain()
        while for_ever:
            await asyncio.sleep(PAUSE)
            writer.write(said * 60)
            await writer.drain()
        await asyncio.sleep(60)

    return script


def scripts() -> dict[str, Script]:
    once = {name: says_unasked(said, for_ever=False) for name, said in GARBAGE.items()}
    return once | {f"{name} for ever": says_unasked(said, for_ever=True) for name, said in GARBAGE.items()}


def statuses(
    checks: Sequence[CheckDefinition], scheme: str | None, buckets: tuple[str, ...], tls: ssl.SSLContext | None
) -> dict[str, EndpointStatus]:
    """What came of each host that talks garbage."""

    async def one(script: Script) -> EndpointStatus:
        async with serving(script, tls=tls) as host:
            endpoint = Endpoint(
                address="127.0.0.1", port=host.port, named=True, scheme=scheme, buckets=buckets,
                backend=BackendPlace(name="ours", tables=("b",)) if scheme in BACKENDS else None,
            )  # fmt: skip
            examiner = examiner_with(Probing(timeouts=BRISK), checks, industrial=LEAVE)
            return (await examiner.examine(endpoint)).status

    async def work() -> dict[str, EndpointStatus]:
        hosts = scripts()
        return dict(zip(hosts, await asyncio.gather(*map(one, hosts.values())), strict=True))

    return run(work())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("in_tls", [False, True], ids=["plain", "tls"])
def test_garbage_is_something_else_to_every_protocol(kind: str, in_tls: bool, tmp_path: Path) -> None:  # noqa: FBT001  (a parameter of the test)
    checks = [check for check in CHECKS if check.probe.kind in {kind, "http"}]
    scheme = {"s3": "s3", "page": "http", "webroot": "http"}.get(kind) or PROTOCOLS[kind].schemes[-1]
    buckets = ("b",) if PROTOCOLS[kind].for_buckets or kind == "s3" else ()

    told = statuses(checks, scheme, buckets, server_context(tmp_path) if in_tls else None)

    assert told == dict.fromkeys(scripts(), EndpointStatus.OTHER)


def test_garbage_in_tls_is_something_else_where_nothing_suggests_a_protocol(tmp_path: Path) -> None:
    told = statuses(CHECKS, None, (), server_context(tmp_path))

    assert told == dict.fromkeys(scripts(), EndpointStatus.OTHER)
