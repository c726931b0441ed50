"""Backends that pages talk to by themselves."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import app_backends, app_platforms, strapi

RECIPES: tuple[Recipe, ...] = (
    further(
        app_backends.pocketbase, "pocketbase", "pocketbase-open", "pocketbase-partly-open", "pocketbase-protected"
    ),
    further(
        app_backends.json_server, "json_server", "json-server-open", "json-server-read-only-open",
        "json-server-1-open", "json-server-protected",
    ),
    further(
        app_backends.postgraphile, "postgraphile", "postgraphile-open", "postgraphile-partly-open",
        "postgraphile-protected",
    ),
    further(
        app_platforms.directus, "directus", "directus-open", "directus-partly-open", "directus-protected", heavy=True
    ),
    further(
        app_platforms.parse_server, "parse_server", "parse-server-open", "parse-server-partly-open",
        "parse-server-protected", heavy=True,
    ),
    further(strapi.strapi, "strapi", "strapi-open", "strapi-partly-open", "strapi-protected", heavy=True),
)  # fmt: skip
