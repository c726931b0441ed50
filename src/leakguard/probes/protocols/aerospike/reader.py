"""Aerospike's info protocol: names and values with a tab between them, one a line, behind a head of eight bytes."""

from __future__ import annotations

import struct
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, whole_number

_HEAD = 8
_LARGEST = 1024 * 1024
_VERSION_AND_TYPE = 0x0201
_LENGTH = (1 << 48) - 1
_LONGEST_WORD = 32
_OF_ERRORS = ":"
"""Stands in every error, and in no name of a namespace."""
_WANTS_LOGIN = frozenset({"80", "81", "82"})
"""Codes of errors of a caller who has not logged in, may not ask it, or asks from elsewhere; others are of the node."""
_BYTES = ("data_used_bytes", "device_used_bytes", "memory_used_bytes")
"""Since 7.0 the first; before, what is on the devices, or what is in memory where there are none."""


class AerospikeReader(Buffered):
    """One answer."""

    def __init__(self) -> None:
        super().__init__()
        self._needed = _HEAD

    def measure(self) -> int:
        """The stated length."""
        head = struct.unpack_from(">Q", self.data)[0]
        if head >> 48 != _VERSION_AND_TYPE or head & _LENGTH > _LARGEST:
            raise Garbled("not Aerospike")
        return _HEAD + int(head & _LENGTH)

    def feed(self, data: bytes) -> bool:
        """As `Buffered`; a TLS alert is shorter than a head."""
        whole = super().feed(data)
        if not whole and self.wants_tls:
            raise Garbled("a TLS alert")
        return whole

    def values(self) -> dict[str, str]:
        """What was told, by what was asked for; raises `Garbled`."""
        text = bytes(self.data[_HEAD:]).decode("utf-8", "replace")
        pairs = [line.partition("\t") for line in text.split("\n") if line]
        if not pairs or not all(tab for _, tab, _ in pairs):
            raise Garbled("not names and values")
        return {name: value for name, _, value in pairs}


def namespaces_of(values: dict[str, str]) -> list[str]:
    """The names of the namespaces; none where they were refused, or where something else was said."""
    listed = values.get("namespaces", "")
    names = [] if is_refusal(listed) else [name for name in listed.split(";") if name]
    return [] if any(_OF_ERRORS in name for name in names) else names


def is_refusal(value: str) -> bool:
    """`ERROR:80:not authenticated` and its kin."""
    return value.upper().startswith(("ERROR", "FAIL"))


def wants_login(value: str) -> bool:
    """Whether an error is that of a caller without a login; what is amiss with the node is none."""
    _, _, rest = value.partition(":")
    return is_refusal(value) and (rest.partition(":")[0] in _WANTS_LOGIN or "authenticat" in rest.lower())


def server_document(values: dict[str, str]) -> dict[str, Any]:
    """`{"version", "enterprise", "namespaces", "refused"}`: how many namespaces there are, none of their names."""
    build = values.get("build", "")
    return {
        "version": None if is_refusal(build) else build[:_LONGEST_WORD] or None,
        "enterprise": "enterprise" in values.get("edition", "").lower(),
        "namespaces": len(namespaces_of(values)),
        "refused": wants_login(values.get("namespaces", "")),
    }


def sizes_of(values: dict[str, str]) -> tuple[int | None, int | None]:
    """The objects and the bytes of one namespace, as far as they are told."""
    statistics = next((value for name, value in values.items() if name.startswith("namespace/")), "")
    fields = dict(part.split("=", 1) for part in statistics.split(";") if "=" in part)
    sizes = [size for name in _BYTES if (size := whole_number(fields.get(name))) is not None]
    return whole_number(fields.get("objects")), next((size for size in sizes if size), sizes[0] if sizes else None)
