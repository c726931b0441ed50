"""Which modules a part of LeakGuard needs, read from the imports of their sources. Needs nothing but Python."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

NAME = "leakguard"
LOADED_BY_NAME = ("leakguard/probes",)
"""Whose modules are loaded by a name that is put together: the protocols."""
WORKER = "leakguard.worker.__main__"


def needed(source: Path, first: str = WORKER) -> tuple[set[Path], set[str]]:
    """The files below `source` that `first` needs, and the top-level names of all else that these import."""
    todo = [first]
    for folder in LOADED_BY_NAME:
        todo += [_name(path.relative_to(source)) for path in (source / folder).rglob("*.py")]
    files: set[Path] = set()
    others: set[str] = set()
    while todo:
        name = todo.pop()
        if name.partition(".")[0] != NAME:
            others.add(name.partition(".")[0])
            continue
        for path in _files(source, name):
            if path not in files:
                files.add(path)
                todo += _imports(path)
    return files, others


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _files(source: Path, name: str) -> Iterator[Path]:
    """The module of this name, and the packages above it; of what is no module, these alone."""
    parts = name.split(".")
    for length in range(1, len(parts) + 1):
        base = source.joinpath(*parts[:length])
        yield from (path for path in (base / "__init__.py", base.with_suffix(".py")) if path.is_file())


def _imports(path: Path) -> Iterator[str]:
    waiting: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)
