"""The register of protocols: what a check file may ask over each, and how its servers behave.

A new protocol is one entry of `PROTOCOLS` and a folder of its name in `probes.protocols`, with its gate, reader and
session. The gates, the sessions and their questions follow from the entry; a test names what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from leakguard.frozen import Frozen


class Protocol(Frozen):
    """What may be asked over one protocol."""

    questions: frozenset[str]
    schemes: tuple[str, ...] = ()
    """Schemes of URLs that hint at this protocol."""
    over: str | None = None
    """The protocol that carries this one's questions."""
    for_buckets: bool = False
    """Whether it is spoken only where the user's URL says so, to ask for buckets of ours."""
    for_named: bool = False
    """Whether only a place that a person named is asked in it, by its host or as this very endpoint."""
    for_backends: bool = False
    """Whether it is spoken only where the scope names a backend; it asks for the tables first, and judges each."""
    is_industrial: bool = False
    """Spoken by devices that steer machines or treat patients: by the owner's leave alone, and never as a guess."""
    has_folders: bool = False
    """Whether all of it can be asked of the folder of the user's URL as well as of the root."""
    speaks_first: bool = False
    """Its servers greet whoever connects, so a silent one is none of them."""
    is_common: bool = False
    """So widespread that it is guessed before the others on a port that suggests nothing."""
    announces_much: bool = False
    """Whether a server that reads a length first, such as Kafka, takes its first bytes for tens of megabytes."""
    complains: bool = False
    """Whether a server answers any other protocol with a complaint in its own, and so need not be guessed."""


def _protocol(  # noqa: PLR0913  (each is named where it is given)
    *questions: str,
    schemes: tuple[str, ...] = (),
    over: str | None = None,
    speaks_first: bool = False,
    is_common: bool = False,
    for_buckets: bool = False,
    for_named: bool = False,
    for_backends: bool = False,
    announces_much: bool = False,
    complains: bool = False,
    is_industrial: bool = False,
) -> Protocol:
    return Protocol(
        questions=frozenset(questions), schemes=schemes, over=over, speaks_first=speaks_first, is_common=is_common,
        for_buckets=for_buckets, for_named=for_named, for_backends=for_backends,
        announces_much=announces_much, complains=complains,
        is_industrial=is_industrial,
    )  # fmt: skip


TABLES = ("inside", "table")
"""What is asked of a backend: which tables, collections or folders it is asked for, and then each of them."""
SERVED = ("directus", "hasura", "parse", "pocketbase", "postgraphile", "strapi")
"""Servers that a scope may name with their tables, and that checks ask over HTTP."""
PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {
        "aerospike": _protocol("server", "sizes", schemes=("aerospike",), announces_much=True),
        "algolia": _protocol(*TABLES, schemes=("algolia",), over="http", for_backends=True),
        "appwrite": _protocol(*TABLES, schemes=("appwrite",), over="http", for_backends=True),
        "azblob": _protocol("list", "size", "access", schemes=("az",), over="http", for_buckets=True),
        "clickhouse": _protocol("hello", "sizes", schemes=("clickhouse",)),
        "cql": _protocol(
            "options",
            "startup",
            "version",
            "sizes",
            "columns",
            schemes=("cql", "cassandra"),
            announces_much=True,
            complains=True,
        ),
        "dicom": _protocol("associate", schemes=("dicom",), is_industrial=True),
        "firebasestorage": _protocol(*TABLES, schemes=("firebasestorage",), over="http", for_backends=True),
        "firestore": _protocol(*TABLES, schemes=("firestore",), over="http", for_backends=True),
        "ftp": _protocol("login", "list", schemes=("ftp", "ftps"), speaks_first=True),
        "gcs": _protocol("list", "size", "permissions", schemes=("gs",), over="http", for_buckets=True),
        "git": Protocol(questions=frozenset({"repository"}), schemes=("git",), has_folders=True),
        "http": _protocol("GET", "HEAD", schemes=("http", "https", "s3", *SERVED)),
        "iscsi": _protocol("targets", schemes=("iscsi",)),
        # A broker sets aside as much memory as four bytes announce, so it is asked before those that announce tens of
        # megabytes, and they are not said to whoever is silent then; what the others announce it refuses, or is small.
        "kafka": _protocol("versions", "sasl", "topics", "records", "log_dirs", schemes=("kafka",), is_common=True),
        "ldap": _protocol("bind", "root", "search", schemes=("ldap", "ldaps")),
        "meilisearch": _protocol(*TABLES, schemes=("meilisearch",), over="http", for_backends=True),
        "memcached": _protocol("version", "stats", schemes=("memcached",), is_common=True),
        "modbus": _protocol("identify", schemes=("modbus",), is_industrial=True),
        "mongodb": _protocol(
            "hello",
            "isMaster",
            "buildInfo",
            "listDatabases",
            "listCollections",
            "sizes",
            "fields",
            schemes=("mongodb",),
            is_common=True,
        ),
        "mqtt": _protocol("connect", "counters", schemes=("mqtt", "mqtts")),
        "mysql": _protocol("login", "sizes", "columns", "own_account", schemes=("mysql", "mariadb"), speaks_first=True),
        "nats": _protocol("connect", schemes=("nats",), speaks_first=True),
        "nbd": _protocol("exports", schemes=("nbd",), speaks_first=True),
        "nfs": _protocol("exports", schemes=("nfs",)),
        "opcua": _protocol("endpoints", schemes=("opc.tcp",), is_industrial=True),
        "openwire": _protocol("connect", schemes=("openwire",), speaks_first=True),
        "page": _protocol("shipped", over="http", for_named=True),
        "postgres": _protocol(
            "startup", "sizes", "columns", "own_account", schemes=("postgresql", "postgres"), is_common=True
        ),
        "postgrest": _protocol(*TABLES, schemes=("supabase", "postgrest"), over="http", for_backends=True),
        "redis": _protocol("PING", "INFO", "DBSIZE", schemes=("redis", "rediss"), is_common=True),
        "rtdb": _protocol(*TABLES, schemes=("firebase",), over="http", for_backends=True),
        "rsync": _protocol("list", "choose", "unknown", schemes=("rsync",), speaks_first=True),
        "rtsp": Protocol(questions=frozenset({"describe"}), schemes=("rtsp", "rtsps"), has_folders=True),
        "s3": _protocol("service", "list", "size", "acl", over="http"),
        "smb": _protocol("negotiate", "shares", schemes=("smb", "cifs")),
        "svn": Protocol(questions=frozenset({"repository"}), schemes=("svn",), has_folders=True, speaks_first=True),
        "swift": _protocol("container", schemes=("swift",), over="http", for_buckets=True),
        "webroot": Protocol(
            questions=frozenset({"listing", "nonsense", "dumps", "known_dumps", "repositories", "secrets"}),
            over="http",
            has_folders=True,
        ),
        "zookeeper": _protocol("srvr", "mntr", "children", schemes=("zookeeper",)),
    }
)
"""None of these can change a server's state or return a record, an object or a message."""

KINDS = tuple(PROTOCOLS)
if TYPE_CHECKING:
    Kind = str
else:
    Kind = Literal[KINDS]

PAGE_TABLES, OTHER_PAGES = "page_tables", "other_page_tables"
"""The two questions that are many: which tables the page of the very same place names, if a person named the place, and
the pages of the scope that name this place; the second one leaves its own page out."""
OF_PAGES = frozenset({PAGE_TABLES, OTHER_PAGES})
HTTP_QUESTIONS: Mapping[str, str] = MappingProxyType(
    {
        "crate_sizes": "POST /_sql",
        "dashboards_indices": "POST /api/console/proxy?path=%2F_cat%2Findices%3Fformat%3Djson%26bytes%3Db&method=GET",
        "etcd_v3_count": "POST /v3/kv/range",
        "etcd_v3_status": "POST /v3/maintenance/status",
        "etcd_v3alpha_count": "POST /v3alpha/kv/range",
        "etcd_v3beta_count": "POST /v3beta/kv/range",
        "hasura_count": "POST /v1/graphql#{item}",
        "hasura_names": "POST /v1/graphql",
        "kibana_indices": "POST /api/console/proxy?path=%2F_cat%2Findices%3Fformat%3Djson%26bytes%3Db&method=GET",
        "milvus_collections": "POST /v2/vectordb/collections/list",
        "neo4j_count": "POST /db/neo4j/tx/commit",
        OTHER_PAGES: "GET /",
        PAGE_TABLES: "GET /",
        "postgraphile_count": "POST /graphql#{item}",
        "postgraphile_names": "POST /graphql",
        "surreal_right": "POST /sql",
        "webdav_folder": "PROPFIND /",
        "webdav_options": "OPTIONS /",
        "webdav_root": "PROPFIND /",
    }
)
"""What `ask` may name over HTTP: whole questions that need another method than GET and cannot change anything.

Headers and bodies are constants of `probes.protocols.http.gate`; a check file can set none. Behind `#`, which no server
is sent, stands the name that is put into the one gap of a body.
"""

GAP_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}")
"""What may be put into the gap of a body: a name of GraphQL, which keeps those with two underscores for itself."""


def refused_verb(kind: str, request: Mapping[str, Any]) -> str | None:
    """Why a request of a check file may not be asked, or `None` when it may."""
    if kind not in PROTOCOLS:
        return None
    if kind == "http":
        return _refused_over_http(request)
    verb = "GET" if "get" in request else "HEAD" if "head" in request else str(request.get("method"))
    if verb in PROTOCOLS[kind].questions and "ask" not in request:
        return None
    allowed = ", ".join(sorted(PROTOCOLS[kind].questions))
    return f"only reading verbs of {kind} may be asked: {allowed}"


def _refused_over_http(request: Mapping[str, Any]) -> str | None:
    if "method" in request:
        return "over HTTP state `get` or `head` with a path, or `ask` with a question's name"
    if "ask" in request and request["ask"] not in HTTP_QUESTIONS:
        return f"`ask` names one of: {', '.join(sorted(HTTP_QUESTIONS))}"
    return None


def scheme_of(kind: str, *, in_tls: bool) -> str:
    """The scheme of URLs at which the protocol is spoken; what goes over HTTP has the schemes of HTTP."""
    plain, secure, *_ = (*PROTOCOLS[PROTOCOLS[kind].over or kind].schemes, "")
    return secure if in_tls and secure else plain
