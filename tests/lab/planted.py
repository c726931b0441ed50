"""How much the lab plants on its open servers, where a product tells it: counted from what the recipes write.

A recipe that knows its own number says it itself; here stands what would only repeat a constant of the recipe.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lab.model import Server, records_of
from leakguard.frozen import replace


def _bytes(name: str) -> int:
    """Of the files in which each record of a server lies by itself."""
    return sum(len(json.dumps(one).encode()) for one in records_of(name))


ONE: Mapping[str, int] = {"collections": 1}
THREE: Mapping[str, int] = {"collections": 3}
PLANTED: Mapping[str, Mapping[str, int]] = {
    "airflow": THREE,
    "apache-dav": {"collections": 3, "size_bytes": _bytes("apache-dav-open")},
    "azurite": {"records": 3, "size_bytes": _bytes("azurite-open")},
    "cassandra": ONE,
    "chroma": ONE,
    "clickhouse": ONE,
    "clickhouse-native": ONE,
    "datasette": ONE,
    "docker-registry": ONE,
    "elasticsearch-2": ONE,
    "elasticsearch-6": ONE,
    "elasticsearch-7": ONE,
    "elasticsearch-8.19": ONE,
    "elasticsearch-8.6": ONE,
    "eureka": {"collections": 2},
    "fake-gcs": {"size_bytes": _bytes("fake-gcs-open")},
    "ferretdb": ONE,
    "fuseki": ONE,
    "hbase-rest": ONE,
    "hfs": ONE,
    "ignite": ONE,
    "influxdb": {"records": 3, "collections": 1},
    "jaeger": {"collections": 2},
    "kafka": THREE,
    "kafka-connect": ONE,
    "mariadb": {"records": 3, "collections": 1},
    "mariadb-root": {"records": 3, "collections": 1},
    "mercurial": {"collections": 2},
    "mercurial-below": {"collections": 2},
    "milvus": ONE,
    "mongo-express": ONE,
    "nbd-server": {"collections": 1, "size_bytes": 4 * 1024 * 1024},
    "nfs": ONE,
    "opensearch": ONE,
    "optuna": THREE,
    "orthanc": THREE,
    "podman": THREE,
    "pushgateway": THREE,
    "questdb": ONE,
    "redis": ONE,
    "redis-commander": ONE,
    "redis-tls": ONE,
    "rq-dashboard": ONE,
    "rsync": ONE,
    "samba": ONE,
    "spark-ui": ONE,
    "sqlite-web": ONE,
    "supervisor": ONE,
    "swift": {"records": 3},
    "tensorboard": THREE,
    "tgt": ONE,
    "versitygw": {"records": 1},
    "victoriametrics": {"records": 3},
    "wsgidav": {"collections": 3, "size_bytes": _bytes("wsgidav-open")},
    "zipkin": THREE,
}
"""Name of a server, without how it is reached, to what is on it."""
_FORMS = ("-open", "-proxied-open", "-redirected-open")


def planted(server: Server) -> Server:
    """The server with what is known to be on it; a protected one tells nothing."""
    if server.form != "open" or server.missing:
        return server
    bare = {server.name.removesuffix(form) for form in _FORMS} | {server.name}
    known = next((PLANTED[name] for name in bare if name in PLANTED), {})
    fields: dict[str, Any] = {name: count for name, count in known.items() if getattr(server, name) is None}
    return replace(server, **fields)
