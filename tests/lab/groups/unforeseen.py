"""Servers in states that no check was built on."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import accounts, consoles, odd_fronts, unforeseen

RECIPES: tuple[Recipe, ...] = (
    further(unforeseen.hazelcast_open, "hazelcast", "hazelcast-open", heavy=True),
    further(unforeseen.questdb_open, "questdb", "questdb-open", heavy=True),
    further(unforeseen.questdb_protected, "questdb", "questdb-protected", heavy=True),
    further(
        unforeseen.hbase_open,
        "hbase",
        "hbase-rest-open",
        "hbase-master-open",
        "hbase-master-proxied-open",
        heavy=True,
    ),
    further(
        unforeseen.ignite_open, "ignite", "ignite-open", "ignite-proxied-open", "ignite-redirected-open", heavy=True
    ),
    further(unforeseen.orientdb_open, "orientdb", "orientdb-open", "orientdb-proxied-open", heavy=True),
    further(
        odd_fronts.elasticsearch_fronts,
        "elasticsearch",
        "elasticsearch-7-fronted-open",
        "elasticsearch-7-own-page-open",
        "elasticsearch-7-cat-open",
        heavy=True,
    ),
    further(consoles.flower_open, "flower", "flower-open", "flower-proxied-open"),
    further(
        consoles.mlflow_open,
        "mlflow",
        "mlflow-open",
        "mlflow-guarded-front-open",
        "mlflow-below-open",
        "mlflow-led-below-open",
        heavy=True,
    ),
    further(consoles.sqlite_web_open, "sqlite", "sqlite-web-open"),
    further(consoles.sqlite_web_protected, "sqlite", "sqlite-web-protected"),
    further(consoles.wsgidav_open, "webdav", "wsgidav-open"),
    further(consoles.apache_dav_open, "webdav", "apache-dav-open"),
    further(consoles.hfs_open, "hfs", "hfs-open", "hfs-proxied-open"),
    further(consoles.phpmyadmin_open, "phpmyadmin", "phpmyadmin-open"),
    further(consoles.phpmyadmin_protected, "phpmyadmin", "phpmyadmin-protected"),
    further(accounts.redis_renamed_open, "redis", "redis-renamed-open"),
    further(accounts.mariadb_root_open, "mysql", "mariadb-root-open"),
    further(accounts.postgresql_one_open, "postgresql", "postgresql-one-open"),
    further(accounts.redis_exporter, "exporter", "redis-exporter-open", "redis-exporter-blind-protected"),
)
