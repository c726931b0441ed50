"""TLS towards hosts that nobody trusts: looked at and recorded, never required to be good."""

from __future__ import annotations

import hashlib
import ssl
import warnings
from datetime import UTC, datetime
from functools import cache

from leakguard.models.observations import TlsSeen
from leakguard.models.texts import shown

_LEGACY_CONNECT = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, which `ssl` names only from Python 3.12 on."""
_LONGEST_NAME = 256


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
    return made


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
