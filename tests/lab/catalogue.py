"""Which servers the lab has, and the order in which they are begun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lab.model import Server
from lab.recipes import databases, front, keyvalue, objects, search
from lab.site import Site

Start = Callable[[Site], Awaitable[list[Server]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to get, start, fill and assert one or more servers."""

    names: tuple[str, ...]
    """Of the servers that it gives."""
    datastore: str
    start: Start
    heavy: bool = False
    """Whether its start keeps a core busy for seconds."""
    core: bool = True


def _recipe(start: Start, datastore: str, *names: str, heavy: bool = False) -> Recipe:
    return Recipe(names=names, datastore=datastore, start=start, heavy=heavy)


RECIPES: tuple[Recipe, ...] = (
    # First those that a fresh machine builds longest.
    _recipe(databases.ferretdb_open, "mongodb", "ferretdb-open"),
    _recipe(databases.ferretdb_protected, "mongodb", "ferretdb-protected"),
    _recipe(objects.versitygw, "s3", "versitygw"),
    # Then those that start longest.
    _recipe(search.opensearch_protected, "opensearch", "opensearch-protected", heavy=True),
    _recipe(search.opensearch_open, "opensearch", "opensearch-open", heavy=True),
    _recipe(
        search.elasticsearch_7,
        "elasticsearch",
        "elasticsearch-7-open",
        "elasticsearch-7-protected",
        heavy=True,
    ),
    _recipe(search.elasticsearch_6, "elasticsearch", "elasticsearch-6-open", heavy=True),
    _recipe(search.elasticsearch_2, "elasticsearch", "elasticsearch-2-open", heavy=True),
    _recipe(databases.postgres_open, "postgresql", "postgresql-open"),
    _recipe(databases.postgres_protected, "postgresql", "postgresql-protected"),
    _recipe(keyvalue.redis_open, "redis", "redis-open"),
    _recipe(keyvalue.redis_protected, "redis", "redis-protected"),
    _recipe(keyvalue.redis_tls_open, "redis", "redis-tls-open"),
    _recipe(keyvalue.memcached_open, "memcached", "memcached-open"),
    _recipe(keyvalue.memcached_protected, "memcached", "memcached-protected"),
    _recipe(front.webroot_open, "http", "nginx-open"),
    _recipe(front.webroot_protected, "http", "nginx-protected"),
)

NAMES = tuple(name for recipe in RECIPES for name in recipe.names)


def chosen(names: tuple[str, ...]) -> tuple[Recipe, ...]:
    """The recipes that give the named servers; all of them when none is named."""
    return tuple(recipe for recipe in RECIPES if not names or set(recipe.names) & set(names))
