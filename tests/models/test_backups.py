"""The manifest of a backup: written, read again, and refused by name where it is none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from leakguard.errors import BadFile
from leakguard.models.backups import FORMAT, NAME, STORE, BackupFile, BackupManifest, parse_manifest, to_text

MANIFEST = BackupManifest(
    format=FORMAT, made_at="2026-05-24T01:00:00Z", made_by="leakguard test", source="leakguard.db", entries=3,
    head="a" * 64, rows={"ledger": 3},
    files={
        STORE: BackupFile(sha256="b" * 64, bytes=10),
        f"{STORE}.evidence/{'c' * 64}": BackupFile(sha256="c" * 64, bytes=1),
    },
)  # fmt: skip
TEXT = to_text(MANIFEST)


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert parse_manifest(TEXT, NAME) == MANIFEST
    assert TEXT.endswith("}\n")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _: "no json", "is no manifest"),
        (lambda _: "[" * 100_000, "is no manifest"),
        (lambda _: "{}", "is no manifest"),
        (lambda _: "\udcff", "is no manifest"),
        (lambda text: json.dumps(json.loads(text) | {"entries": "many"}), "is no manifest"),
        (lambda text: text.replace(FORMAT, "leakguard.backup/9"), "this release reads"),
        (lambda text: text.replace(f'"{STORE}": {{', '"../outside.db": {'), "names a file that no backup has"),
        (lambda text: text.replace(f'"{STORE}": {{', '"/etc/passwd": {'), "names a file that no backup has"),
        (lambda text: text.replace('"sha256": "', '"sha256": "\\n'), "names a file that no backup has"),
        (lambda text: text.replace('"bytes": 10', '"bytes": -10'), "names a file that no backup has"),
        (lambda text: text.replace(f'"{STORE}": {{', f'"{STORE}.head": {{'), f"names no {STORE}"),
    ],
)
def test_what_is_no_manifest_is_refused_by_name(change: Callable[[str], str], says: str) -> None:
    with pytest.raises(BadFile, match=says) as refused:
        parse_manifest(change(TEXT), NAME)
    assert refused.value.name == NAME
