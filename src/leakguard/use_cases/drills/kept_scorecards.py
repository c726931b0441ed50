"""The scorecards of drills that were played: each stands in the folder of its drill, and is read again from there.

A drill has a folder and a store of its own, so the store of the real incidents knows nothing of it. What is looked
through are the folders in one place, such as the one in which a server runs; a folder that is no drill's own is left.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from leakguard.drills.scorecard import SCHEMA
from leakguard.errors import FileLost, LeakGuardError, NotFound
from leakguard.files.opening import read_text
from leakguard.files.replacing import replacing
from leakguard.frozen import Frozen
from leakguard.models.file_modes import Output, mode_of

CARD = "scorecard.json"
MARK = "# DRILL: this folder belongs to an exercise; nothing in it has happened.\n"
"""The first line of the settings in the folder of a drill."""
SETTINGS = "leakguard.toml"
MOST_BYTES = 4 << 20
MOST_CARDS, MOST_FOLDERS = 100, 1_000
TWICE = ("as-it-was", "known-earlier")
"""The two folders of a drill that was played as it was and with somebody knowing earlier."""


class KeptCard(Frozen):
    """A scorecard of a folder."""

    id: str
    """The name of the folder; of one of the two of a drill that was played twice with a dot between."""
    written_at: datetime
    """When it was written, in UTC: the day of the exercise, while the times in it are simulated."""
    content: Mapping[str, Any]
    """As it stands in the file."""


def kept_cards(place: Path) -> tuple[KeptCard, ...]:
    """The scorecards of the drills in the folders of a place, the latest first; at most `MOST_CARDS`."""
    found = (card for folder, name in _folders(place) if (card := _read(folder, name)) is not None)
    return tuple(sorted(found, key=lambda card: card.written_at, reverse=True))[:MOST_CARDS]


def kept_card(place: Path, identifier: str) -> KeptCard:
    """One of them; raises `NotFound`."""
    found = next((card for card in kept_cards(place) if card.id == identifier), None)
    if found is None:
        raise NotFound(f"there is no scorecard `{identifier[:60]}`", next_step="Choose one from the list of drills.")
    return found


def keep_card(place: Path, content: Mapping[str, Any]) -> None:
    """Write the card of a drill into its folder, in one step; nothing where the place is no drill's own folder.

    Raises `FileLost` where it cannot be written.
    """
    try:
        if not _is_drill(place):
            return
        with replacing(place / CARD, mode_of(Output.RESULT)) as handle:
            handle.write((json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())
    except OSError as error:
        raise FileLost(
            f"the scorecard cannot be written: {error.strerror}",
            next_step="Free the disk, then write it again: the page of the drill has a button for it.",
        ) from error


def is_kept(place: Path) -> bool | None:
    """Whether the card of a drill that is over lies in its folder; `None` where the place is no drill's own folder."""
    try:
        return (place / CARD).is_file() if _is_drill(place) else None
    except (LeakGuardError, OSError):
        return False


def _folders(place: Path) -> Iterator[tuple[Path, str]]:
    for folder in sorted(islice(place.iterdir(), MOST_FOLDERS)):
        if not folder.is_dir() or folder.is_symlink():
            continue
        yield folder, folder.name
        for name in TWICE:
            if (folder / name).is_dir():
                yield folder / name, f"{folder.name}.{name}"


def _is_drill(folder: Path) -> bool:
    file = folder / SETTINGS
    return file.is_file() and read_text(file).startswith(MARK)


def _read(folder: Path, name: str) -> KeptCard | None:
    """The card of a folder that is a drill's own; `None` for what is none, or cannot be read."""
    file = folder / CARD
    try:
        if not file.is_file() or not _is_drill(folder):
            return None
        content = json.loads(read_text(file, most=MOST_BYTES))
        written_at = datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)
    except (LeakGuardError, OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, Mapping) or content.get("schema") != SCHEMA:
        return None
    return KeptCard(id=name, written_at=written_at, content=content)
