"""The checks and the book that ship, loaded once for all tests of a process and in the quick way, as a scan loads them.

A test of its own compares the compiled forms with the files.
"""

from __future__ import annotations

import os

from leakguard.bundled import BundledFiles
from leakguard.bundled.compiled_forms import CompiledForms, cache_folder
from leakguard.checks.library import compile_library, load_library

FORMS = CompiledForms(BundledFiles(), cache_folder(os.environ))
_TEXTS = BundledFiles().texts("checks")
LIBRARY = load_library(_TEXTS, FORMS.of("checks", _TEXTS, compile_library))
