"""The book of kinds of data that ships, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from leakguard.bundled import BundledFiles
from leakguard.engine.kinds_of_data import load_kind_book
from leakguard.sensitivity.book import FOLDER, KindBook


@cache
def kind_book() -> KindBook:
    return load_kind_book(BundledFiles(Path(__file__).parents[2]).texts(FOLDER))
