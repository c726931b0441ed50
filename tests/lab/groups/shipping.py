"""Pages that the usual tools make, with planted backends and secrets."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import shipping

RECIPES: tuple[Recipe, ...] = (
    further(shipping.vite, "page", "vite-page-open", heavy=True),
    further(shipping.next_app, "page", "next-page-open", heavy=True),
    further(shipping.expo, "page", "expo-page-open", heavy=True),
)
