"""Servers that let nobody in without a certificate: told as such where their alert in TLS says so, and never else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.models.findings import Outcome
from leakguard.models.targets import Endpoint
from leakguard.probes import loops
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import tls
from support.certificates import server_context
from support.examining import examiner_with
from support.hostile import http_answer
from support.probing import Probing, loop_of_tests
from support.shipped import LIBRARY
from support.steady_loop import SteadyLoop

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop")]

LONGEST = 100.0
"""Seconds after which a test that waits has failed: the server is a thread, which a busy machine may hold up."""
PATIENT = Timeouts(connect=LONGEST, handshake=LONGEST, request=LONGEST, target=LONGEST, endpoint=LONGEST, guess=LONGEST)
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
REASON = "the server asked for a client's certificate before telling its product"


@pytest.fixture(autouse=True)
def _fresh_contexts() -> Iterator[None]:
    """Each test has its own trust store."""
    tls.context.cache_clear()
    yield
    tls.context.cache_clear()


def server(folder: Path, version: ssl.TLSVersion, wanted: ssl.VerifyMode = ssl.CERT_REQUIRED) -> ssl.SSLContext:
    context = server_context(folder)
    context.load_verify_locations(folder / "cert.pem")
    context.verify_mode = wanted
    context.minimum_version = context.maximum_version = version
    return context


@contextlib.contextmanager
def listening(context: ssl.SSLContext) -> Iterator[int]:
    """Answers GET over TLS. Loops of Python leave out the alert of a handshake that failed, OpenSSL itself does not."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):  # the listener is closed at the end
            while True:
                raw, _ = listener.accept()
                raw.settimeout(LONGEST)
                with contextlib.suppress(OSError), context.wrap_socket(raw, server_side=True) as line:
                    line.recv(1000)
                    line.sendall(http_answer(b"{}"))
                raw.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def examined(context: ssl.SSLContext, scheme: str | None, checks: Sequence[CheckDefinition] = LIBRARY) -> Examination:
    with listening(context) as port:
        endpoint = Endpoint(address="127.0.0.1", port=port, scheme=scheme, named=True)

        async def work() -> Examination:
            return await examiner_with(Probing(timeouts=PATIENT), checks).examine(endpoint)

        chosen = loop_of_tests.get()  # a loop that leaps would leap over what a thread has not said yet
        new_loop = asyncio.new_event_loop if chosen in {None, SteadyLoop} else chosen
        return loops.run(asyncio.wait_for(work(), LONGEST), new_loop=new_loop)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scheme", ["https", "http", None])
def test_a_web_server_that_lets_nobody_in_without_a_certificate_is_protected(
    tmp_path: Path, version: ssl.TLSVersion, scheme: str | None
) -> None:
    """Neither silent nor something unknown: it asked for a login, and that by a certificate."""
    found = examined(server(tmp_path, version), scheme)

    assert found.status is EndpointStatus.PROTECTED
    assert [(finding.check_id, finding.verdict.outcome, finding.verdict.reason) for finding in found.findings] == [
        ("http_login_asked", Outcome.NOT_EXPOSED, REASON)
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_datastore_that_lets_nobody_in_without_a_certificate_is_protected(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    """Its URL names it, so its own check has the finding."""
    found = examined(server(tmp_path, version), "rediss")

    assert found.status is EndpointStatus.PROTECTED
    assert [(finding.check_id, finding.verdict.reason) for finding in found.findings] == [("redis_open", REASON)]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_that_would_like_a_certificate_and_does_without_is_asked(
    tmp_path: Path, version: ssl.TLSVersion
) -> None:
    found = examined(server(tmp_path, version, ssl.CERT_OPTIONAL), "https")

    assert found.status is EndpointStatus.OTHER


def test_a_handshake_that_fails_for_another_reason_asks_for_no_certificate(tmp_path: Path) -> None:
    """The same alert, `handshake_failure`, of a server with which we have no cipher in common."""
    context = server_context(tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES256-GCM-SHA384")

    found = examined(context, "https", [check for check in LIBRARY if check.id == "http_login_asked"])

    assert found.status is not EndpointStatus.PROTECTED
    assert REASON not in {finding.verdict.reason for finding in found.findings}


@pytest.mark.parametrize(
    ("alert", "is_asked", "in_handshake", "is_wanted"),
    [
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", True, False, True),
        ("SSLV3_ALERT_BAD_CERTIFICATE", True, False, True),
        ("SSLV3_ALERT_BAD_CERTIFICATE", True, True, True),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", True, True, True),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", True, False, False),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", False, True, False),
        ("SSLV3_ALERT_BAD_CERTIFICATE", False, True, False),
        ("TLSV1_ALERT_INTERNAL_ERROR", True, True, False),
    ],
)
def test_an_alert_counts_only_behind_the_question_for_a_certificate(
    monkeypatch: pytest.MonkeyPatch, alert: str, *, is_asked: bool, in_handshake: bool, is_wanted: bool
) -> None:
    """Old servers in Go say `bad_certificate` in TLS 1.3 as well (etcd 3.4); behind a handshake others mean more."""
    session = tls.context(verify=False).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())
    assert isinstance(session, tls.Session)
    error = ssl.SSLError(1, "an alert")
    error.reason = alert

    def fails(*_: object) -> None:
        raise error

    session.is_asked = is_asked
    monkeypatch.setattr(ssl.SSLObject, "do_handshake" if in_handshake else "read", fails)

    with pytest.raises(ssl.SSLError) as told:
        session.do_handshake() if in_handshake else session.read()

    assert isinstance(told.value, tls.CertificateWanted) is is_wanted
