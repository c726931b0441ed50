"""Stores of objects and files, beyond those of each run."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import swift

RECIPES: tuple[Recipe, ...] = (further(swift.swift, "swift", "swift-open"),)
