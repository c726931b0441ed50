"""Schedulers, trackers and monitors of PyPI, and programs of Go."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import gobuilt, trackers

RECIPES: tuple[Recipe, ...] = (
    further(gobuilt.caddy_open, "caddy", "caddy-admin-open"),
    further(gobuilt.caddy_protected, "caddy", "caddy-admin-protected"),
    further(gobuilt.victorialogs_open, "victorialogs", "victorialogs-open", "victorialogs-guarded-api-protected"),
    further(trackers.dask_open, "dask", "dask-open", "dask-guarded-api-protected"),
    further(trackers.optuna_open, "optuna", "optuna-open", "optuna-guarded-api-protected"),
    further(trackers.glances_open, "glances", "glances-open"),
    further(trackers.glances_protected, "glances", "glances-protected"),
    further(trackers.tensorboard_open, "tensorboard", "tensorboard-open", "tensorboard-guarded-api-protected"),
    further(trackers.dagster_open, "dagster", "dagster-open", "dagster-guarded-api-protected"),
    further(trackers.ray_open, "ray", "ray-open", heavy=True),
    further(trackers.ray_protected, "ray", "ray-protected", heavy=True),
)
