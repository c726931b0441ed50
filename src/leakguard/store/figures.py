"""How large a store is: rows, bytes, kept evidence, and what the disk has left."""

from __future__ import annotations

import shutil
from contextlib import closing, suppress
from pathlib import Path

from leakguard.models.backups import StoreFigures
from leakguard.models.file_modes import Access
from leakguard.store.connection import Connection
from leakguard.store.database import Database
from leakguard.store.kept_files import KeptFiles
from leakguard.store.new_files import ALONE
from leakguard.store.places import file_of
from leakguard.store.schema import version_in
from leakguard.store.tables import TABLES


def store_figures(place: str, *, access: Access = ALONE) -> StoreFigures:
    """Count what the store at `place` holds; raises `StoreUnusable`."""
    kept = KeptFiles.beside(place).folder
    with closing(Database.open(place, create=False, access=access)) as database, database.standing() as connection:
        counts = {table: _number(connection, f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608  (our own names)
        files = [path for path in kept.iterdir() if path.is_file()] if kept.is_dir() else []
        return StoreFigures(
            name=database.name, database="sqlite" if connection.is_sqlite else "postgresql",
            schema=version_in(connection) or "", bytes=_bytes(connection, file_of(place)), rows=counts,
            evidence_files=len(files), evidence_bytes=sum(path.stat().st_size for path in files),
            free_bytes=shutil.disk_usage((file_of(place) or kept).absolute().parent).free,
        )  # fmt: skip


def _bytes(connection: Connection, file: Path | None) -> int:
    if file is None:
        return _number(connection, "SELECT pg_database_size(current_database())")
    total = 0
    for path in (file, file.with_name(f"{file.name}-wal")):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def _number(connection: Connection, statement: str) -> int:
    found = connection.first(statement)
    return int(found[0]) if found is not None else 0
