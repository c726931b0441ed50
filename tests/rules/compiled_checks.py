"""Writes `checks/compiled.json`, the checks in the form that a scan reads.

`python tests/rules/compiled_checks.py` rewrites it; a test compares it with the files.
"""

from __future__ import annotations

from pathlib import Path

from leakguard.bundled import Bundled
from leakguard.checks.compiled import FILE
from leakguard.checks.library import compile_library

ROOT = Path(__file__).parents[2]
COMPILED = ROOT / "checks" / FILE


def compiled_now() -> str:
    """What the file should be."""
    return compile_library(Bundled(ROOT).texts("checks"))


if __name__ == "__main__":
    COMPILED.write_text(compiled_now(), encoding="utf-8")
