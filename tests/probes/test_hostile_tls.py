"""Hostile TLS: garbage, certificates without an end, out of date or of somebody else, versions from another time."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
from pathlib import Path

import pytest

from leakguard.models.observations import Ending, TlsSeen
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import tls
from support.certificates import server_context
from support.hostile import Script, answers, http_answer, says, serving, silence
from support.probing import Probing, Question, run
from support.zoo import elastic_raw, endless_certificates, tls_of_old

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop")]

GET = Question("GET", "/")
HELLO = answers({b"GET": http_answer(b"hello")})
SLACK = 10.0
"""Seconds for a machine that is busy with something else."""


async def looked_at(context: ssl.SSLContext, *, host: str | None = None) -> tuple[bytes, TlsSeen]:
    """What was read from a server in this TLS, and what was seen of it."""
    async with serving(HELLO, tls=context) as server:
        session = Probing(timeouts=Timeouts(connect=5, handshake=5)).open(
            server.endpoint(scheme="https", host=host), "http"
        )
        reply = await session.ask(GET)
        await session.close()
        assert session.tls is not None
        return reply.body, session.tls


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_version_is_spoken_and_told(version: ssl.TLSVersion, tmp_path: Path) -> None:
    body, seen = run(looked_at(tls_of_old(tmp_path, version)))

    names = {ssl.TLSVersion.TLSv1: "TLSv1", ssl.TLSVersion.TLSv1_1: "TLSv1.1", ssl.TLSVersion.TLSv1_2: "TLSv1.2"}
    assert (body, seen.version) == (b"hello", names[version])


def test_a_certificate_that_is_out_of_date_is_told_with_its_dates_and_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    tls.context.cache_clear()
    context = server_context(tmp_path, until=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))

    body, seen = run(looked_at(context, host="lab.example.org"))
    tls.context.cache_clear()

    assert (body, seen.not_after, seen.verified) == (b"hello", "2025-01-01T00:00:00Z", False)


def test_a_certificate_of_somebody_else_is_told_and_read_all_the_same(tmp_path: Path) -> None:
    body, seen = run(looked_at(server_context(tmp_path, name="evil.example.org"), host="mail.example.edu"))

    assert (body, seen.subject, seen.verified) == (b"hello", "CN=evil.example.org", False)


@pytest.mark.parametrize(
    ("script", "endings"),
    [
        (endless_certificates(), {Ending.GARBLED, Ending.CLOSED, Ending.SILENT}),
        (elastic_raw(b"\x16\x03\x03\x40\x00" + b"\xff" * 0x4000), {Ending.GARBLED}),
        (says(b"\x15\x03\x03\x00\x02\x02\x46"), {Ending.GARBLED, Ending.CLOSED}),
        (says(b"\x16\x03\x03\x00"), {Ending.CLOSED, Ending.RESET, Ending.GARBLED}),
        (silence(), {Ending.SILENT}),
    ],
    ids=["endless certificates", "garbage", "an alert", "half a record", "silence"],
)
def test_a_handshake_that_leads_nowhere_ends_in_its_time(script: Script, endings: set[Ending]) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        async with serving(script) as host:
            began = loop.time()
            probing = Probing(timeouts=Timeouts(handshake=0.5, request=1))
            [reply] = await probing.ask(host.endpoint(scheme="https"), "http", GET)

            assert loop.time() - began < 4 * 0.5 + SLACK
            assert reply.ended in endings
            assert reply.body == b""

    run(work())
