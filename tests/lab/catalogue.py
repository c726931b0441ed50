"""Which servers the lab has, and the order in which they are begun."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lab.model import Server
from lab.recipes import (
    coordination,
    databases,
    directory,
    front,
    keyvalue,
    messaging,
    metrics,
    objects,
    registry,
    search,
    shares,
    tables,
)
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
    _recipe(tables.mariadb_open, "mysql", "mariadb-open"),
    _recipe(tables.mariadb_protected, "mysql", "mariadb-protected"),
    _recipe(tables.clickhouse_open, "clickhouse", "clickhouse-open", "clickhouse-native-open"),
    _recipe(tables.clickhouse_protected, "clickhouse", "clickhouse-protected", "clickhouse-native-protected"),
    _recipe(coordination.etcd_open, "etcd", "etcd-open"),
    _recipe(coordination.etcd_protected, "etcd", "etcd-protected"),
    _recipe(coordination.zookeeper_open, "zookeeper", "zookeeper-open"),
    _recipe(coordination.zookeeper_protected, "zookeeper", "zookeeper-protected"),
    _recipe(metrics.influxdb_open, "influxdb", "influxdb-open"),
    _recipe(metrics.influxdb_protected, "influxdb", "influxdb-protected"),
    _recipe(metrics.prometheus_open, "prometheus", "prometheus-open"),
    _recipe(metrics.prometheus_protected, "prometheus", "prometheus-protected"),
    _recipe(registry.registry_open, "docker_registry", "docker-registry-open"),
    _recipe(registry.registry_protected, "docker_registry", "docker-registry-protected"),
    _recipe(shares.samba_open, "smb", "samba-open"),
    _recipe(shares.samba_protected, "smb", "samba-protected"),
    _recipe(shares.rsync_open, "rsync", "rsync-open"),
    _recipe(shares.rsync_protected, "rsync", "rsync-protected"),
    _recipe(shares.vsftpd_open, "ftp", "vsftpd-open"),
    _recipe(shares.vsftpd_protected, "ftp", "vsftpd-protected"),
    _recipe(directory.openldap_open, "ldap", "openldap-open"),
    _recipe(directory.openldap_protected, "ldap", "openldap-protected"),
    _recipe(messaging.mosquitto_open, "mqtt", "mosquitto-open"),
    _recipe(messaging.mosquitto_protected, "mqtt", "mosquitto-protected"),
    _recipe(messaging.nats_open, "nats", "nats-open", "nats-monitoring-open"),
    _recipe(messaging.nats_protected, "nats", "nats-protected"),
)

NAMES = tuple(name for recipe in RECIPES for name in recipe.names)


def chosen(names: tuple[str, ...]) -> tuple[Recipe, ...]:
    """The recipes that give the named servers; all of them when none is named."""
    return tuple(recipe for recipe in RECIPES if not names or set(recipe.names) & set(names))
