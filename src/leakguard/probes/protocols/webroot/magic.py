"""What the first bytes of a file say that it is; sixteen are enough for all but tar."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FIRST_BYTES = 16
TAR_AT = 257
"""Where a tar archive says `ustar` (POSIX.1-1988)."""

_MAGIC: Mapping[bytes, str] = MappingProxyType(
    {
        b"-- MySQL dump": "mysql_dump",
        b"-- MariaDB dump": "mysql_dump",
        b"/*M!999999": "mysql_dump",
        b"/*!999999": "mysql_dump",
        b"/*!40101 SET": "mysql_dump",
        b"-- phpMyAdmin SQL": "mysql_dump",
        b"-- Adminer ": "sql",
        b"PRAGMA foreign_k": "sql",
        b"--\n-- PostgreSQL": "postgresql_dump",
        b"--\r\n-- PostgreSQL": "postgresql_dump",
        b"PGDMP": "pgdmp",
        b"SQLite format 3\x00": "sqlite",
        b"\x1f\x8b": "gzip",
        b"PK\x03\x04": "zip",
        b"7z\xbc\xaf\x27\x1c": "7z",
        b"BZh": "bzip2",
        b"\xfd7zXZ\x00": "xz",
        b"\x28\xb5\x2f\xfd": "zstd",
        b"Rar!\x1a\x07": "rar",
        b"TAPE": "mssql_backup",
        b"CREATE TABLE": "sql",
        b"INSERT INTO": "sql",
        b"DROP TABLE": "sql",
    }
)
_SMALLEST_BSON = 5
_LARGEST_BSON = 16 * 1024 * 1024 + 16 * 1024
"""MongoDB's largest document and the room that its tools leave."""
_BSON_TYPES = frozenset({*range(0x01, 0x14), 0x7F, 0xFF})


def kind_of(first: bytes, link: str) -> str | None:
    """The kind of dump or archive, or nothing. `link` only tells whether BSON, which has no magic, may be meant."""
    for magic, kind in _MAGIC.items():
        if first.startswith(magic[:FIRST_BYTES]):
            return kind
    return "bson" if link.lower().endswith(".bson") and _may_be_bson(first) else None


def is_tar(at_257: bytes) -> bool:
    """Whether the bytes from 257 on are a tar header's."""
    return at_257.startswith(b"ustar")


def _may_be_bson(first: bytes) -> bool:
    if len(first) < _SMALLEST_BSON + 1:
        return False
    length = int.from_bytes(first[:4], "little")
    return _SMALLEST_BSON <= length <= _LARGEST_BSON and first[4] in _BSON_TYPES
