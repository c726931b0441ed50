"""The pages of the Elasticsearch-shaped server, each made from a cluster's names and counts."""

from __future__ import annotations

from leakguard.demolab.cat_table import cat_rows, text_table
from leakguard.demolab.clusters import Cluster, Index, stable_id
from leakguard.demolab.http import HttpAnswer, HttpAsk, json_answer

CANARY = "canary-k3v9-demo-record-that-nobody-may-read"
"""Stands in every record that the lab would hand out; it must never appear anywhere else."""

VERSION = "6.7.1"
_BUILD = {
    "number": VERSION,
    "build_flavor": "default",
    "build_type": "deb",
    "build_hash": "2f32220",
    "build_date": "2019-04-02T15:59:27.961366Z",
    "build_snapshot": False,
    "lucene_version": "7.7.0",
    "minimum_wire_compatibility_version": "5.6.0",
    "minimum_index_compatibility_version": "5.0.0",
}
_REALM = 'Basic realm="security" charset="UTF-8"'
_SHARDS_PER_INDEX = 5
_CAT_PARAMETERS = {
    "format",
    "h",
    "v",
    "s",
    "bytes",
    "pri",
    "health",
    "help",
    "local",
    "master_timeout",
    "pretty",
    "time",
}
"""What `_cat/indices` of 6.x knows; it answers 400 to anything else, `expand_wildcards` of later releases included."""
_TYPES_WARNING = (
    f'299 Elasticsearch-{VERSION}-2f32220 "[types removal] The parameter include_type_name should be explicitly '
    "specified in get mapping requests to prepare for 7.0. In 7.0 include_type_name will default to 'false', "
    'which means responses will omit the type name in mapping definitions."'
)


def root(held: Cluster) -> HttpAnswer:
    """`GET /`: pretty without being asked, as the real one does."""
    version = dict(_BUILD)
    names = {"name": held.node, "cluster_name": held.name, "cluster_uuid": stable_id(f"cluster {held.name}")}
    return json_answer({**names, "version": version, "tagline": "You Know, for Search"}, pretty=True)


def cat(held: Cluster, ask: HttpAsk, _: str) -> HttpAnswer:
    """`/_cat/indices` and its neighbours; text unless JSON is asked for."""
    parts = [part for part in ask.path.split("/") if part]
    kind = parts[1] if len(parts) > 1 else ""
    pattern = parts[2] if len(parts) > 2 else "_all"  # noqa: PLR2004  (`_cat/indices/PATTERN`)
    rows = cat_rows(held, kind, pattern, ask.query)
    unknown = sorted(set(ask.query) - _CAT_PARAMETERS)
    if kind == "indices" and unknown:
        return _unrecognised(ask, unknown[0])
    if rows is None:
        text = "=^.^=\n/_cat/count\n/_cat/health\n/_cat/indices\n/_cat/indices/{index}\n"
        return HttpAnswer(body=text.encode(), content_type="text/plain; charset=UTF-8")
    if ask.query.get("format") == "json" or ask.headers.get("accept") == "application/json":
        return json_answer(rows, pretty="pretty" in ask.query)
    table = text_table(rows, with_heading="v" in ask.query)
    return HttpAnswer(body=table.encode(), content_type="text/plain; charset=UTF-8")


def stats(held: Cluster, ask: HttpAsk, pattern: str) -> HttpAnswer:
    """`/_stats/docs,store`."""
    found = held.find(pattern)
    shards = len(found) * _SHARDS_PER_INDEX
    value = {"_shards": {"total": shards, "successful": shards, "failed": 0}, "_all": _both(found)}
    if ask.query.get("level") != "cluster":
        value["indices"] = {index.name: {"uuid": index.uuid, **_both((index,))} for index in found}
    return json_answer(value, pretty="pretty" in ask.query)


def count(held: Cluster, ask: HttpAsk, pattern: str) -> HttpAnswer:
    """`/_count`."""
    found = held.find(pattern)
    shards = len(found) * _SHARDS_PER_INDEX
    total = sum(index.docs_count for index in found)
    value = {"count": total, "_shards": {"total": shards, "successful": shards, "skipped": 0, "failed": 0}}
    return json_answer(value, pretty="pretty" in ask.query)


def mapping(held: Cluster, ask: HttpAsk, pattern: str) -> HttpAnswer:
    """`/_mapping`: field names and types, under the type name `doc`, as 6.x still had it."""
    value = {index.name: {"mappings": {"doc": {"properties": index.fields}}} for index in held.find(pattern)}
    return json_answer(value, pretty="pretty" in ask.query, Warning=_TYPES_WARNING)


def cluster(held: Cluster, ask: HttpAsk, _: str) -> HttpAnswer:
    """`/_cluster/health` and `/_cluster/stats`."""
    shards = len(held.indices) * _SHARDS_PER_INDEX
    health = {"cluster_name": held.name, "status": "green", "timed_out": False, "number_of_nodes": 1}
    if not ask.path.startswith("/_cluster/stats"):
        return json_answer(
            {**health, "number_of_data_nodes": 1, "active_primary_shards": shards, "active_shards": shards}
        )
    totals = {"docs": {"count": held.docs_count, "deleted": 0}, "store": {"size_in_bytes": held.size_bytes}}
    about = {"cluster_name": held.name, "cluster_uuid": stable_id(f"cluster {held.name}"), "status": "green"}
    return json_answer({**about, "indices": {"count": len(held.indices), **totals}, "nodes": {"versions": [VERSION]}})


def nodes(held: Cluster, _: HttpAsk, __: str) -> HttpAnswer:
    """`/_nodes`."""
    node = {"name": held.node, "version": VERSION, "roles": ["master", "data", "ingest"]}
    return json_answer({"cluster_name": held.name, "nodes": {stable_id(held.node): node}})


def aliases(held: Cluster, _: HttpAsk, __: str) -> HttpAnswer:
    """`/_aliases`."""
    return json_answer({index.name: {"aliases": {}} for index in held.indices})


def records(held: Cluster) -> HttpAnswer:
    """What every way to a record answers: canaries, so that a leak of them shows where they came from."""
    source = {"from": CANARY, "to": CANARY, "ip": "192.0.2.1", "user_agent": CANARY}
    hits = [
        {"_index": index.name, "_type": "doc", "_id": f"{CANARY}-{number}", "_score": 1.0, "_source": source}
        for number, index in enumerate(held.indices)
    ]
    shards = {"total": len(held.indices) * _SHARDS_PER_INDEX, "failed": 0}
    found = {"total": held.docs_count, "max_score": 1.0, "hits": hits}
    return json_answer({"took": 4, "timed_out": False, "_shards": shards, "_scroll_id": CANARY, "hits": found})


def login_asked(ask: HttpAsk) -> HttpAnswer:
    """401 as the security module of 6.7 and 6.8 says it; a password is answered with the same."""
    challenge: dict[str, object] = {"WWW-Authenticate": _REALM}
    problem = "unable to authenticate user" if "authorization" in ask.headers else "missing authentication token"
    reason = f"{problem} for REST request [{ask.target}]"
    cause = {"type": "security_exception", "reason": reason, "header": challenge}
    return json_answer({"error": {"root_cause": [cause], **cause}, "status": 401}, status=401, WWW_Authenticate=_REALM)


def no_such_index(name: str) -> HttpAnswer:
    """404 for an index that is not there."""
    cause = {
        "type": "index_not_found_exception",
        "reason": "no such index",
        "resource.type": "index_or_alias",
        "resource.id": name,
        "index_uuid": "_na_",
        "index": name,
    }
    return json_answer({"error": {"root_cause": [cause], **cause}, "status": 404}, status=404)


def bad_index_name(name: str) -> HttpAnswer:
    """400 for a path part that no index may be called."""
    reason = f"Invalid index name [{name}], must not start with '_'."
    cause = {"type": "invalid_index_name_exception", "reason": reason, "index_uuid": "_na_", "index": name}
    return json_answer({"error": {"root_cause": [cause], **cause}, "status": 400}, status=400)


def no_handler(ask: HttpAsk) -> HttpAnswer:
    """400 for a path that means nothing."""
    text = f"No handler found for uri [{ask.target}] and method [{ask.method}]"
    return HttpAnswer(status=400, body=text.encode(), content_type="text/plain; charset=UTF-8")


def _unrecognised(ask: HttpAsk, parameter: str) -> HttpAnswer:
    reason = f"request [{ask.path}] contains unrecognized parameter: [{parameter}]"
    cause = {"type": "illegal_argument_exception", "reason": reason}
    return json_answer({"error": {"root_cause": [cause], **cause}, "status": 400}, status=400)


def _both(found: tuple[Index, ...]) -> dict[str, object]:
    """Primaries and total are equal: the lab's indices have no replicas."""
    docs = {"count": sum(index.docs_count for index in found), "deleted": 0}
    sizes = {"docs": docs, "store": {"size_in_bytes": sum(index.size_bytes for index in found)}}
    return {"primaries": sizes, "total": sizes}
