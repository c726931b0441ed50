"""Answers about the API itself."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


class Health(TypedDict):
    """Whether the server is well."""

    status: Literal["ok", "degraded"]
    store: Literal["ok", "unusable"]
    version: str


class Me(TypedDict):
    """Who asks."""

    id: str
    name: str
    how: str
    authenticated: bool
    roles: list[str]
    rights: list[str]
    scopes: list[str] | None


class Anything(TypedDict, total=False):
    """A document of its own."""

    openapi: str
    info: dict[str, Any]
    servers: list[dict[str, Any]]
    tags: list[dict[str, Any]]
    security: list[dict[str, Any]]
    paths: dict[str, Any]
    components: dict[str, Any]
