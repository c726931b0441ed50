"""Traces and logs."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import traces

RECIPES: tuple[Recipe, ...] = (
    further(traces.jaeger, "jaeger", "jaeger-open", "jaeger-proxied-open", "jaeger-protected"),
)
