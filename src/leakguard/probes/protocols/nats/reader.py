"""What a NATS server says: `INFO` about itself, and `PONG` or an error."""

from __future__ import annotations

import json
import re
from typing import Any

from leakguard.probes.formats.lines import LinesReader
from leakguard.probes.formats.reading import Garbled

_INFO = re.compile(r"INFO \{")
_ANSWER = re.compile(r"(?:PONG|PING|INFO \{|\+OK|-ERR)")
_GREETING = (b"INFO {",)
_ANSWERS = (b"PONG", b"PING", b"INFO {", b"+OK", b"-ERR")
_LONGEST = 8 * 1024
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){1,3}")
_LOGIN = ("'authorization violation", "'authentication", "'user authentication", "'account authentication")


def info_reader() -> LinesReader:
    """One line, which names the whole cluster of a server that belongs to one."""
    return LinesReader(openings=_GREETING, first=_INFO, is_last=bool, longest=_LONGEST)


def answer_reader() -> LinesReader:
    """Up to the answer to our ping; the server may ping us and tell news of its cluster in between."""
    return LinesReader(
        openings=_ANSWERS, first=_ANSWER, is_last=lambda lines: lines[-1].startswith(("PONG", "-ERR")), longest=_LONGEST
    )


def info_of(lines: list[str]) -> dict[str, Any]:
    """`{"version", "auth_required", "tls_required", "jetstream"}`: a text or `None`, and what it says of itself.

    Raises `Garbled`.
    """
    try:
        info = json.loads(lines[0].removeprefix("INFO "))
    except (ValueError, RecursionError) as error:
        raise Garbled("not JSON") from error
    version = info.get("version")
    if not isinstance(version, str) or "max_payload" not in info:
        raise Garbled("not what NATS says of itself")
    found = _VERSION.match(version)
    flags = ("auth_required", "tls_required", "jetstream")
    return {"version": found[0] if found else None, **{flag: info.get(flag) is True for flag in flags}}


def answer_of(lines: list[str]) -> dict[str, Any]:
    """`{"pong", "login", "error"}`: whether we may talk, whether a login is asked for, whether there was an error."""
    last = lines[-1].lower() if lines else ""
    asks = any(words in last for words in _LOGIN)
    return {"pong": last.startswith("pong"), "login": asks, "error": last.startswith("-err")}
