"""Kinds of which no real server could be had: what was tried of each, in `tests/lab/not_had.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from lab.catalogue import RECIPES

FILE = Path(__file__).parents[1] / "lab" / "not_had.toml"


def read_not_had(file: Path = FILE) -> Mapping[str, str]:
    """Kind to what was tried and what happened, in one sentence."""
    tried: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))
    return tried


def of_the_lab() -> frozenset[str]:
    """The kinds of which the lab starts a server."""
    return frozenset(recipe.datastore for recipe in RECIPES)


def not_had_parts(unmeasured: Collection[str], tried: Mapping[str, str], lab: Collection[str]) -> Iterable[str]:
    """What the documentation says of kinds without a measured server."""
    waiting = [kind for kind in unmeasured if kind in lab]
    if waiting:
        yield f"The lab starts servers of these {len(waiting)} of them, not measured yet: {', '.join(waiting)}."
    rest = [kind for kind in unmeasured if kind not in lab]
    if rest:
        rows = (f"| {kind} | {tried.get(kind, 'not tried')} |" for kind in rest)
        heading = f"No server of these {len(rest)} could be started here; the lab takes packages from registries alone:"
        yield f"{heading}\n\n| kind | what was tried |\n| --- | --- |\n" + "\n".join(rows)
