"""Recognises, from its bytes alone, whether a client only read: the lab's own list, written apart from LeakGuard's."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from lab.saying.blocks import aerospike_read, iscsi_read, nbd_read, openwire_read, rpc_read
from lab.saying.devices import dicom_read, modbus_read, opcua_read
from lab.saying.lines import read_in_lines
from lab.saying.messages import kafka_read, ldap_read, mqtt_read, zookeeper_read
from lab.saying.shares import smb_read
from lab.saying.tables import TLS_HANDSHAKE, clickhouse_read, cql_read, mongo_read, mysql_read, postgres_read
from lab.saying.web import read_over_http

HTTP = re.compile(rb"[A-Z]+ /")
PROTOCOLS: tuple[Callable[[bytes], bool], ...] = (
    read_in_lines,
    postgres_read,
    mongo_read,
    mysql_read,
    clickhouse_read,
    cql_read,
    mqtt_read,
    kafka_read,
    zookeeper_read,
    ldap_read,
    smb_read,
    aerospike_read,
    iscsi_read,
    nbd_read,
    openwire_read,
    rpc_read,
    dicom_read,
    modbus_read,
    opcua_read,
)


def only_read(said: bytes) -> bool:
    """Whether all that a client said on one connection is reading, in one of the protocols of the lab.

    What follows a TLS handshake is not readable from outside, so a handshake is taken as it is.
    """
    if said.startswith(TLS_HANDSHAKE) or said == b"":
        return True
    if HTTP.match(said):
        return read_over_http(said)
    return any(_is_reading(protocol, said) for protocol in PROTOCOLS)


def _is_reading(protocol: Callable[[bytes], bool], said: bytes) -> bool:
    """What cannot be understood in a protocol is no reading in it."""
    try:
        return protocol(said)
    except (ValueError, IndexError, struct.error, StopIteration):
        return False
