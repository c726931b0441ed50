"""A small time-stamping authority: its certificates made by `cryptography`, its answers by `openssl ts`."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""
_SPAN = timedelta(days=4000)


class StampingAuthority:
    """Answers requests with the machine's own time; its root is `roots`."""

    def __init__(self, folder: Path, *, name: str = "Test Stamping Authority") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("no openssl on this machine: apt install openssl")
        self._folder = folder
        folder.mkdir(exist_ok=True)
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate("Test Root", root_key, "Test Root", root_key, is_root=True)
        own = _certificate(name, key, "Test Root", root_key, purpose=ExtendedKeyUsageOID.TIME_STAMPING)
        self.roots = root.public_bytes(serialization.Encoding.PEM)
        pkcs8, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (folder / "tsa.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
        (folder / "tsa.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
        (folder / "serial").write_text("01", encoding="ascii")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder), encoding="ascii")

    def answer(self, request: bytes, *, with_chain: bool = False) -> bytes:
        """The answer to a request; `with_chain` holds the root's certificate behind that of the signer."""
        (self._folder / "root.pem").write_bytes(self.roots)
        (self._folder / "request.tsq").write_bytes(request)
        command = ["openssl", "ts", "-reply", "-queryfile", "request.tsq", "-config", "tsa.cnf", "-section", "here",
                   "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "answer.tsr"]  # fmt: skip
        command += ["-chain", "root.pem"] if with_chain else []
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True, timeout=60)
        return (self._folder / "answer.tsr").read_bytes()


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, *,
    is_root: bool = False, purpose: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:  # fmt: skip
    start = datetime(2024, 1, 1, tzinfo=UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name)).issuer_name(_named(issuer)).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + _SPAN)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )  # fmt: skip
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(signer, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
