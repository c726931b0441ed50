"""The file of the key that signs heads; who may write the ledger should not be able to read it.

Its first line is the key in the form of a signed note. A second line says since when every head is signed with it:
from then on a head without its signature is no head that this release wrote.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from leakguard.errors import BadFile
from leakguard.files.opening import open_file, read_text
from leakguard.frozen import Frozen
from leakguard.ledger.keys import SINCE, PublicKey, SigningKey, parse_public_key, parse_signing_key, since_line


class HeadSigner(Frozen):
    """The key of this process, and whether it has signed every head since it was made."""

    key: SigningKey
    path: Path
    is_strict: bool = False

    def begin(self, now: datetime) -> None:
        """Say in the file that heads are signed from now on; one that may only be read stays as it is."""
        if not self.is_strict:
            with suppress(OSError), self.path.open("r+", encoding="ascii") as file:
                text = file.read()
                if SINCE not in text:
                    file.write(since_line(now))


MOST_IN_KEY = 10_000
"""Bytes of the file; a key has some hundred."""


def read_key(path: Path, *, is_named: bool) -> SigningKey | None:
    """The key in a file; nothing where nobody named one and there is none. Raises `BadFile`."""
    found = _read(path, is_named=is_named)
    return found.key if found is not None else None


def read_signer(path: Path, *, is_named: bool) -> HeadSigner | None:
    """As `read_key`, for heads; nothing where this process may not read the file, or has none. Raises `BadFile`."""
    try:
        with open_file(path):
            pass
    except BadFile:
        return None
    return _read(path, is_named=is_named)


def read_public(path: Path) -> PublicKey | None:
    """The public half beside a key that this process may not read; nothing where there is none."""
    try:
        return parse_public_key(read_text(path.with_name(f"{path.name}.pub"), most=MOST_IN_KEY))
    except BadFile:
        return None


def _read(path: Path, *, is_named: bool) -> HeadSigner | None:
    if not is_named and not path.exists():
        return None
    text = read_text(path, most=MOST_IN_KEY)
    first, _, rest = text.partition("\n")
    key = parse_signing_key(first)
    if key is None:
        raise BadFile.whole(str(path), "holds no key of `leakguard evidence key init`")
    return HeadSigner(key=key, path=path, is_strict=rest.startswith(SINCE))
