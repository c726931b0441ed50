"""What hostile hosts are asked first, in every protocol."""

from __future__ import annotations

from support.probing import Question

ANSWERING = {
    "aerospike": Question("server"),
    "clickhouse": Question("hello"),
    "cql": Question("options"),
    "dicom": Question("associate"),
    "iscsi": Question("targets"),
    "kafka": Question("versions"),
    "ldap": Question("bind"),
    "nbd": Question("exports"),
    "nfs": Question("exports"),
    "openwire": Question("connect"),
    "smb": Question("negotiate"),
    "svn": Question("repository", "/"),
    "git": Question("repository", "/"),
    "http": Question("GET", "/"),
    "modbus": Question("identify"),
    "mongodb": Question("listDatabases"),
    "opcua": Question("endpoints"),
    "redis": Question("PING"),
    "rtsp": Question("describe", "/"),
    "memcached": Question("stats"),
    "postgres": Question("startup"),
    "s3": Question("list", "ours"),
    "page": Question("shipped", "/"),
    "webroot": Question("listing", "/"),
}
"""Of protocols in which we speak first."""
GREETING = {
    "ftp": Question("list"),
    "mqtt": Question("counters"),
    "mysql": Question("sizes"),
    "nats": Question("connect"),
    "rsync": Question("list"),
    "zookeeper": Question("children"),
}
"""Of protocols of greetings, packets and lines: the largest question."""
