"""The file of the key that signs heads; who may write the ledger should not be able to read it."""

from __future__ import annotations

from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import read_text
from leakguard.ledger.keys import SigningKey, parse_signing_key

MOST_IN_KEY = 10_000
"""Bytes of the file; a key has some hundred."""


def read_key(path: Path, *, is_named: bool) -> SigningKey | None:
    """The key in a file; nothing where nobody named one and there is none. Raises `BadFile`."""
    if not is_named and not path.exists():
        return None
    key = parse_signing_key(read_text(path, most=MOST_IN_KEY))
    if key is None:
        raise BadFile.whole(str(path), "holds no key of `leakguard evidence key init`")
    return key
