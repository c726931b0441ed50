"""Attachments that are kept: encrypted to a named certificate as CMS (RFC 5652), which `openssl cms -decrypt` opens.

LeakGuard holds no key that could open them: they may hold the very data that leaked.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from leakguard.errors import BadFile

SUFFIX = ".p7m"
_FEWEST_BITS = 2048


class SealedTo:
    """One certificate, and what is encrypted to it."""

    def __init__(self, pem: bytes, *, name: str) -> None:
        """Raises `BadFile` for what is no certificate of an RSA key of 2048 bits or more."""
        try:
            self._certificate = x509.load_pem_x509_certificate(pem)
            key = self._certificate.public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadFile.whole(name, "no certificate in PEM", next_step=_NEXT_STEP) from error
        if not isinstance(key, RSAPublicKey) or key.key_size < _FEWEST_BITS:
            problem = f"its key is not RSA of {_FEWEST_BITS:,} bits or more, which CMS encrypts to"
            raise BadFile.whole(name, problem, next_step=_NEXT_STEP)

    def seal(self, content: bytes) -> bytes:
        """The content, encrypted with AES-256 and a key of its own."""
        builder = PKCS7EnvelopeBuilder().set_data(content).add_recipient(self._certificate)
        return builder.set_content_encryption_algorithm(AES256).encrypt(Encoding.DER, [PKCS7Options.Binary])


_NEXT_STEP = (
    "Make one, and keep its key elsewhere: openssl req -x509 -newkey rsa:3072 -keyout reports.key -out reports.pem "
    "-days 730 -subj /CN=reports"
)
