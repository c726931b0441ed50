"""The table of sessions: one line a protocol that a check file may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.kinds.aerospike import AerospikeSession
from leakguard.probes.kinds.azblob import AzureBlobSession
from leakguard.probes.kinds.clickhouse import ClickhouseSession
from leakguard.probes.kinds.cql import CqlSession
from leakguard.probes.kinds.ftp import FtpSession
from leakguard.probes.kinds.gcs import GcsSession
from leakguard.probes.kinds.http import HttpSession
from leakguard.probes.kinds.iscsi import IscsiSession
from leakguard.probes.kinds.kafka import KafkaSession
from leakguard.probes.kinds.ldap import LdapSession
from leakguard.probes.kinds.memcached import MemcachedSession
from leakguard.probes.kinds.mongodb import MongoSession
from leakguard.probes.kinds.mqtt import MqttSession
from leakguard.probes.kinds.mysql import MysqlSession
from leakguard.probes.kinds.nats import NatsSession
from leakguard.probes.kinds.nbd import NbdSession
from leakguard.probes.kinds.nfs import NfsSession
from leakguard.probes.kinds.openwire import OpenwireSession
from leakguard.probes.kinds.postgres import PostgresSession
from leakguard.probes.kinds.redis import RedisSession
from leakguard.probes.kinds.rsync import RsyncSession
from leakguard.probes.kinds.s3 import S3Session
from leakguard.probes.kinds.smb import SmbSession
from leakguard.probes.kinds.swift import SwiftSession
from leakguard.probes.kinds.webroot import WebrootSession
from leakguard.probes.kinds.zookeeper import ZookeeperSession
from leakguard.probes.session import KindSession

SESSIONS: Mapping[str, type[KindSession]] = MappingProxyType(
    {
        "aerospike": AerospikeSession,
        "azblob": AzureBlobSession,
        "clickhouse": ClickhouseSession,
        "cql": CqlSession,
        "ftp": FtpSession,
        "gcs": GcsSession,
        "http": HttpSession,
        "iscsi": IscsiSession,
        "kafka": KafkaSession,
        "ldap": LdapSession,
        "memcached": MemcachedSession,
        "mongodb": MongoSession,
        "mqtt": MqttSession,
        "mysql": MysqlSession,
        "nats": NatsSession,
        "nbd": NbdSession,
        "nfs": NfsSession,
        "openwire": OpenwireSession,
        "postgres": PostgresSession,
        "redis": RedisSession,
        "rsync": RsyncSession,
        "s3": S3Session,
        "smb": SmbSession,
        "swift": SwiftSession,
        "webroot": WebrootSession,
        "zookeeper": ZookeeperSession,
    }
)
"""`checks.verbs.READING` has a line for each, with the same questions; a test compares them."""
