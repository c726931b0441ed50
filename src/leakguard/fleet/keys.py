"""Ed25519 keys: one file a machine, public keys in the settings of the other side, a signature on every message."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from leakguard.errors import BadFile, NotFound, NotTrusted, UsageProblem
from leakguard.files.opening import is_missing, open_file
from leakguard.frozen import Frozen
from leakguard.models.fleet import Envelope, VerifiedMessage

_DOMAIN = "leakguard.fleet/1"
"""Signed with every message, so that a signature made for anything else is worth nothing here."""
_PREFIX = "ed25519:"
MOST_IN_KEY = 10_000
"""Bytes of the file of a key; one has some hundred."""
_READABLE_BY_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyRing(Frozen, kw_only=False, hidden=("own", "trusted")):
    """Our own key, and the public keys that we trust by name; implements `use_cases.fleets.seal.Seal`."""

    own: Ed25519PrivateKey
    trusted: Mapping[str, str]

    def close(self, kind: str, body: str) -> Envelope:
        """Sign kind and text together: an answer cannot be taken for an order."""
        signature = self.own.sign(_signed(kind, body))
        key = public_text(self.own)
        return Envelope(kind=kind, body=body, key=key, signature=base64.b64encode(signature).decode())

    @property
    def public(self) -> str:
        """The public half of our own key."""
        return public_text(self.own)

    def key_of(self, signer: str) -> str:
        """The public key that we trust under a name; empty for a name that we do not know."""
        return self.trusted.get(signer, "").split(" ")[0]

    def open(self, envelope: Envelope) -> VerifiedMessage:
        """The message; raises `NotTrusted` for a stranger's key or a signature that does not fit."""
        entry = next((entry for entry in self.trusted.items() if entry[1].split(" ")[0] == envelope.key), None)
        if entry is None:
            raise NotTrusted(
                "a message is signed with a key that nobody here trusts",
                next_step="Name the key in [fleet.trusted]; `leakguard fleet key show` prints it there.",
            )
        try:
            raw = base64.b64decode(envelope.key.removeprefix(_PREFIX), validate=True)
            signature = base64.b64decode(envelope.signature, validate=True)
            Ed25519PublicKey.from_public_bytes(raw).verify(signature, _signed(envelope.kind, envelope.body))
        except (InvalidSignature, ValueError) as error:
            raise NotTrusted(
                f"a message in the name of {entry[0]} does not bear its signature, so it was changed on the way",
                next_step="Find out who can write to the broker.",
            ) from error
        vantages = tuple(filter(None, entry[1].partition(" ")[2].split(",")))
        return VerifiedMessage(kind=envelope.kind, body=envelope.body, signer=entry[0], vantages=vantages)


def _signed(kind: str, body: str) -> bytes:
    return f"{_DOMAIN}\n{kind}\n{body}".encode()


def public_text(key: Ed25519PrivateKey) -> str:
    """`ed25519:…`, as the settings of the other side name it."""
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _PREFIX + base64.b64encode(raw).decode()


def make_key(path: Path, seed: bytes) -> Ed25519PrivateKey:
    """Write a new key of 32 random bytes, for its owner's eyes only; raises `UsageProblem`, also where there is one."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(text)
        except OSError:  # half a key would be refused by every command, and never be replaced
            path.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise UsageProblem(f"{path} exists already", next_step="Show it: leakguard fleet key show") from error
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written: {error.strerror}", next_step="Choose another place.") from error
    return key


def read_key(path: Path) -> Ed25519PrivateKey:
    """Raises `NotFound` where there is none, `NotTrusted` for a file that others may read or that is no such key."""
    try:
        with open_file(path, most=MOST_IN_KEY) as handle:
            mode, text = os.fstat(handle.fileno()).st_mode, handle.read()
    except BadFile as bad:
        raise NotFound(
            f"the key {path} cannot be read: {bad.problems[0].text}",
            next_step="Make one: leakguard fleet key init"
            if is_missing(bad)
            else "Run this as the user who made it, or name another file by `key_file` in [fleet].",
        ) from bad
    if mode & _READABLE_BY_OTHERS:
        raise NotTrusted(f"others may read the key {path}", next_step=f"chmod 600 {path}")
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise NotTrusted(
            f"{path} holds no Ed25519 key",
            next_step="Put a copy of the key back, or move the file away and make a new one: leakguard fleet key init",
        )
    return key
