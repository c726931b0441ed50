"""Backups of a store: what one says about itself, what was put back, and how large a store is."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from leakguard.errors import BadFile

NAME = "manifest.json"
FORMAT = "leakguard.backup/1"
STORE, HEAD, EVIDENCE = "leakguard.db", "leakguard.db.head", "leakguard.db.evidence"
MOST_BYTES = 64 << 20
"""Of a manifest: a line of some 120 bytes for each kept piece of evidence."""
_FILE = re.compile(rf"{re.escape(STORE)}(?:\.head|\.evidence/[0-9a-f]{{64}})?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class BackupFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup."""

    sha256: str
    bytes: int


class BackupManifest(msgspec.Struct, frozen=True, kw_only=True):
    """The file `manifest.json` of a backup."""

    format: str
    made_at: str
    """RFC 3339, in UTC."""
    made_by: str
    source: str
    """The store as it may be shown: a path, or a URL without its password."""
    entries: int
    head: str
    """The hash of the last entry; empty where there is none."""
    rows: Mapping[str, int]
    """How many rows each table had."""
    files: Mapping[str, BackupFile]
    """By their paths inside the backup, with `/`."""
    not_included: tuple[str, ...] = ()
    """Files beside the store that a backup leaves out: keys, by name."""


class LaterHead(msgspec.Struct, frozen=True, kw_only=True):
    """A head that is later than the ledger that was put back: what the store that stood here knew, and is lost."""

    place: str
    entries: int
    """How many entries that ledger had."""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was put back."""

    manifest: BackupManifest
    later: tuple[LaterHead, ...]
    """Each is kept under another name."""


class StoreFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How large a store is, and where."""

    name: str
    """The path, or the URL without its password."""
    database: str
    """`sqlite` or `postgresql`."""
    schema: str
    bytes: int
    """Of the database, with its journal."""
    rows: Mapping[str, int]
    """How many rows each table has."""
    evidence_files: int
    evidence_bytes: int
    free_bytes: int
    """Of the disk that the SQLite file, or the folder of kept evidence, is on."""


def to_text(manifest: BackupManifest) -> str:
    """JSON, readable, with a line end."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2).decode() + "\n"


def parse_manifest(text: str, name: str) -> BackupManifest:
    """The manifest in `text`; raises `BadFile`, which names the file `name`, for what is none."""
    try:
        found = msgspec.json.decode(text.encode("utf-8", "surrogateescape"), type=BackupManifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadFile.whole(name, "is no manifest of a backup") from error
    if found.format != FORMAT:
        raise BadFile.whole(name, f"is of the form `{found.format[:40]}`, and this release reads {FORMAT}")
    for path, file in found.files.items():
        if not _FILE.fullmatch(path) or not _SHA256.fullmatch(file.sha256) or file.bytes < 0:
            raise BadFile.whole(name, f"names a file that no backup has: `{path[:80]}`")
    if STORE not in found.files:
        raise BadFile.whole(name, f"names no {STORE}")
    return found
