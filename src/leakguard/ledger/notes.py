"""Signed notes and their tree heads: a text, an empty line, and one line for each signature (C2SP `signed-note`).

A tree head is a C2SP checkpoint: the origin of the log, the number of entries, the root. It has two more lines, which
checkpoints allow: the hash of the last entry, as letters and mails print it, and when that entry was recorded.
"""

from __future__ import annotations

import base64
import binascii
import re

from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.ledger.keys import PublicKey, SigningKey

UNSIGNED = "leakguard-unsigned"
"""The origin of an unsigned head."""
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")
_HEAD = re.compile(
    r"(?P<origin>\S{1,100})\n(?P<size>[1-9]\d{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"last (?P<hash>[0-9a-f]{64})\nrecorded (?P<recorded_at>\S{20,27})\n",
    re.ASCII,
)


class TreeHead(Frozen):
    """The state of the ledger at one moment: the tree over its entries, and the last of them."""

    size: int
    root: bytes
    hash: str
    recorded_at: str
    origin: str = UNSIGNED

    @property
    def head(self) -> Head:
        """This head without the tree."""
        return Head(sequence=self.size, hash=self.hash, recorded_at=self.recorded_at)

    @property
    def text(self) -> str:
        """The text that is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\nlast {self.hash}\nrecorded {self.recorded_at}\n"


def parse_tree_head(text: str) -> TreeHead | None:
    """The head in the text of a note; `None` for any other text."""
    found = _HEAD.fullmatch(text)
    if found is None:
        return None
    root = base64.b64decode(found["root"])
    head = TreeHead(
        size=int(found["size"]), root=root, hash=found["hash"], recorded_at=found["recorded_at"], origin=found["origin"]
    )
    return head if head.text == text else None


def to_note(text: str, key: SigningKey | None) -> str:
    """The note with this text, which must end with a line end; it is signed if a key is given."""
    if key is None:
        return text
    signature = base64.b64encode(key.public.id + key.sign(text.encode())).decode()
    return f"{text}\n— {key.name} {signature}\n"


def text_of(note: str) -> str:
    """The text of a note without its signatures."""
    text, gap, _ = note.rpartition("\n\n— ")
    return f"{text}\n" if gap else note


def is_signed_by(note: str, key: PublicKey) -> bool:
    """Whether one of the note's signatures is a valid one by `key`."""
    text = text_of(note)
    lines = note.removeprefix(text).removeprefix("\n").splitlines()
    return any(_is_by(line, key, text.encode()) for line in lines)


def _is_by(line: str, key: PublicKey, message: bytes) -> bool:
    found = _SIGNATURE.fullmatch(line)
    if found is None or found[1] != key.name:
        return False
    try:
        signature = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return signature.startswith(key.id) and key.has_signed(message, signature[len(key.id) :])
