"""RESP, the protocol of Redis and its kin: the one-value answers that our read commands get.

We speak its second version; what some servers and proxies send of the third all the same is read to its end.
"""

from __future__ import annotations

import re
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, whole_number

_LONGEST_LINE = 512
_LARGEST_BULK = 512 * 1024 * 1024
"""The protocol's own limit for one text."""
_CODE = re.compile(r"[A-Z]{2,32}")
_KEYSPACE = re.compile(r"keys=(\d{1,19})(?:,|$)")
_DATABASE = re.compile(r"db\d{1,10}")
_MOST_FIELDS = 1000
_LONGEST_VALUE = 1024


def resp_command(*words: str) -> bytes:
    """An array of bulk texts."""
    parts = [f"${len(word)}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode("ascii")


class RespReader(Buffered):
    """One simple text, error, number or bulk text; and of the third version a null, a truth value or a bulk error."""

    def measure(self) -> int:
        """To the end of the first line, and of the bulk text that it announces."""
        if self.data[0] not in b"+-:$!=_#\x15":
            raise Garbled("not RESP")
        end = self.data.find(b"\r\n", 0, _LONGEST_LINE)
        if end < 0:
            if len(self.data) >= _LONGEST_LINE or self.wants_tls:
                raise Garbled("a line without an end")
            return len(self.data) + 1
        if self.data[0] not in b"$!=":
            return end + 2
        return end + 2 + self._bulk(bytes(self.data[1:end]))

    def document(self, verb: str) -> dict[str, Any]:
        """The answer to `verb` in plain values; raises `Garbled`."""
        mark, rest = bytes(self.data[:1]), bytes(self.data[1:])
        line = rest.split(b"\r\n", 1)[0].decode("latin-1")
        if mark == b"!":
            mark, line = b"-", rest.split(b"\r\n", 1)[1].decode("latin-1")
        if mark == b"-":
            return {"error": _error_code(line), "text": ""}
        if verb == "PING" and mark in b"+$" and b"PONG" in rest[:16]:
            return {"reply": "PONG"}
        if verb == "DBSIZE" and mark == b":":
            return {"keys": whole_number(line)}
        if verb == "INFO" and mark == b"$":
            return info_document(rest.split(b"\r\n", 1)[1].decode("utf-8", "replace"))
        raise Garbled("not the answer to this command")

    def _bulk(self, digits: bytes) -> int:
        length = whole_number(digits.decode("latin-1"))
        if length is None or length > _LARGEST_BULK:
            raise Garbled("an impossible length")
        return length + 2


def info_document(text: str) -> dict[str, Any]:
    """`INFO`: its fields as text, and the keyspace and the memory in numbers when they are told.

    The sum is that of the databases whose number of keys can be read, and unknown where there are none but others.
    """
    info: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#") and len(info) < _MOST_FIELDS:
            info[name[:64]] = value.strip()[:_LONGEST_VALUE]
    key_counts = {name: _keys(value) for name, value in info.items() if _DATABASE.fullmatch(name)}
    databases = {name: {"keys": keys} for name, keys in key_counts.items() if keys is not None}
    document: dict[str, Any] = {"info": info, "databases": databases}
    is_readable = bool(databases) or not key_counts
    document["keys"] = sum(database["keys"] for database in databases.values()) if is_readable else None
    document["used_memory"] = whole_number(info.get("used_memory"))
    return document


def _keys(value: str) -> int | None:
    found = _KEYSPACE.match(value)
    return int(found.group(1)) if found else None


def _error_code(line: str) -> str:
    """The first word alone: the rest is the host's text."""
    word = line.split(" ", 1)[0]
    return word if _CODE.fullmatch(word) else "ERR"
