"""Stores of objects and files, beyond those of each run."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import keyvalue, swift

RECIPES: tuple[Recipe, ...] = (
    further(swift.swift, "swift", "swift-open"),
    further(keyvalue.valkey_open, "redis", "valkey-open"),
    further(keyvalue.valkey_protected, "redis", "valkey-protected"),
)
