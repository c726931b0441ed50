"""HTTP: reading methods, and a few questions that need another one."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote_plus

HEAD = re.compile(rb"([A-Z]+) (/[!-~]*) HTTP/1\.1\r\n((?:[!-9;-~]+:[^\r\n]*\r\n)+)\r\n")
LOGIN = re.compile(rb"(?:^|\r\n)(?:authorization|proxy-authorization|cookie|x-api-key|x-auth-token):", re.IGNORECASE)
LENGTH = re.compile(rb"(?:^|\r\n)content-length: (\d+)\r\n", re.IGNORECASE)
WRITING = re.compile(
    r"\b(?:insert|update|upsert|delete|drop|create|alter|truncate|grant|revoke|kill|shutdown|into|op=(?!list|get)\w+)\b",
    re.IGNORECASE,
)
"""Words that change something when a server takes its statement from the address."""
ASKS_FOR_RIGHTS = re.compile(r"/storage/v1/b/[a-z0-9._-]+/iam/testPermissions\?(?:permissions=storage\.[A-Za-z.]+&?)+")
"""Names rights to be told whether one has them, and uses none."""
CONSOLE = "/api/console/proxy?path=%2F_cat%2Findices%3Fformat%3Djson%26bytes%3Db&method=GET"
COUNTING = {"key": "AA==", "range_end": "AA==", "count_only": True}
POSTS = {
    "/v3/kv/range": COUNTING,
    "/v3alpha/kv/range": COUNTING,
    "/v3beta/kv/range": COUNTING,
    "/v3/maintenance/status": {},
    "/v2/vectordb/collections/list": {},
    CONSOLE: None,
    "/db/neo4j/tx/commit": {"statements": [{"statement": "MATCH (n) RETURN count(n)"}]},
    "/_sql": {"stmt": 'SELECT count(*), sum(num_docs), sum(size) FROM sys.shards WHERE "primary"'},
}
"""Path to the only body that may be sent there; `None` for no body."""
GRAPHQL = {"/graphql", "/v1/graphql"}
_FIELD = r"[A-Za-z]\w*(?:\(first:0\)\{totalCount|\{aggregate\{count\})\}"
GRAPHQL_BODY = re.compile(r'\{"query":"\{(?:__schema\{[a-zA-Z{} ]+\}|' + _FIELD + r')\}"\}')
"""Names of the schema, or a number of rows with none of them."""


def read_over_http(said: bytes) -> bool:
    """Whether every request on the connection only reads, and carries no login."""
    while said:
        head = HEAD.match(said)
        if head is None or LOGIN.search(head[3]) or b"transfer-encoding:" in head[3].lower():
            return False
        stated = LENGTH.search(head[3])
        end = head.end() + (int(stated[1]) if stated else 0)
        if end > len(said) or not _reads(head[1].decode(), head[2].decode(), head[3], said[head.end() : end]):
            return False
        said = said[end:]
    return True


def _reads(method: str, target: str, headers: bytes, body: bytes) -> bool:
    if method == "POST":
        return _asks(target, headers, body)
    if body or (method == "PROPFIND" and not re.search(rb"(?:^|\r\n)depth: [01]\r\n", headers, re.IGNORECASE)):
        return False
    is_plain = ASKS_FOR_RIGHTS.fullmatch(target) or not WRITING.search(unquote_plus(target))
    return method in {"GET", "HEAD", "OPTIONS", "PROPFIND"} and bool(is_plain)


def _asks(target: str, headers: bytes, body: bytes) -> bool:
    if target not in {*POSTS, *GRAPHQL} or (
        target.startswith("/db/neo4j") and b"access-mode: read" not in headers.lower()
    ):
        return False
    try:
        if target in GRAPHQL:
            return GRAPHQL_BODY.fullmatch(body.decode()) is not None
        return POSTS[target] == (json.loads(body) if body else None)
    except ValueError:
        return False
