"""What a scan has to load to use its checks: neither the shapes of files nor the reader of YAML."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import leakguard

PACKAGE = Path(leakguard.__file__).parent
HEAVY = {"pydantic", "yaml"}
"""A sixth of a second together with the shapes, which only a file that changed needs."""


def imports_of(module: str) -> Iterator[str]:
    """What a module of ours names at its top, where it is loaded at once."""
    path = PACKAGE.joinpath(*module.split(".")[1:])
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def loaded_by(module: str) -> set[str]:
    """All modules that come with it."""
    found, waiting = {module}, [module]
    while waiting:
        for name in imports_of(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting += [name] if name.startswith("leakguard.") else []
    return found


@pytest.mark.parametrize("module", ["leakguard.checks.library", "leakguard.engine.examiner"])
def test_using_checks_loads_no_reader_of_files(module: str) -> None:
    loaded = loaded_by(module)

    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
    assert "leakguard.checks.judge" in loaded or "leakguard.checks.definitions" in loaded


def test_the_reader_of_check_files_would_be_noticed() -> None:
    assert {name.partition(".")[0] for name in loaded_by("leakguard.checks.shapes")} & HEAVY
