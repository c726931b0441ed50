"""TLS towards hosts that nobody trusts: looked at and recorded, never required to be good."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any

from leakguard.models.observations import TlsSeen
from leakguard.models.texts import shown

_LEGACY_CONNECT = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, which `ssl` names only from Python 3.12 on."""
_LONGEST_NAME = 256
_CERTIFICATE_REQUEST = 13
"""The type of the message in the handshake by which a server asks for a certificate (RFC 5246, 7.4; RFC 8446, 4)."""
_NO_CERTIFICATE = frozenset({"TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_BAD_CERTIFICATE"})
"""Alerts that can mean only ours where it was asked for, since we never show one; old servers in Go say the second."""
_NO_HANDSHAKE = frozenset({*_NO_CERTIFICATE, "SSLV3_ALERT_HANDSHAKE_FAILURE"})
"""Up to TLS 1.2 the alert for one that was not shown (RFC 5246, 7.4.6)."""


class CertificateWanted(ssl.SSLError):
    """The host asked for a certificate of ours, and turned us away by an alert that says that it was missing."""


class Session(ssl.SSLObject):
    """Knows whether the host asked for a certificate, and tells an alert about it from every other one."""

    is_asked = False

    def do_handshake(self) -> None:
        """Up to TLS 1.2 a server says so here, in place of its last message."""
        try:
            super().do_handshake()
        except ssl.SSLError as error:
            raise self._classified(error, _NO_HANDSHAKE) from None

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002, ANN401  (as in `ssl`)
        """In TLS 1.3 it says so once we think the handshake over, in place of its first answer."""
        try:
            return super().read(len, buffer)
        except ssl.SSLError as error:
            raise self._classified(error, _NO_CERTIFICATE) from None

    def _classified(self, error: ssl.SSLError, alerts: frozenset[str]) -> ssl.SSLError:
        is_wanted = self.is_asked and error.reason in alerts
        return CertificateWanted(error.errno, error.strerror) if is_wanted else error


def _notice(session: Any, direction: str, _version: int, _content: int, message: int, _data: bytes) -> None:  # noqa: ANN401  (OpenSSL calls it)
    """Called with every message of a handshake."""
    if message == _CERTIFICATE_REQUEST and direction == "read":
        session.is_asked = True


@cache
def context(*, verify: bool) -> ssl.SSLContext:
    """A client context that accepts old protocols and ciphers, since we only look; `verify` asks the trust store."""
    made = ssl.create_default_context() if verify else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    made.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.options |= _LEGACY_CONNECT
    made.sslobject_class = Session
    with suppress(AttributeError):  # the library's own tests use it; without it no server is known to have asked
        made._msg_callback = _notice  # type: ignore[attr-defined]  # noqa: SLF001  (there is no other way to see it)
    return made


def session_of(transport: asyncio.Transport) -> ssl.SSLObject | None:
    """The TLS session under a transport."""
    found = transport.get_extra_info("ssl_object")
    return found if isinstance(found, ssl.SSLObject) else None


def asks(transport: asyncio.Transport) -> bool:
    """Whether the host asked for a certificate of ours."""
    session = session_of(transport)
    return isinstance(session, Session) and session.is_asked


def seen(tls: ssl.SSLObject, *, verified: bool) -> TlsSeen:
    """What the host showed in its handshake."""
    version = tls.version() or ""
    der = tls.getpeercert(binary_form=True)
    if not der:
        return TlsSeen(version=version)
    return described(der, version, verified=verified)


def described(der: bytes, version: str, *, verified: bool) -> TlsSeen:
    """The certificate's names and dates; an unreadable one is known by its digest alone.

    The library raises each of these errors for bytes of a host, and what it warns of is nothing new to us.
    """
    from cryptography import x509  # noqa: PLC0415  (a few MiB that a scan without TLS does not need)

    digest = hashlib.sha256(der).hexdigest()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
            return TlsSeen(
                version=version,
                subject=shown(certificate.subject.rfc4514_string(), _LONGEST_NAME),
                issuer=shown(certificate.issuer.rfc4514_string(), _LONGEST_NAME),
                not_before=_stamp(certificate.not_valid_before_utc),
                not_after=_stamp(certificate.not_valid_after_utc),
                sha256=digest,
                verified=verified,
            )
    except (ValueError, TypeError, x509.InvalidVersion):
        return TlsSeen(version=version, sha256=digest, verified=verified)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
