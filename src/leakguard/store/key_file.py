"""The file of the key that signs heads; who may write the ledger should not be able to read it."""

from __future__ import annotations

from pathlib import Path

from leakguard.errors import BadFile
from leakguard.ledger.keys import SigningKey, parse_signing_key


def read_key(path: Path, *, is_named: bool) -> SigningKey | None:
    """The key in a file; nothing where nobody named one and there is none. Raises `BadFile`."""
    if not is_named and not path.exists():
        return None
    try:
        key = parse_signing_key(path.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile.whole(str(path), f"cannot be read ({type(error).__name__})") from error
    if key is None:
        raise BadFile.whole(str(path), "holds no key of `leakguard evidence key init`")
    return key
