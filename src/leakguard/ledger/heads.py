"""Heads: the number and hash of the last entry, small enough to keep outside the store.

A chain alone cannot show that its tail was cut off; an earlier head that was kept elsewhere can. An *external* head is
one that is kept outside the store, in a *second place* such as the head file beside it or another machine.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping

from leakguard.frozen import Frozen
from leakguard.ledger.entries import Entry
from leakguard.ledger.keys import PublicKey, SigningKey, parse_public_key

SCHEMA = "leakguard.head/1"
SHORT = 16
"""Hex digits of a head in print: 64 bits, too many to find a second preimage while a letter is on its way."""
_HASH = re.compile(r"[0-9a-f]{64}")
_NOTED = re.compile(r"^([1-9]\d{0,17})\n[A-Za-z0-9+/]{43}=\nlast ([0-9a-f]{64})$", re.ASCII | re.MULTILINE)
_PRINTED = re.compile(r"(?<!\d)([1-9]\d{0,17})\D{1,12}?([0-9a-f]{8,64})\b", re.ASCII)
_AFTER_WORD = re.compile(r"(?:\bentry|第) ?([1-9]\d{0,17})\D{1,12}?([0-9a-f]{8,64})\b", re.ASCII)
_WITH_LETTER = re.compile(r"(?<!\d)([1-9]\d{0,17})\D{1,12}?(?=\d*[a-f])([0-9a-f]{8,64})\b", re.ASCII)
"""The hash has one of a to f, so that no telephone number and no account number passes for one."""


class Head(Frozen):
    """Where the ledger stood at one moment: its last entry. `notes.TreeHead` adds the root over all entries."""

    sequence: int
    hash: str
    recorded_at: str


def head_of(entry: Entry) -> Head:
    """The head of a ledger whose last entry is `entry`."""
    return Head(sequence=entry.sequence, hash=entry.hash, recorded_at=entry.recorded_at)


class HeadWithSignature(Frozen):
    """A head, and the key and the signature that a line of a head file states for it: not verified, see `signer`."""

    head: Head
    key: str
    """The public form, as `ledger.keys` reads it."""
    signature: str
    """Base64."""

    def is_by(self, key: PublicKey) -> bool:
        """Whether the key signed exactly this head."""
        try:
            signature = base64.b64decode(self.signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        return key.has_signed(_message(self.head), signature)

    @property
    def signer(self) -> PublicKey | None:
        """The key that the line names, if it signed this head."""
        key = parse_public_key(self.key)
        return key if key is not None and self.is_by(key) else None


class HeadFileContent(Frozen):
    """What a head file says: the latest head, and the latest one with a signature, which may be wrong."""

    latest: Head
    signed: HeadWithSignature | None = None


def head_to_text(head: Head, *, key: SigningKey | None = None, last_signed: HeadWithSignature | None = None) -> str:
    """The text of a head file: a line of JSON, signed if a key is given; else followed by the line of `last_signed`."""
    if key is not None:
        return _line(head, {"signed_by": key.public.text, "signature": _encoded(key.sign(_message(head)))})
    kept = (
        ""
        if last_signed is None
        else _line(last_signed.head, {"signed_by": last_signed.key, "signature": last_signed.signature})
    )
    return _line(head, {}) + kept


def _line(head: Head, more: Mapping[str, str]) -> str:
    fields = {"schema": SCHEMA, "sequence": head.sequence, "hash": head.hash, "recorded_at": head.recorded_at, **more}
    return json.dumps(fields) + "\n"


def _message(head: Head) -> bytes:
    """The message that is signed. No signed note begins like it, and no other head has the same one."""
    return f"{SCHEMA}\n{head.sequence}\n{head.hash}\n{head.recorded_at}\n".encode("utf-8", "surrogatepass")


def _encoded(signature: bytes) -> str:
    return base64.b64encode(signature).decode()


def latest_head_in_file(text: str) -> Head | None:
    """The latest head in the text of a head file; `None` if no line can be read, which proves nothing."""
    found = heads_in_file(text)
    return found.latest if found is not None else None


def heads_in_file(text: str) -> HeadFileContent | None:
    """The latest head and the latest signed head in the text of a head file; `None` if no line can be read."""
    lines = [found for line in text.splitlines() if (found := _parsed(line)) is not None]
    if not lines:
        return None
    signed = [signed_head for _, signed_head in lines if signed_head is not None]
    return HeadFileContent(
        latest=max((head for head, _ in lines), key=lambda head: head.sequence),
        signed=max(signed, key=lambda signed_head: signed_head.head.sequence) if signed else None,
    )


def _parsed(line: str) -> tuple[Head, HeadWithSignature | None] | None:
    try:
        fields = json.loads(line)
        head = Head(sequence=fields["sequence"], hash=fields["hash"], recorded_at=fields["recorded_at"])
        key, signature = fields.get("signed_by"), fields.get("signature")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if fields.get("schema") != SCHEMA or not _is_well_formed(head):
        return None
    is_signed = isinstance(key, str) and isinstance(signature, str)
    return head, HeadWithSignature(head=head, key=key, signature=signature) if is_signed else None


def heads_in_print(text: str) -> tuple[Head, ...]:
    """The printed heads, such as `entry 12, 0123456789abcdef`; a hash may be cut to 8 digits or more.

    If the text is not just one printed head, those after `entry` or `第` count, or else those whose hash has one of a
    to f.
    """
    if (whole := _PRINTED.fullmatch(text.strip())) is not None:
        return _heads_of([whole])
    return _heads_of(_AFTER_WORD.finditer(text)) or _heads_of(_WITH_LETTER.finditer(text))


def _heads_of(found: Iterable[re.Match[str]]) -> tuple[Head, ...]:
    return tuple(Head(sequence=int(match[1]), hash=match[2], recorded_at="") for match in found)


def heads_in_any_text(text: str) -> tuple[Head, ...]:
    """The heads in a text from elsewhere.

    All of its tree-head notes (see `notes`), or else only the latest of a head file, or else all that are printed.
    """
    if noted := _heads_of(_NOTED.finditer(text)):
        return noted
    head = latest_head_in_file(text)
    return (head,) if head is not None else heads_in_print(text)


def print_form(head: Head) -> str:
    """A head as letters and mails print it, with `SHORT` digits of its hash; `heads_in_print` reads it."""
    return f"entry {head.sequence}, {head.hash[:SHORT]}"


def _is_well_formed(head: Head) -> bool:
    sequence: object = head.sequence
    if type(sequence) is not int or sequence < 1:
        return False
    return all(isinstance(text, str) for text in (head.hash, head.recorded_at)) and bool(_HASH.fullmatch(head.hash))
