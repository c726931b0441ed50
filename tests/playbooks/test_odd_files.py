"""Playbooks in which something stands that nobody expects there: each loads or is refused, and never breaks."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files.yaml_text import read_yaml
from leakguard.playbooks.definitions import from_snapshot, parse_playbook, snapshot_of
from support.examples import examples

pytestmark = pytest.mark.untraced

Place = tuple[str | int, ...]
FILES = sorted((Path(__file__).parents[2] / "playbooks").glob("*.yaml"))
BOOKS = [read_yaml(file.read_text(encoding="utf-8"), name=file.name).value for file in FILES]


def places(value: object, here: Place = ()) -> Iterator[Place]:
    """Every place of a file, the outermost left out."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*here, key)
        yield from places(inner, (*here, key))


def _is_prose(place: Place) -> bool:
    """Lines that only people read are many, and all alike."""
    return any(part in {"do", "do_not", "about", "why", "references"} for part in place[:-1])


PLACES = [(number, place) for number, book in enumerate(BOOKS) for place in places(book) if not _is_prose(place)]
WORDS = ["", "contain", "verify", "PT1H", "50%", "risk"]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["step", "field", "is", "of"]), inner),
    max_leaves=3,
)


@examples(60)
@given(where=st.sampled_from(PLACES), odd=ODD)
def test_an_odd_value_anywhere_is_refused_or_understood(where: tuple[int, Place], odd: object) -> None:
    book = copy.deepcopy(BOOKS[where[0]])
    around: Any = book
    for part in where[1][:-1]:
        around = around[part]
    around[where[1][-1]] = odd

    try:
        playbook = parse_playbook(json.dumps(book), name="odd.yaml")
    except BadFile:
        return
    assert from_snapshot(snapshot_of(playbook), name="odd") == playbook
