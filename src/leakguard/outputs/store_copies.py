"""Backups, restored and moved stores, and the size of a store: for a person and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from leakguard.models.backups import BackupManifest, StoreFigures
from leakguard.models.texts import counted
from leakguard.outputs.evidence import verification_lines
from leakguard.outputs.words import printable
from leakguard.use_cases.proofs.evidence import verification_to_json
from leakguard.use_cases.proofs.store_copies import BackedUp, CheckedStore, PutBack

_DRIVERS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def backup_lines(made: BackedUp, folder: str) -> Iterator[str]:
    """What is in the backup, what is not, and whether it verifies."""
    yield f"{printable(folder)}: {_holds(made.manifest)}"
    yield "Not in it: sessions and unused first links, and the keys" + _named_keys(made.manifest) + "."
    yield "Keep leakguard.toml, scope.yaml and the keys in another place. The backup is not encrypted."
    yield from verification_lines(made.verified)
    if made.is_copy_wrong:
        yield "THIS COPY IS WRONG: the ledger of the store verifies. Check the disk, and make another backup elsewhere."


def backup_json(made: BackedUp, folder: str) -> dict[str, Any]:
    """The form of `store backup --format json`."""
    manifest = {**msgspec.to_builtins(made.manifest), "files": len(made.manifest.files)}
    verified = verification_to_json(made.verified)
    return {"folder": folder, "backup": manifest, "verification": verified, "is_copy_wrong": made.is_copy_wrong}


def restored_lines(done: PutBack, place: str) -> Iterator[str]:
    """What was put back, what is lost, and what has to be done next."""
    manifest = done.restored.manifest
    yield f"{printable(place)}: restored the backup of {manifest.made_at}, {_holds(manifest)}"
    for later in done.restored.later:
        lost = later.entries - manifest.entries
        behind = f"{counted(lost, 'entry', 'entries')} behind entry {manifest.entries:,}"
        yield f"Lost: {behind}, by the head in {printable(later.place)}, which is kept as .old-1"
    yield "Everybody has to log in again. Passwords, tokens and roles are those of the day of the backup: check them."
    yield from verification_lines(done.verified)


def restored_json(done: PutBack, place: str) -> dict[str, Any]:
    """The form of `store restore --format json`."""
    restored = done.restored
    return {
        "store": place,
        "backup": {**msgspec.to_builtins(restored.manifest), "files": len(restored.manifest.files)},
        "lost": [
            {"place": later_head.place, "entries": later_head.entries - restored.manifest.entries}
            for later_head in restored.later
        ],
        "verification": verification_to_json(done.verified),
    }


def checked_lines(checked: CheckedStore) -> Iterator[str]:
    """The size of the store, and whether it verifies."""
    figures = checked.figures
    yield f"{printable(figures.name)}: {_DRIVERS[figures.database]}, schema {figures.schema}, {figures.bytes:,} bytes"
    yield (
        f"{counted(figures.rows['ledger'], 'entry', 'entries')}, "
        f"{counted(figures.rows['findings'], 'finding', 'findings')}, "
        f"{counted(figures.evidence_files, 'kept file of evidence', 'kept files of evidence')} "
        f"({figures.evidence_bytes:,} bytes), {figures.free_bytes:,} bytes free on the disk"
    )
    yield from verification_lines(checked.verified)


def checked_json(checked: CheckedStore) -> dict[str, Any]:
    """The form of `store check --format json`."""
    figures: StoreFigures = checked.figures
    return {**msgspec.to_builtins(figures), "verification": verification_to_json(checked.verified)}


def _holds(manifest: BackupManifest) -> str:
    evidence = sum(1 for path in manifest.files if "/" in path)
    size = sum(file.bytes for file in manifest.files.values())
    return (
        f"{counted(manifest.entries, 'entry', 'entries')}, "
        f"{counted(manifest.rows.get('findings', 0), 'finding', 'findings')}, "
        f"{counted(evidence, 'kept file of evidence', 'kept files of evidence')}, {size:,} bytes"
    )


def _named_keys(manifest: BackupManifest) -> str:
    return f" ({', '.join(map(printable, manifest.not_included))})" if manifest.not_included else ""
