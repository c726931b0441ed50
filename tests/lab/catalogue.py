"""Which servers the lab has, by group, and the order in which they are begun.

A group is a module of `lab.groups` with its `RECIPES`: what starts together and stays below `lab.keeper.MOST_MB`.
A new module there is a new group.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from pathlib import Path

from lab.entry import Recipe

ALL = "extended"
"""A word for every group."""


def _groups() -> Mapping[str, tuple[Recipe, ...]]:
    names = sorted(path.stem for path in (Path(__file__).parent / "groups").glob("*.py"))
    first = sorted(names, key=lambda name: name != "core")
    return {name: importlib.import_module(f"lab.groups.{name}").RECIPES for name in first}


GROUPS: Mapping[str, tuple[Recipe, ...]] = _groups()
"""Name to recipes, the core set first."""
RECIPES: tuple[Recipe, ...] = tuple(recipe for group in GROUPS.values() for recipe in group)
CORE: tuple[Recipe, ...] = GROUPS["core"]
ALL_NAMES = tuple(name for recipe in RECIPES for name in recipe.names)


def wanted() -> tuple[Recipe, ...]:
    """The core set, or what `LEAKGUARD_LAB` of the environment names: groups or servers, by commas; or `extended`."""
    return chosen(tuple(os.environ.get("LEAKGUARD_LAB", "core").split(",")))


def wanted_names() -> tuple[str, ...]:
    """The servers that `wanted` gives."""
    return tuple(name for recipe in wanted() for name in recipe.names)


def chosen(names: tuple[str, ...]) -> tuple[Recipe, ...]:
    """The recipes of the named servers and groups; the wanted ones when none is named."""
    if not names:
        return wanted()
    if ALL in names:
        return RECIPES
    asked = {each for name in names for each in _servers_of(name)}
    return tuple(recipe for recipe in RECIPES if asked & set(recipe.names))


def unknown(names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are neither a server nor a group."""
    return tuple(name for name in names if name not in {*ALL_NAMES, *GROUPS, ALL})


def _servers_of(name: str) -> tuple[str, ...]:
    return tuple(each for recipe in GROUPS.get(name, ()) for each in recipe.names) or (name,)
