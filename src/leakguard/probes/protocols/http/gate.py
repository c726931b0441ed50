"""HTTP: `GET` and `HEAD` of any path, and a few whole questions that need another method.

A question has a name, and everything about it is constant: method, path, headers and body.
Each one asks for counts, sizes or the server's own state, and none can change anything.
Two bodies have one gap for a name of GraphQL: letters, digits and underscores alone, so that it stays one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.checks.protocols import GAP_NAME, OTHER_PAGES, PAGE_TABLES
from leakguard.frozen import Frozen, field
from leakguard.probes.protocols.http.counts import BODY, FIRESTORE_COUNT, PATH, is_count
from leakguard.probes.wire.gate import ByteGate


class HttpQuestion(Frozen):
    """One whole question."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    """Where `GAP` stands in it, a name of GraphQL is put."""

    @property
    def has_gap(self) -> bool:
        """Whether it asks about a name."""
        return GAP in self.body


GAP = b"<NAME>"
_JSON = {"content-type": "application/json"}
_COUNT_KEYS = b'{"key":"AA==","range_end":"AA==","count_only":true}'
"""From the zero byte to the zero byte, which etcd reads as all keys; the answer holds their number alone."""
_INDICES = "/api/console/proxy?path=%2F_cat%2Findices%3Fformat%3Djson%26bytes%3Db&method=GET"
"""What the console of Kibana asks its Elasticsearch for: names and sizes of the indices."""
_SHARDS = b'{"stmt":"SELECT count(*), sum(num_docs), sum(size) FROM sys.shards WHERE \\"primary\\""}'
"""CrateDB's own table of shards: counts and sizes, no row of a table of the host's owner."""
_GRAPHQL = b'{"query":"{__schema{queryType{fields{name args{name} type{name}}}}}"}'
"""Names of what may be asked for, and of its arguments."""
_CONNECTION = b'{"query":"{<NAME>(first:0){totalCount}}"}'
"""How many rows a table of PostGraphile has for the caller, and none of them."""
_AGGREGATE = b'{"query":"{<NAME>{aggregate{count}}}"}'
"""The same of Hasura, which counts where its owner allows that."""
_NODES = b'{"statements":[{"statement":"MATCH (n) RETURN count(n)"}]}'
"""The number of nodes, which Neo4j reads from its count store; `access-mode` has it refuse any change."""

_NOBODY = b"INFO FOR USER leakguard_no_such_name ON ROOT;"
"""Asks SurrealDB for a user that it has not: it tells those who may look into its users that there is none, and others
that they may not. It names no namespace: newer releases would look for a named one, and make it where it is missing."""


def _post(path: str, body: bytes, **headers: str) -> HttpQuestion:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpQuestion(method="POST", path=path, headers={**_JSON, **named}, body=body)


QUESTIONS: Mapping[str, HttpQuestion] = MappingProxyType(
    {
        "crate_sizes": _post("/_sql", _SHARDS),
        "dashboards_indices": _post(_INDICES, b"", osd_xsrf="true"),
        "etcd_v3_count": _post("/v3/kv/range", _COUNT_KEYS),
        "etcd_v3_status": _post("/v3/maintenance/status", b"{}"),
        "etcd_v3alpha_count": _post("/v3alpha/kv/range", _COUNT_KEYS),
        "etcd_v3beta_count": _post("/v3beta/kv/range", _COUNT_KEYS),
        "hasura_count": _post("/v1/graphql", _AGGREGATE),
        "hasura_names": _post("/v1/graphql", _GRAPHQL),
        "kibana_indices": _post(_INDICES, b"", kbn_xsrf="true"),
        "milvus_collections": _post("/v2/vectordb/collections/list", b"{}"),
        "neo4j_count": _post("/db/neo4j/tx/commit", _NODES, access_mode="READ"),
        OTHER_PAGES: HttpQuestion(method="GET", path="/"),
        PAGE_TABLES: HttpQuestion(method="GET", path="/"),
        "postgraphile_count": _post("/graphql", _CONNECTION),
        "postgraphile_names": _post("/graphql", _GRAPHQL),
        "surreal_right": _post("/sql", _NOBODY),
        "webdav_folder": HttpQuestion(method="PROPFIND", path="/", headers={"depth": "1"}),
        "webdav_options": HttpQuestion(method="OPTIONS", path="/"),
        "webdav_root": HttpQuestion(method="PROPFIND", path="/", headers={"depth": "0"}),
    }
)
_COUNT_PATH, _COUNT_BODY = PATH, BODY
"""Of `FIRESTORE_COUNT`: constant but for the names in braces; see `counts`."""
_OWN_HEADERS = frozenset({"host", "user-agent", "accept"})
_HTTP = re.compile(rb"(GET|HEAD) /[!-~]* HTTP/1\.1\r\n(?:[!-9;-~]+: [ -~]*\r\n)+\r\n")
_ASKS_FOR_NUMBERS_OR_A_NOTE = re.compile(
    rb"[A-Z]+ /[^/?\s]+/_search\?size=(?:0&filter_path=aggregations&|3&filter_path=hits\.total,hits\.hits\._source )"
)
"""A search for no document but a number, or for a ransom note of at most three; others are `wire.content`'s."""
_VERSION = re.compile(rb"[ \t\r\n]*HTTP/", re.IGNORECASE)
_HEADER = re.compile(rb"([a-z-]+): ([ -~]*)")


def _carries(verb: str, data: bytes) -> bool:
    if verb == FIRESTORE_COUNT:
        return is_count(data)
    if verb in QUESTIONS:
        return _carries_question(QUESTIONS[verb], data)
    found = _HTTP.fullmatch(data)
    if found is None or found.group(1).decode() != verb:
        return False
    return b"/_search" not in found.group() or _ASKS_FOR_NUMBERS_OR_A_NOTE.match(data) is not None


def _carries_question(question: HttpQuestion, data: bytes) -> bool:
    """The first line, the constant headers and the body to the letter; beside them only our own three headers.

    In a gap of the body a name stands, and the length says so.
    """
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    read = [_HEADER.fullmatch(line) for line in lines]
    headers = {found[1].decode(): found[2].decode() for found in read if found is not None}
    constant = {**question.headers, "content-length": str(len(body) if question.has_gap else len(question.body))}
    return (
        first.decode("latin-1") == f"{question.method} {question.path} HTTP/1.1"
        and len(headers) == len(lines)
        and headers.keys() - constant.keys() <= _OWN_HEADERS
        and all(headers.get(name) == value for name, value in constant.items())
        and _is_body(question, body)
    )


def _is_body(question: HttpQuestion, body: bytes) -> bool:
    if not question.has_gap:
        return body == question.body
    before, _, behind = question.body.partition(GAP)
    name = body.removeprefix(before).removesuffix(behind).decode("latin-1")
    return GAP_NAME.fullmatch(name) is not None and body == before + name.encode() + behind


def _greets(data: bytes) -> bool:
    return data.startswith(b"HTTP/1.")


def _begins(data: bytes) -> bool:
    """The version, in whatever letters; some servers leave an empty line of an earlier answer before it."""
    return _VERSION.match(data) is not None


GATE = ByteGate(
    verbs=frozenset({"GET", "HEAD", FIRESTORE_COUNT, *QUESTIONS}),
    carries=_carries,
    begins=_begins,
    greets=_greets,
    tls_ports=frozenset({443, 6984, 8443, 9243}),
    tls_schemes=frozenset({"https", "s3"}),
)
"""TLS ports: https, CouchDB, the second https, Elastic's hosted port."""
