"""Certificates made on the spot, for servers on loopback."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import warnings
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

_FROM = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
_UNTIL = dt.datetime(2049, 1, 1, tzinfo=dt.UTC)


def server_context(folder: Path, name: str = "lab.example.org", until: dt.datetime = _UNTIL) -> ssl.SSLContext:
    """A server's TLS with a self-signed certificate for `name` and 127.0.0.1; `folder` gets its two PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _context(folder, key, _certificate(key, name, until).public_bytes(serialization.Encoding.DER))


def hostile_context(folder: Path, change: tuple[bytes, bytes], name: str = "abcdefgh") -> ssl.SSLContext:
    """The same with other bytes in a place or more of the certificate; nobody checks who signed it."""
    key = ec.generate_private_key(ec.SECP256R1())
    der = _certificate(key, name, _UNTIL).public_bytes(serialization.Encoding.DER)
    return _context(folder, key, der.replace(*change))


def certificate_bytes(name: str = "abcdefgh") -> bytes:
    """The certificate that `server_context` shows, in DER."""
    return _certificate(ec.generate_private_key(ec.SECP256R1()), name, _UNTIL).public_bytes(serialization.Encoding.DER)


def rsa_pair() -> tuple[rsa.RSAPrivateKey, bytes]:
    """A key that mails can be encrypted to, and its certificate in PEM."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "reports")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(_FROM).not_valid_after(_UNTIL).sign(key, hashes.SHA256())
    )  # fmt: skip
    return key, made.public_bytes(serialization.Encoding.PEM)


def _certificate(key: ec.EllipticCurvePrivateKey, name: str, until: dt.datetime) -> x509.Certificate:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a name that is longer than it may be
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name, _validate=False)])
    host = name if name.isascii() else "lab.example.org"
    names = x509.SubjectAlternativeName([x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(_FROM)
        .not_valid_after(until)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _context(folder: Path, key: ec.EllipticCurvePrivateKey, der: bytes) -> ssl.SSLContext:
    """The two files, and TLS that shows them."""
    (folder / "cert.pem").write_text(ssl.DER_cert_to_PEM_cert(der), encoding="ascii")
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
