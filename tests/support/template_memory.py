"""Shares the compiled templates of the console between the workers of one run: each would compile all of them anew.

A server compiles a template when the first page needs it, in each language, and that takes longer than the page. A
compiled form may hold words of its language, so each language has its folder, and no run reads that of another one.
"""

from __future__ import annotations

import pytest
from jinja2 import FileSystemBytecodeCache

from leakguard.translations.catalogue import LANGUAGES
from leakguard.web.console import render


def share_templates(factory: pytest.TempPathFactory) -> None:
    """From now on, in the folder of this run that its workers have in common."""
    own = factory.getbasetemp()
    shared = own.parent if own.name.startswith("popen-") else own
    for language in LANGUAGES:
        folder = shared / f"templates-{language}"
        folder.mkdir(exist_ok=True)
        render._environment(language).bytecode_cache = FileSystemBytecodeCache(str(folder))  # noqa: SLF001  (the only ones)
