"""Pages of PyPI that show data, tasks or code."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import pages

RECIPES: tuple[Recipe, ...] = (
    further(pages.datasette_open, "datasette", "datasette-open"),
    further(pages.datasette_no_sql_open, "datasette", "datasette-no-sql-open"),
    further(pages.datasette_protected, "datasette", "datasette-protected"),
    further(pages.rq_dashboard_open, "rq_dashboard", "rq-dashboard-open"),
    further(pages.rq_dashboard_protected, "rq_dashboard", "rq-dashboard-protected"),
    further(pages.supervisor_open, "supervisor", "supervisor-open"),
    further(pages.supervisor_protected, "supervisor", "supervisor-protected"),
    further(pages.pypiserver_open, "pypiserver", "pypiserver-open"),
    further(pages.pypiserver_protected, "pypiserver", "pypiserver-protected"),
    further(pages.luigi_open, "luigi", "luigi-open"),
    further(pages.marimo_open, "marimo", "marimo-open"),
    further(pages.marimo_protected, "marimo", "marimo-protected"),
    further(pages.radicale_open, "carddav", "radicale-open"),
    further(pages.radicale_protected, "carddav", "radicale-protected"),
)
