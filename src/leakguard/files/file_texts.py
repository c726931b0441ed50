"""The texts of files by name, decoded when somebody reads them: where a compiled form fits, nobody does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cached_property


class FileTexts(Mapping[str, str]):
    """What stood in some files at one time; two of them are equal where the files and their texts are."""

    def __init__(self, data: Mapping[str, bytes]) -> None:
        """`data` are the bytes of the files, UTF-8; reading a text of other bytes raises `UnicodeDecodeError`."""
        self._data = data

    def __getitem__(self, name: str) -> str:
        """The text of one file; lines end as in Python, whatever system wrote them."""
        text = self._data[name].decode("utf-8")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._data)

    def __len__(self) -> int:
        """How many files."""
        return len(self._data)

    def __eq__(self, other: object) -> bool:
        """As any mapping."""
        return self.digest == other.digest if isinstance(other, FileTexts) else super().__eq__(other)

    def __hash__(self) -> int:
        """Of the digest."""
        return hash(self.digest)

    @cached_property
    def digest(self) -> str:
        """Tells one state of the files from another; it is that of the texts, whatever ends their lines."""
        digest = hashlib.sha256()
        for name, data in sorted(self._data.items()):
            for part in (name.encode(), self[name].encode() if b"\r" in data else data):
                digest.update(b"%d\0" % len(part) + part)
        return digest.hexdigest()


def digest_of(texts: Mapping[str, str]) -> str:
    """Tells one state of the files from another."""
    if isinstance(texts, FileTexts):
        return texts.digest
    return FileTexts({name: text.encode() for name, text in texts.items()}).digest
