"""The table of protocols: nothing outside it can be said to a host."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.commands import (
    aerospike,
    clickhouse,
    cql,
    ftp,
    http,
    iscsi,
    kafka,
    ldap,
    memcached,
    mongodb,
    mqtt,
    mysql,
    nats,
    nbd,
    nfs,
    openwire,
    postgres,
    redis,
    rsync,
    smb,
    zookeeper,
)
from leakguard.probes.wire.commands.protocol import Protocol

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        "aerospike": aerospike.PROTOCOL,
        "clickhouse": clickhouse.PROTOCOL,
        "cql": cql.PROTOCOL,
        "ftp": ftp.PROTOCOL,
        "http": http.PROTOCOL,
        "iscsi": iscsi.PROTOCOL,
        "kafka": kafka.PROTOCOL,
        "ldap": ldap.PROTOCOL,
        "memcached": memcached.PROTOCOL,
        "mongodb": mongodb.PROTOCOL,
        "mqtt": mqtt.PROTOCOL,
        "mysql": mysql.PROTOCOL,
        "nats": nats.PROTOCOL,
        "nbd": nbd.PROTOCOL,
        "nfs": nfs.PROTOCOL,
        "openwire": openwire.PROTOCOL,
        "postgres": postgres.PROTOCOL,
        "redis": redis.PROTOCOL,
        "rsync": rsync.PROTOCOL,
        "smb": smb.PROTOCOL,
        "zookeeper": zookeeper.PROTOCOL,
    }
)
"""`s3` and `webroot` speak `http`."""

TLS_PORTS = frozenset[int]().union(*(protocol.tls_ports for protocol in PROTOCOLS.values()))
"""Where TLS is tried first, whatever is asked."""
TLS_SCHEMES = frozenset[str]({"tls", "ssl"}).union(*(protocol.tls_schemes for protocol in PROTOCOLS.values()))


def counts_drops(said: bytes) -> bool:
    """Whether the host's first words are of a protocol whose servers count connections that are dropped then."""
    return any(PROTOCOLS[kind].counts_drops for kind in recognised(said))


def recognised(said: bytes) -> tuple[str, ...]:
    """The kinds that a host's first words fit; none of silence."""
    return tuple(kind for kind, protocol in PROTOCOLS.items() if said and protocol.greets and protocol.greets(said))
