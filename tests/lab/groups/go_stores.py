"""Stores of Go, most of which take minutes to build."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import gobuilt, goclusters, gostores

RECIPES: tuple[Recipe, ...] = (
    further(gobuilt.mailhog_open, "mailhog", "mailhog-open"),
    further(gobuilt.mailhog_protected, "mailhog", "mailhog-protected"),
    further(gostores.weaviate, "weaviate", "weaviate-open", "weaviate-empty-open", "weaviate-protected", heavy=True),
    further(
        gostores.seaweedfs, "seaweedfs", "seaweedfs-filer-open", "seaweedfs-filer-read-only-open",
        "seaweedfs-filer-protected", heavy=True,
    ),
    further(goclusters.consul, "consul", "consul-open", "consul-no-keys-open", "consul-protected", heavy=True),
)  # fmt: skip
