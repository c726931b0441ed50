"""The table of protocols: nothing outside it can be said to a host."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.commands import http, memcached, mongodb, postgres, redis
from leakguard.probes.wire.commands.protocol import Protocol

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        "http": http.PROTOCOL,
        "memcached": memcached.PROTOCOL,
        "mongodb": mongodb.PROTOCOL,
        "postgres": postgres.PROTOCOL,
        "redis": redis.PROTOCOL,
    }
)
"""`s3` and `webroot` speak `http`."""

TLS_PORTS = frozenset[int]().union(*(protocol.tls_ports for protocol in PROTOCOLS.values()))
"""Where TLS is tried first, whatever is asked."""
TLS_SCHEMES = frozenset[str]({"tls", "ssl"}).union(*(protocol.tls_schemes for protocol in PROTOCOLS.values()))
