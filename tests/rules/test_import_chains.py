"""Modules import each other without a circle, in chains that a reader can follow; packages, only one way."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2] / "src"
LONGEST = 24
"""Modules of one chain: from a command down to the meter of expressions. Lower it when it falls; it may not rise."""


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted((ROOT / "leakguard").rglob("*.py"))}


@cache
def imports_of(module: str) -> frozenset[str]:
    """What it imports as it is loaded; what a function imports later, or types alone need, makes no chain."""
    found = set()
    for node in ast.parse(MODULES[module].read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {f"{node.module}.{one.name}" for one in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    inside = found & MODULES.keys() - {module}
    return frozenset(one for one in inside if not any(other.startswith(f"{one}.") for other in inside))


def chain_from(module: str, known: dict[str, tuple[str, ...]], above: tuple[str, ...] = ()) -> tuple[str, ...]:
    if module in above:
        pytest.fail(f"a circle: {' -> '.join((*above[above.index(module) :], module))}")
    if module not in known:
        below = (chain_from(one, known, (*above, module)) for one in sorted(imports_of(module)))
        known[module] = (module, *max(below, key=len, default=()))
    return known[module]


def test_no_chain_of_imports_is_longer_than_before_and_none_is_a_circle() -> None:
    known: dict[str, tuple[str, ...]] = {}
    longest = max((chain_from(module, known) for module in MODULES), key=len)

    assert len(longest) <= LONGEST, " -> ".join(longest)


def test_a_chain_is_found_where_there_is_one() -> None:
    assert "leakguard.checks.expression_meter" in chain_from("leakguard.checks.expressions", {})


def packages_above(module: str) -> tuple[str, ...]:
    """The packages that hold the module, the outermost first; itself if it is one."""
    parts = module.split(".")
    names = (".".join(parts[: count + 1]) for count in range(1, len(parts)))
    return tuple(name for name in names if MODULES.get(name, ROOT).name == "__init__.py")


def siblings(importing: str, imported: str) -> tuple[str, str] | None:
    """The two packages side by side that the import joins, if it leads from one to another."""
    pairs = zip(packages_above(importing), packages_above(imported), strict=False)
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def both_ways(imports: Mapping[str, frozenset[str]]) -> dict[tuple[str, str], list[str]]:
    """Pairs of packages side by side that import each other, with the imports of the first of the two."""
    joined: dict[tuple[str, str], list[str]] = {}
    for module, others in imports.items():
        for other in others:
            if (pair := siblings(module, other)) is not None:
                joined.setdefault(pair, []).append(f"{module} -> {other}")
    return {(one, other): names for (one, other), names in joined.items() if one < other and (other, one) in joined}


def test_no_two_packages_side_by_side_import_each_other_at_any_depth() -> None:
    assert both_ways({module: imports_of(module) for module in MODULES}) == {}


def test_two_packages_that_import_each_other_are_found_at_any_depth() -> None:
    http, page = "leakguard.probes.protocols.http", "leakguard.probes.protocols.page"
    imports = {
        f"{http}.session": frozenset({f"{page}.links"}),
        f"{page}.session": frozenset({f"{http}.client", "leakguard.models.targets"}),
    }

    assert both_ways(imports) == {(http, page): [f"{http}.session -> {page}.links"]}
