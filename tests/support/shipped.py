"""The checks that ship, loaded once for all tests of a process and in the quick way, as a scan loads them."""

from __future__ import annotations

from leakguard.bundled import Bundled
from leakguard.checks.compiled import FILE
from leakguard.checks.library import load_library

LIBRARY = load_library(Bundled().texts("checks"), Bundled().texts("checks", suffix=FILE)[FILE])
"""A test of its own compares the compiled form with the files."""
