"""Stores as a release left them: the rows that its own commands wrote, put into the schema of its day."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leakguard.store import schema
from leakguard.store.drivers import create_file
from leakguard.store.engine import lifting
from leakguard.store.places import driver_of

FOLDER = Path(__file__).parents[1] / "store" / "releases"
"""One file a release: made by the commands of that day, never by today's code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What one release left."""

    revision: str
    head: str
    """The text of the file beside a SQLite store."""
    tables: dict[str, dict[str, Any]]
    now: str
    """When its last command was run."""
    statuses: dict[str, dict[str, Any]]
    """How it told the clocks of the first incident to stand then."""


def releases() -> list[str]:
    """Their names, the oldest first."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read_release(name: str) -> Release:
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    clocks = read["clocks"]
    return Release(
        revision=read["revision"], head=read["head"], tables=read["tables"], now=clocks["now"],
        statuses=clocks["standings"],
    )  # fmt: skip


def leave(release: Release, place: Path | str) -> None:
    """Make the store at a path or a URL as the release left it."""
    if isinstance(place, Path):
        create_file(place)
    with lifting(str(place), driver_of(str(place))) as (theirs, connection):
        schema.migrate(theirs, release.revision)
        for table, held in release.tables.items():
            if held["rows"]:
                connection.insert(table, held["columns"], [tuple(row) for row in held["rows"]])
    if isinstance(place, Path):
        place.with_name(f"{place.name}.head").write_text(release.head, encoding="utf-8")
