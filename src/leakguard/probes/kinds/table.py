"""The table of sessions: one line a protocol that a check file may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.kinds.http import HttpSession
from leakguard.probes.kinds.memcached import MemcachedSession
from leakguard.probes.kinds.mongodb import MongoSession
from leakguard.probes.kinds.postgres import PostgresSession
from leakguard.probes.kinds.redis import RedisSession
from leakguard.probes.kinds.s3 import S3Session
from leakguard.probes.kinds.webroot import WebrootSession
from leakguard.probes.session import KindSession

SESSIONS: Mapping[str, type[KindSession]] = MappingProxyType(
    {
        "http": HttpSession,
        "memcached": MemcachedSession,
        "mongodb": MongoSession,
        "postgres": PostgresSession,
        "redis": RedisSession,
        "s3": S3Session,
        "webroot": WebrootSession,
    }
)
"""`checks.verbs.READING` has a line for each, with the same questions; a test compares them."""
