"""Content commands: all that can be said to a host to be given what it holds. `--sample` alone leads here.

They are no read commands: a line writes them only if its door was made for them, which `probes.sampling` does in a
process of its own. None of them can change anything, and each says itself how few records it asks for.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType

from leakguard.models.samples import MOST_RECORDS
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand

_COUNT = rb"(\d{1,4})"
_HTTP: Mapping[str, re.Pattern[bytes]] = MappingProxyType(
    {
        "search": re.compile(
            rb"GET /[!-.0->@-~]+/_search\?size=" + _COUNT + rb"&filter_path=hits\.hits\._source HTTP/1\.1\r\n"
        ),
        "all_docs": re.compile(rb"GET /[!-.0->@-~]+/_all_docs\?include_docs=true&limit=" + _COUNT + rb" HTTP/1\.1\r\n"),
    }
)
_HEAD = re.compile(rb"(?:[!-9;-~]+: [ -~]*\r\n)+\r\n")
_NAME = rb'"(?:[^"\x00]|""){1,130}"'
_SELECT = re.compile(
    rb"SELECT json_agg\(s\)::text FROM \(SELECT (?:left\(" + _NAME + rb"::text, 500\) AS " + _NAME + rb"(?:, )?)+"
    rb" FROM (?:" + _NAME + rb"\.)?" + _NAME + rb" LIMIT " + _COUNT + rb"\) s\x00"
)
_FIND = re.compile(
    rb"\x02find\x00.{4}[^\x00]+\x00\x10limit\x00(.{4})\x08singleBatch\x00\x01\x02\$db\x00.{4}[^\x00]+\x00\x00",
    re.DOTALL,
)
_MSG_HEAD = 21
"""Bytes before the document of an OP_MSG: the header, the flags and the kind of its section."""


def _http(verb: str, data: bytes) -> int | None:
    found = _HTTP[verb].match(data)
    return int(found[1]) if found and _HEAD.fullmatch(data, found.end()) else None


def _postgres(_verb: str, data: bytes) -> int | None:
    found = _SELECT.fullmatch(data, 5)
    is_whole = data[:1] == b"Q" and data[1:5] == struct.pack(">i", len(data) - 1)
    return int(found[1]) if found and is_whole else None


def _mongodb(_verb: str, data: bytes) -> int | None:
    found = _FIND.fullmatch(data, _MSG_HEAD + 4)
    is_whole = len(data) > _MSG_HEAD and struct.unpack_from("<i", data)[0] == len(data)
    return int(struct.unpack("<i", found[1])[0]) if found and is_whole else None


_CONTENT: Mapping[str, tuple[frozenset[str], Callable[[str, bytes], int | None]]] = MappingProxyType(
    {
        "http": (frozenset(_HTTP), _http),
        "postgres": (frozenset({"select"}), _postgres),
        "mongodb": (frozenset({"find"}), _mongodb),
    }
)
"""By protocol: the verbs, and how many records the bytes ask for, or `None` where they are no such command."""


class ContentCommand(ReadCommand):
    """One command that asks for records; making one that is not on the list raises `ForbiddenCommand`."""

    reads_content = True

    def __post_init__(self) -> None:
        """Look into the bytes: what they ask for, and of how many records."""
        verbs, counts = _CONTENT.get(self.kind, (frozenset[str](), None))
        if counts is None or self.verb not in verbs:
            raise ForbiddenCommand(f"`{self.verb}` is no command of {self.kind} that asks for records")
        asked = counts(self.verb, self.data)
        if asked is None or not 1 <= asked <= MOST_RECORDS:
            raise ForbiddenCommand(f"the bytes are not the {self.kind} command `{self.verb}`, or ask for too much")
