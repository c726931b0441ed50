"""The compiled book: the same as its files, and never older than them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.engine.kinds_of_data import load_kind_book
from leakguard.sensitivity.book import FOLDER
from leakguard.sensitivity.compiled import book_in, compile_book, to_compiled
from leakguard.sensitivity.reading import parse_book

TEXTS = BundledFiles().texts(FOLDER)
BOOK = parse_book(TEXTS)


def test_it_gives_the_very_same_book() -> None:
    assert book_in(to_compiled(BOOK, TEXTS), TEXTS) == BOOK


def test_files_that_changed_since_are_read_anew() -> None:
    changed = {**TEXTS, "names.yaml": f"{TEXTS['names.yaml']}\n# changed"}

    assert book_in(to_compiled(BOOK, TEXTS), changed) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"digest": 1}'])
def test_what_is_no_book_is_read_from_the_files(text: str) -> None:
    assert book_in(text, TEXTS) is None


def test_a_book_with_a_part_missing_is_none() -> None:
    kept: dict[str, Any] = json.loads(to_compiled(BOOK, TEXTS))
    for part in ("words", "standards"):
        assert book_in(json.dumps({**kept, part: [1]}), TEXTS) is None


@pytest.mark.parametrize("compiled", ["", "{}", compile_book(TEXTS)])
def test_the_book_is_loaded_with_and_without_a_compiled_form(compiled: str) -> None:
    assert load_kind_book(TEXTS, compiled) == BOOK
