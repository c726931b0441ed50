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

_HEAD, _LONG_WORD = 8, 128
"""Bytes of a host's first words: no line of a greeting is so short, and every greeting is recognised by so many."""
TLS_PORTS = frozenset[int]().union(*(protocol.tls_ports for protocol in PROTOCOLS.values()))
"""Where TLS is tried first, whatever is asked."""
TLS_SCHEMES = frozenset[str]({"tls", "ssl"}).union(*(protocol.tls_schemes for protocol in PROTOCOLS.values()))


def counts_drops(said: bytes) -> bool:
    """Whether the host's first words are of a protocol whose servers count connections that are dropped then."""
    return any(PROTOCOLS[kind].counts_drops for kind in recognised(said))


def is_whole_word(said: bytes) -> bool:
    """Whether a host's first words tell its protocol, or are a line of some other, or so long that no more would help.

    The version of MySQL's handshake, its fifth byte, is an end of a line as well.
    """
    return bool(recognised(said)) or (len(said) > _HEAD and said.endswith(b"\n")) or len(said) >= _LONG_WORD


def recognised(said: bytes) -> tuple[str, ...]:
    """The kinds that a host's first words fit; none of silence."""
    return tuple(kind for kind, protocol in PROTOCOLS.items() if said and protocol.greets and protocol.greets(said))
