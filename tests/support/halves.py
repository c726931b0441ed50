"""Which part of the tests a file belongs to, as the file itself says, and what a run of another part need not import.

`make test` runs what carries no mark and what is `untraced`; with `TRACE=1` one after the other, as it measures what
carries no mark, like `make coverage`. `make test-long` runs what is `long`, `make packages` what is `packages`. A mark
holds for a whole file, in its `pytestmark`: a file of another part is left out unread.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PARTS = ("long", "untraced", "packages")
"""`long`: brokers, killed processes, matrices of pages, hosts and letters by the hundred, wheels. `untraced`: what
needs the lab, and what takes no branch that other tests do not take. `packages`: what needs built packages."""
MARKS_OF_FILE = re.compile(r"^pytestmark\s*=\s*(\[.*?\n?\]|.*?)$", re.MULTILINE | re.DOTALL)
MARK_OF_A_PART = re.compile(rf"\bpytest\.mark\.({'|'.join(PARTS)})\b")


def parts_of(text: str) -> set[str]:
    """The parts that the `pytestmark` of a file's text names: none, or one of `PARTS`."""
    return {part for marks in MARKS_OF_FILE.findall(text) for part in MARK_OF_A_PART.findall(marks)}


def is_left_out(expression: str, parts: set[str]) -> bool:
    """Whether `-m expression` deselects all of a file of these parts; of a choice by `or` or brackets, nobody says so.

    What is not left out is imported, and pytest judges each of its tests.
    """
    if re.search(r"\bor\b|[()]", expression):
        return False
    clauses = [clause.strip() for clause in re.split(r"\band\b", expression)]
    return any(clause == f"not {part}" if part in parts else clause == part for part in PARTS for clause in clauses)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave a file out that the run's `-m` has no test of: to import all files takes as long as many a part."""
    expression = config.getoption("markexpr")
    if not expression or collection_path.suffix != ".py" or not collection_path.is_file():
        return None
    return is_left_out(expression, parts_of(collection_path.read_text(encoding="utf-8"))) or None
