"""Label Studio, whose first start takes minutes."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import labelling

RECIPES: tuple[Recipe, ...] = (
    further(
        labelling.label_studio, "label_studio", "label-studio-protected", "label-studio-logged-in-open", heavy=True
    ),
)
