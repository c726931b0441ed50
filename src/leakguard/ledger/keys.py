"""Ed25519 keys in the one-line forms of C2SP signed notes, so that other tools can sign and verify as well.

The private form is `PRIVATE+KEY+<name>+<id>+<base64>`, the public one `<name>+<id>+<base64>`.
Source: github.com/C2SP/C2SP, `signed-note.md`; the private form is that of `golang.org/x/mod/sumdb/note`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import datetime

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.moments import to_z

ALGORITHM = b"\x01"
"""Ed25519 in a signed note."""
SEED_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"
SINCE = "heads-signed-since"
"""The first word of the second line of a key's file, see `since_line`."""
_NAME = re.compile(r"[!-*,-~]{1,100}", re.ASCII)
"""Printable, without a space and without a plus sign."""


class PublicKey(Frozen):
    """An Ed25519 public key with its note name."""

    name: str
    raw: bytes
    """32 bytes."""

    @property
    def id(self) -> bytes:
        """The first four bytes of a hash of name and key, by which a signature in a note names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ALGORITHM + self.raw).digest()[:4]

    @property
    def text(self) -> str:
        """The public form."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ALGORITHM + self.raw).decode()}"

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature is this key's, over exactly this message."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415  (most commands verify no signature)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415  (as above)

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey(Frozen, hidden=("seed",)):
    """An Ed25519 private key with its note name."""

    name: str
    seed: bytes
    """32 bytes."""

    @property
    def public(self) -> PublicKey:
        """The public key, with which others verify."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415  (as above)

        return PublicKey(
            name=self.name, raw=Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        )

    @property
    def text(self) -> str:
        """The private form, with a line end."""
        encoded = base64.b64encode(ALGORITHM + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.public.id.hex()}+{encoded}\n"

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: 64 bytes, the same each time."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415  (as above)

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


def new_key(name: str, seed: bytes) -> SigningKey:
    """A key with this name; raises `UsageProblem` for a name that a signed note cannot hold."""
    if not _NAME.fullmatch(name):
        raise UsageProblem(
            "the name of a key has up to 100 printable characters, without spaces and plus signs",
            next_step="Name the organisation and the purpose: --name ir.example.edu/ledger",
        )
    return SigningKey(name=name, seed=seed)


def since_line(now: datetime) -> str:
    """The line after a private key in its file: from `now` on, every head is signed with this key."""
    return f"{SINCE} {to_z(now)}\n"


def parse_signing_key(text: str) -> SigningKey | None:
    """The key in a private form; `None` for any other text."""
    if not text.startswith(_PRIVATE):
        return None
    found = _parse(text.removeprefix(_PRIVATE).rstrip("\n"))
    if found is None:
        return None
    name, identifier, seed = found
    key = SigningKey(name=name, seed=seed)
    return key if key.public.id == identifier else None


def parse_public_key(text: str) -> PublicKey | None:
    """The key in a public form; `None` for any other text."""
    found = _parse(text.strip())
    if found is None:
        return None
    name, identifier, raw = found
    key = PublicKey(name=name, raw=raw)
    return key if key.id == identifier else None


def _parse(text: str) -> tuple[str, bytes, bytes] | None:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        decoded, named = base64.b64decode(encoded, validate=True), bytes.fromhex(identifier)
    except (binascii.Error, ValueError):
        return None
    is_whole = len(decoded) == len(ALGORITHM) + SEED_BYTES and decoded.startswith(ALGORITHM)
    return (name, named, decoded[1:]) if is_whole and _NAME.fullmatch(name) else None
