"""Marks of rows and names of letters: keyed hashes, so that nobody without the key can try a guess of a person on them.

A manifest goes to printers and mail houses. A bare hash of a row would answer whether a known person is among its
people; with a key that stays with the owner it answers nobody else.
"""

from __future__ import annotations

import hmac
import json
from hashlib import sha256

from leakguard.frozen import names_of
from leakguard.notices.recipients import Recipient

KEY_BYTES = 32
"""As many as SHA-256 gives; RFC 2104, section 3, advises no fewer."""
IN_FOLDER = 1_000
"""Letters of one folder: file managers show so many without waiting."""
_SHORT = 16
_TOLD = tuple(name for name in names_of(Recipient) if name != "line")


def row_mark(key: bytes, recipient: Recipient) -> str:
    """The mark of everything that the row says, wherever in the file it stands; 64 hex digits."""
    values = [getattr(recipient, name) for name in _TOLD]
    return _keyed(key, "row", json.dumps(values, ensure_ascii=True))


def file_mark(key: bytes, digest: str) -> str:
    """The mark of a file of recipients with this SHA-256: a short file could be guessed from its bare hash."""
    return _keyed(key, "file", digest)


def key_mark(key: bytes) -> str:
    """By which a key is recognised; tells nothing of it."""
    return _keyed(key, "key", "")[:_SHORT]


def letter_name(line: int, mark: str, form: str) -> str:
    """Where the letter lies in its folder: by the line and the mark of its row, with nothing of the person."""
    return f"{line // IN_FOLDER:04d}/{line:07d}-{mark[:_SHORT]}.{form}"


def _keyed(key: bytes, what: str, text: str) -> str:
    """`what` keeps marks of different kinds apart."""
    return hmac.new(key, f"{what}\0{text}".encode(), sha256).hexdigest()
