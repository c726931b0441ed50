"""Which servers the lab has, and the order in which they are begun."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from lab.model import Server
from lab.recipes import (
    accounts,
    consoles,
    coordination,
    databases,
    directory,
    embedded,
    front,
    jars,
    keyvalue,
    messaging,
    metrics,
    newer,
    node,
    objects,
    odd_fronts,
    programs,
    pypi,
    rabbit,
    registry,
    search,
    shares,
    tables,
    unforeseen,
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


def _further(start: Start, datastore: str, *names: str, heavy: bool = False) -> Recipe:
    return Recipe(names=names, datastore=datastore, start=start, heavy=heavy, core=False)


CORE: tuple[Recipe, ...] = (
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

UNFORESEEN: tuple[Recipe, ...] = (
    _further(unforeseen.hazelcast_open, "hazelcast", "hazelcast-open", heavy=True),
    _further(unforeseen.questdb_open, "questdb", "questdb-open", heavy=True),
    _further(unforeseen.questdb_protected, "questdb", "questdb-protected", heavy=True),
    _further(unforeseen.hbase_rest_open, "hbase", "hbase-rest-open", heavy=True),
    _further(
        unforeseen.ignite_open, "ignite", "ignite-open", "ignite-proxied-open", "ignite-redirected-open", heavy=True
    ),
    _further(unforeseen.orientdb_open, "orientdb", "orientdb-open", "orientdb-proxied-open", heavy=True),
    _further(
        odd_fronts.elasticsearch_fronts,
        "elasticsearch",
        "elasticsearch-7-fronted-open",
        "elasticsearch-7-own-page-open",
        "elasticsearch-7-cat-open",
        heavy=True,
    ),
    _further(consoles.flower_open, "flower", "flower-open", "flower-proxied-open"),
    _further(
        consoles.mlflow_open,
        "mlflow",
        "mlflow-open",
        "mlflow-guarded-front-open",
        "mlflow-below-open",
        "mlflow-led-below-open",
        heavy=True,
    ),
    _further(consoles.sqlite_web_open, "sqlite", "sqlite-web-open"),
    _further(consoles.sqlite_web_protected, "sqlite", "sqlite-web-protected"),
    _further(consoles.wsgidav_open, "webdav", "wsgidav-open"),
    _further(consoles.apache_dav_open, "webdav", "apache-dav-open"),
    _further(consoles.hfs_open, "hfs", "hfs-open", "hfs-proxied-open"),
    _further(consoles.phpmyadmin_open, "phpmyadmin", "phpmyadmin-open"),
    _further(consoles.phpmyadmin_protected, "phpmyadmin", "phpmyadmin-protected"),
    _further(accounts.redis_renamed_open, "redis", "redis-renamed-open"),
    _further(accounts.mariadb_root_open, "mysql", "mariadb-root-open"),
    _further(accounts.postgresql_one_open, "postgresql", "postgresql-one-open"),
    _further(accounts.redis_exporter, "exporter", "redis-exporter-open", "redis-exporter-blind-protected"),
)
"""Servers in states that no check was built on."""

EXTENDED: tuple[Recipe, ...] = (
    _further(programs.victoriametrics_open, "victoriametrics", "victoriametrics-open"),
    _further(programs.victoriametrics_protected, "victoriametrics", "victoriametrics-protected"),
    _further(programs.etcd_3_7_open, "etcd", "etcd-3.7-open"),
    _further(programs.etcd_3_7_protected, "etcd", "etcd-3.7-protected"),
    _further(programs.fake_gcs, "gcs", "fake-gcs-open"),
    _further(pypi.chroma, "chroma", "chroma-open", "chroma-protected"),
    _further(pypi.jupyter_open, "jupyter", "jupyter-open"),
    _further(pypi.jupyter_protected, "jupyter", "jupyter-protected"),
    _further(node.azurite, "azure_blob", "azurite-open"),
    _further(node.pouchdb, "couchdb", "pouchdb-open"),
    _further(rabbit.rabbitmq, "rabbitmq", "rabbitmq-protected"),
    _further(newer.elasticsearch_8_6_open, "elasticsearch", "elasticsearch-8.6-open", heavy=True),
    _further(newer.elasticsearch_8_6_protected, "elasticsearch", "elasticsearch-8.6-protected", heavy=True),
    _further(newer.elasticsearch_8_19_open, "elasticsearch", "elasticsearch-8.19-open", heavy=True),
    _further(newer.elasticsearch_8_19_protected, "elasticsearch", "elasticsearch-8.19-protected", heavy=True),
    _further(newer.opensearch_3_open, "opensearch", "opensearch-3-open", heavy=True),
    _further(jars.kafka_open, "kafka", "kafka-open", heavy=True),
    _further(jars.kafka_protected, "kafka", "kafka-protected", heavy=True),
    _further(jars.cassandra_open, "cassandra", "cassandra-open", heavy=True),
    _further(jars.cassandra_protected, "cassandra", "cassandra-protected", heavy=True),
    _further(embedded.solr_open, "solr", "solr-open", heavy=True),
    _further(embedded.solr_protected, "solr", "solr-protected", heavy=True),
    _further(embedded.neo4j_open, "neo4j", "neo4j-open", heavy=True),
    _further(embedded.neo4j_protected, "neo4j", "neo4j-protected", heavy=True),
    _further(embedded.hdfs, "hdfs", "hdfs-open", "hdfs-protected", heavy=True),
    _further(embedded.yarn, "yarn", "yarn-open", "yarn-protected", heavy=True),
    *UNFORESEEN,
)

GROUPS = {"unforeseen": tuple(name for recipe in UNFORESEEN for name in recipe.names)}
"""A word for several servers, for whoever starts a part of the lab."""
ALL_NAMES = tuple(name for recipe in (*CORE, *EXTENDED) for name in recipe.names)


def wanted() -> tuple[Recipe, ...]:
    """The core set; with `LEAKGUARD_LAB=extended` in the environment, everything."""
    return (*CORE, *EXTENDED) if os.environ.get("LEAKGUARD_LAB") == "extended" else CORE


def wanted_names() -> tuple[str, ...]:
    """The servers that `wanted` gives."""
    return tuple(name for recipe in wanted() for name in recipe.names)


def chosen(names: tuple[str, ...]) -> tuple[Recipe, ...]:
    """The recipes that give the named servers; the wanted ones when none is named. `GROUPS` are names as well."""
    names = tuple(each for name in names for each in GROUPS.get(name, (name,)))
    return tuple(recipe for recipe in (*CORE, *EXTENDED) if set(recipe.names) & set(names)) if names else wanted()
