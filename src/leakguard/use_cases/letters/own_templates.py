"""The organisation's own templates: each of them is one that a letter looks for, or is named as one that none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from leakguard.errors import BadFile, Problem
from leakguard.files.names import nearest_name
from leakguard.notices.duty_files import load_rows, read_states
from leakguard.notices.joining import Readers, joined_id
from leakguard.notices.letters.choice import OWN_FOLDER, SHIPPED_FOLDER, TemplateChoice
from leakguard.notices.places import law_of
from leakguard.ports import DataFolders

_ENDING = ".yaml"
_KNOWN_GOOD: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
"""By the names of all templates and of all files of duties; a page of letters asks for each of its letters."""


def refuse_unwanted(folders: DataFolders, names: Sequence[str], choices: Sequence[TemplateChoice]) -> None:
    """Raise `BadFile` for a template of our own that no letter looks for: the one that ships would be used instead."""
    own = [name for name in names if name.startswith(OWN_FOLDER)]
    key = (tuple(names), tuple(folders.names("duties")))
    if not own or key in _KNOWN_GOOD:
        return
    wanted = [f"{name}{_ENDING}" for name in _letters(folders, names, choices)]
    for name in own:
        if name.removeprefix(OWN_FOLDER) not in wanted:
            text = "no letter looks for a template of this name, so it would never be used"
            near = nearest_name(name.removeprefix(OWN_FOLDER)[:200], wanted)
            raise BadFile(f"templates/{name}", (Problem(where="", text=text, nearest=near),))
    _KNOWN_GOOD.clear()
    _KNOWN_GOOD.add(key)


def _letters(folders: DataFolders, names: Sequence[str], choices: Sequence[TemplateChoice]) -> Iterator[str]:
    """The names that a letter looks for: its own, and that of its family."""
    yield from (choice.use for choice in choices)
    yield from (
        name.removeprefix(SHIPPED_FOLDER).removesuffix(_ENDING) for name in names if name.startswith(SHIPPED_FOLDER)
    )
    yield from (duty for choice in choices for duty in choice.duties)
    rows = load_rows(folders).rows
    yield from (row.id for row in rows)
    yield from (joined_id(law, readers) for law in {law_of(row) for row in rows} for readers in get_args(Readers))
    yield from (letter.id for state in read_states(folders) for letter in state.practice)
