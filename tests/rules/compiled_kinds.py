"""Writes `sensitivity/compiled.json`, the book of kinds in the form that a scan reads.

`python tests/rules/compiled_kinds.py` rewrites it; a test compares it with the files.
"""

from __future__ import annotations

from pathlib import Path

from leakguard.bundled import Bundled
from leakguard.sensitivity.book import FOLDER
from leakguard.sensitivity.compiled import FILE, to_compiled
from leakguard.sensitivity.reading import parse_book

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / FOLDER / FILE


def compiled_now() -> str:
    """What the file should be."""
    texts = Bundled(ROOT).texts(FOLDER)
    return to_compiled(parse_book(texts), texts)


if __name__ == "__main__":
    COMPILED.write_text(compiled_now(), encoding="utf-8")
