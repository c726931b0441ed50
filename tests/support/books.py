"""The book of kinds of data that ships, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from leakguard.bundled import Bundled
from leakguard.sensitivity.book import KindBook
from leakguard.use_cases.scans.kinds_of_data import load_kind_book


@cache
def kind_book() -> KindBook:
    return load_kind_book(Bundled(Path(__file__).parents[2]))
