"""Airflow and Superset, with large trees of packages."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import pipelines

RECIPES: tuple[Recipe, ...] = (
    further(pipelines.airflow_open, "airflow", "airflow-open", "airflow-proxied-open", heavy=True),
    further(pipelines.airflow_protected, "airflow", "airflow-protected", heavy=True),
    further(pipelines.superset_open, "superset", "superset-open", "superset-proxied-open", heavy=True),
    further(pipelines.superset_protected, "superset", "superset-protected", heavy=True),
)
