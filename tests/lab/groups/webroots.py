"""Web roots that give away more than pages."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import webroots

RECIPES: tuple[Recipe, ...] = (
    further(webroots.dump_open, "http", "dump-open"),
    further(webroots.laravel_open, "laravel", "laravel-open"),
    further(webroots.laravel_protected, "laravel", "laravel-protected"),
)
