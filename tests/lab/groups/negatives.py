"""Software that people run and that is no datastore."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import negatives

RECIPES: tuple[Recipe, ...] = (further(negatives.negatives, "none", *negatives.NAMES),)
