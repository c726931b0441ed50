"""Protected by what the product itself brings; their open forms are in other groups."""

from __future__ import annotations

from lab.entry import Recipe, further
from lab.recipes import jvm_consoles, own_logins

RECIPES: tuple[Recipe, ...] = (
    further(own_logins.flower, "flower", "flower-protected"),
    further(own_logins.mlflow, "mlflow", "mlflow-protected", heavy=True),
    further(own_logins.wsgidav, "webdav", "wsgidav-protected"),
    further(own_logins.apache_dav, "webdav", "apache-dav-protected"),
    further(own_logins.hfs, "hfs", "hfs-protected"),
    further(own_logins.orientdb, "orientdb", "orientdb-protected", heavy=True),
    further(jvm_consoles.spark_master_protected, "spark", "spark-master-protected", heavy=True),
    further(jvm_consoles.spark_ui_protected, "spark", "spark-ui-protected", heavy=True),
)
