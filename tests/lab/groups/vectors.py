"""Stores of vectors that are large."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import vectors

RECIPES: tuple[Recipe, ...] = (
    further(vectors.milvus_open, "milvus", "milvus-open", "milvus-proxied-open", heavy=True),
    further(vectors.milvus_protected, "milvus", "milvus-protected", heavy=True),
)
