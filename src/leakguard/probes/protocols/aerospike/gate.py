"""Aerospike's info protocol: the release, the namespaces, and the statistics of one namespace; never a record.

One head of eight bytes (version 2, type 1, six bytes of length) before names of what is asked for, each with its line
end (https://aerospike.com/docs/database/tools/asinfo). Messages of type 3, about records, are never said.
"""

from __future__ import annotations

import re
import struct

from leakguard.probes.wire.gate import ByteGate

_HEAD = 8
_VERSION_AND_TYPE = 0x0201 << 48
_NAMESPACE = re.compile(r"[A-Za-z0-9_$.-]{1,31}")
"""The characters and the length that the product allows for the name of a namespace."""


def _info(words: str) -> bytes:
    return struct.pack(">Q", _VERSION_AND_TYPE | len(words)) + words.encode("ascii")


SERVER = _info("build\nedition\nnamespaces\n")


def can_be_named(namespace: str) -> bool:
    """Whether a namespace can have this name; a host may say anything."""
    return _NAMESPACE.fullmatch(namespace) is not None


def namespace_message(namespace: str) -> bytes:
    """The statistics of one namespace."""
    return _info(f"namespace/{namespace}\n")


def _carries(verb: str, data: bytes) -> bool:
    if verb == "namespace":
        name = data[_HEAD:].decode("ascii", "replace").removeprefix("namespace/").removesuffix("\n")
        return can_be_named(name) and data == namespace_message(name)
    return data == SERVER


def _begins(data: bytes) -> bool:
    """Version 2, the type of information, and a length of less than sixteen mebibytes."""
    return data.startswith(b"\x02\x01\x00\x00\x00")


GATE = ByteGate(verbs=frozenset({"server", "namespace"}), carries=_carries, begins=_begins)
