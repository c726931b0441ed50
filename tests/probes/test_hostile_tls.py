"""Hostile TLS: garbage, certificates without an end, out of date or of somebody else, versions from another time."""

from __future__ import annotations

import datetime as dt
import ssl
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leakguard.models.observations import Ending, TlsSeen
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import tls
from support.certificates import certificate_bytes, hostile_context, server_context
from support.hostile import Script, answers, http_answer, says, serving, silence
from support.probing import Probing, Question, run
from support.zoo import CERTIFICATES, elastic_raw, endless_certificates, tls_of_old

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop"), pytest.mark.untraced]

GET = Question("GET", "/")
HELLO = answers({b"GET": http_answer(b"hello")})


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
        async with serving(script) as host:
            probing = Probing(timeouts=Timeouts(handshake=0.5, request=1000, target=1000, endpoint=1000))
            [reply] = await probing.ask(host.endpoint(scheme="https"), "http", GET)

            assert reply.ended in endings
            assert reply.body == b""

    run(work())


@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_certificate_that_nobody_should_be_able_to_show_is_told_by_its_digest_and_safely(
    name: str, tmp_path: Path
) -> None:
    called, change = CERTIFICATES[name]

    body, seen = run(looked_at(hostile_context(tmp_path, change, called)))

    assert (body, len(seen.sha256)) == (b"hello", 64)
    assert is_safe(seen)


DER = certificate_bytes("Jörg " + "x" * 20)


@given(st.lists(st.tuples(st.integers(0, len(DER) - 1), st.binary(max_size=6), st.integers(0, 6)), max_size=6))
@example([])
def test_no_bytes_in_a_certificate_break_what_is_told_of_it(changes: list[tuple[int, bytes, int]]) -> None:
    der = DER
    for place, put, taken in changes:
        der = der[:place] + put + der[place + taken :]

    assert is_safe(tls.described(der, "TLSv1.3", verified=False))


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_what_is_told_of_a_certificate(der: bytes) -> None:
    assert is_safe(tls.described(der, "TLSv1.3", verified=False))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_no_letter_of_a_name_moves_a_cursor(name: str) -> None:
    seen = tls.described(certificate_bytes(name), "TLSv1.3", verified=False)

    assert seen.subject.startswith("CN=")
    assert is_safe(seen)


def is_safe(seen: TlsSeen) -> bool:
    """Whether all that is told of a certificate may be printed."""
    texts = (seen.version, seen.subject, seen.issuer, seen.not_before, seen.not_after, seen.sha256)
    return all(text.isprintable() and len(text) <= 256 for text in texts)
