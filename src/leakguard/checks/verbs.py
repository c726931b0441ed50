"""The reading verbs of each kind of probe; a check file that names another is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

Kind = Literal["http", "mongodb", "redis", "memcached", "postgres", "s3", "webroot"]
KINDS: tuple[Kind, ...] = get_args(Kind)

VERBS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "http": frozenset({"GET", "HEAD"}),
        "mongodb": frozenset({"hello", "isMaster", "buildInfo", "listDatabases", "sizes"}),
        "redis": frozenset({"PING", "INFO", "DBSIZE"}),
        "memcached": frozenset({"version", "stats"}),
        "postgres": frozenset({"startup", "sizes"}),
        "s3": frozenset({"service", "list", "size", "acl"}),
        "webroot": frozenset({"listing", "nonsense", "dumps"}),
    }
)
"""None of these can change a server's state or return a record, an object or a message."""


def refused_verb(kind: str, request: Mapping[str, Any]) -> str | None:
    """Why a request of a check file may not be asked, or `None` when it may."""
    if kind not in VERBS:
        return None
    if kind == "http" and "method" in request:
        return "over HTTP state `get` or `head` with a path"
    verb = "GET" if "get" in request else "HEAD" if "head" in request else str(request.get("method"))
    if verb in VERBS[kind]:
        return None
    allowed = ", ".join(sorted(VERBS[kind]))
    return f"only reading verbs of {kind} may be asked: {allowed}"
