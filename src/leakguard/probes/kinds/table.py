"""The table of sessions: one line a protocol that a check file may name."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from leakguard.probes.session import KindSession

_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "aerospike": "AerospikeSession",
        "azblob": "AzureBlobSession",
        "clickhouse": "ClickhouseSession",
        "cql": "CqlSession",
        "ftp": "FtpSession",
        "gcs": "GcsSession",
        "http": "HttpSession",
        "iscsi": "IscsiSession",
        "kafka": "KafkaSession",
        "ldap": "LdapSession",
        "memcached": "MemcachedSession",
        "mongodb": "MongoSession",
        "mqtt": "MqttSession",
        "mysql": "MysqlSession",
        "nats": "NatsSession",
        "nbd": "NbdSession",
        "nfs": "NfsSession",
        "openwire": "OpenwireSession",
        "postgres": "PostgresSession",
        "redis": "RedisSession",
        "rsync": "RsyncSession",
        "s3": "S3Session",
        "smb": "SmbSession",
        "swift": "SwiftSession",
        "webroot": "WebrootSession",
        "zookeeper": "ZookeeperSession",
    }
)
"""Each in the module of `probes.kinds` that bears the name of its protocol."""


class _Sessions(Mapping[str, type[KindSession]]):
    """Imports a protocol when it is first spoken: a scan meets a few of them, and all cost a tenth of a second."""

    def __getitem__(self, kind: str) -> type[KindSession]:
        name = _CLASSES[kind]
        found: type[KindSession] = getattr(importlib.import_module(f"leakguard.probes.kinds.{kind}"), name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(_CLASSES)

    def __len__(self) -> int:
        return len(_CLASSES)


SESSIONS: Mapping[str, type[KindSession]] = _Sessions()
"""`checks.verbs.READING` has a line for each, with the same questions; a test compares them."""
