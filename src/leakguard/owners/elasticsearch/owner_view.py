"""What a cluster of our own tells its owner: indices with their sizes and names of fields, and who could reach them."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from leakguard.models.clusters import ClusterSeen, IndexSeen, SettingSeen
from leakguard.models.exports import Destination
from leakguard.models.texts import counted
from leakguard.owners.elasticsearch.client import our_words
from leakguard.owners.elasticsearch.reading import reading_client

MOST_INDICES, MOST_FIELDS, DEEPEST = 10_000, 2_000, 20
"""Of one cluster, of one index, and levels of a mapping."""
_BATCH, _LONGEST_PATH = 50, 3000
"""Indices whose mappings are asked for at once, and the letters that their names may take: a cluster refuses a first
line of more than 4 KiB, and a Chinese sign is nine letters there."""
_NODES = ",".join(
    f"nodes.*.{part}"
    for part in (
        "version", "http.bound_address", "plugins.name", "settings.xpack.security.enabled",
        "settings.xpack.security.http.ssl.enabled", "settings.xpack.security.audit.enabled",
        "settings.xpack.security.authc.anonymous.roles",
    )
)  # fmt: skip
_CAT = {"format": "json", "bytes": "b", "h": "index,docs.count,store.size,creation.date"}
_REFUSED = frozenset({401, 403})


class OwnerView:
    """Looks at one cluster; `look` may be called once."""

    def __init__(
        self, destination: Destination, check: Callable[[], None], *, client: Elasticsearch | None = None
    ) -> None:
        """`check` raises when the cluster is not in the scope; it is asked before each request."""
        self._url, self._has_login = destination.url, bool(destination.api_key or destination.user)
        self._client = client or reading_client(destination, check)
        self._refused: list[str] = []

    def look(self) -> ClusterSeen:
        """All of it; raises `ClusterFailed` where it cannot be reached, or refuses the login."""
        with our_words(self._url):
            health = dict(self._client.cluster.health().body)
            nodes = self._ask("/_nodes", lambda: self._client.nodes.info(filter_path=_NODES).body) or {}
            every = self._rows()
            rows = every[:MOST_INDICES]
            mappings = dict(self._mappings([str(row["index"]) for row in rows]))
            repositories = self._ask("/_snapshot", lambda: self._client.snapshot.get_repository().body) or {}
        answers = list(_inner(nodes.get("nodes")).values())
        return ClusterSeen(
            name=str(health.get("cluster_name", "")),
            id=self._id(),
            version=", ".join(sorted({str(_inner(node).get("version", "")) for node in answers})),
            node_count=int(health.get("number_of_nodes", 0)),
            indices=tuple(_index(row, mappings.get(str(row["index"]))) for row in rows),
            settings=tuple(_settings([_inner(node) for node in answers], repositories, has_login=self._has_login)),
            not_permitted=tuple(self._refused),
            left_out=len(every) - len(rows),
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _id(self) -> str:
        """Some distributions refuse the question at `/`, and are open all the same."""
        try:
            return str(self._client.info().body.get("cluster_uuid", ""))
        except ApiError:
            return ""

    def _rows(self) -> list[Mapping[str, Any]]:
        asked = {**_CAT, "expand_wildcards": "all"}
        try:
            rows = self._client.perform_request("GET", "/_cat/indices", params=asked, headers=_JSON).body
        except ApiError as error:
            if error.meta.status != 400:  # noqa: PLR2004  (releases before 7.7 do not know the parameter)
                raise
            rows = self._client.perform_request("GET", "/_cat/indices", params=_CAT, headers=_JSON).body
        return [row for row in rows if isinstance(row, Mapping) and row.get("index")]

    def _mappings(self, names: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Those of our own indices; the cluster's own begin with a point."""
        for batch in _batches(name for name in names if not name.startswith((".", "_"))):
            found = self._ask("/INDEX/_mapping", partial(self._mapping, batch))
            yield from ((name, _inner(mapping).get("mappings", {})) for name, mapping in (found or {}).items())

    def _mapping(self, names: list[str]) -> Any:  # noqa: ANN401  (JSON holds anything)
        """Those that are there still: a cluster of logs drops indices all the time."""
        try:
            return self._client.indices.get_mapping(index=names, ignore_unavailable=True).body
        except NotFoundError:
            return {}

    def _ask(self, what: str, question: Callable[[], Any]) -> dict[str, Any] | None:
        """The answer, or nothing where the login does not permit the question, which is noted."""
        try:
            answer = question()
        except ApiError as error:
            if error.meta.status not in _REFUSED:
                raise
            if what not in self._refused:
                self._refused.append(what)
            return None
        return dict(answer)


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    letters = 0
    for name in names:
        taken = len(quote(name, safe="")) + 3
        if batch and (len(batch) == _BATCH or letters + taken > _LONGEST_PATH):
            yield batch
            batch, letters = [], 0
        batch.append(name)
        letters += taken
    if batch:
        yield batch


_JSON = {"accept": "application/json"}


def _inner(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _index(row: Mapping[str, Any], mapping: Mapping[str, Any] | None) -> IndexSeen:
    fields = list(islice(_fields(_properties(mapping or {})), MOST_FIELDS + 1))
    return IndexSeen(
        name=str(row["index"]), records=_number(row.get("docs.count")), bytes=_number(row.get("store.size")),
        created_at=_moment(row.get("creation.date")), fields=tuple(fields[:MOST_FIELDS]),
        is_cut=len(fields) > MOST_FIELDS,
    )  # fmt: skip


def _properties(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    """Releases before 7 have a type of documents in between."""
    if "properties" in mapping:
        return _inner(mapping["properties"])
    typed = next((_inner(properties) for properties in mapping.values() if "properties" in _inner(properties)), {})
    return _inner(typed.get("properties"))


def _fields(properties: Mapping[str, Any], above: str = "", level: int = 0) -> Iterator[tuple[str, str]]:
    for name, definition in properties.items():
        field, kind = f"{above}{name}", _inner(definition).get("type")
        if isinstance(kind, str):
            yield field, kind
        if level < DEEPEST:
            yield from _fields(_inner(_inner(definition).get("properties")), f"{field}.", level + 1)


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, str | int) and str(value).isdigit() else None


def _moment(value: object) -> datetime | None:
    milliseconds = _number(value)
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds and milliseconds < 10**14 else None


def _settings(
    nodes: Sequence[Mapping[str, Any]], repositories: Mapping[str, Any], *, has_login: bool
) -> Iterator[SettingSeen]:
    security = [_inner(_inner(_inner(node.get("settings")).get("xpack")).get("security")) for node in nodes]
    plugins = {str(_inner(plugin).get("name")) for node in nodes for plugin in node.get("plugins", ())}
    if has_login:
        asked = [setting.get("enabled") for setting in security]
        yield _switch("a login is asked for", asked, also="opensearch-security" in plugins)
    else:
        yield SettingSeen(
            name="a login is asked for", is_safe=False, told="no: the cluster answered this inspection without one"
        )
    yield _switch(
        "connections are encrypted",
        [_inner(_inner(setting.get("http")).get("ssl")).get("enabled") for setting in security],
    )
    yield _switch("access is logged", [_inner(setting.get("audit")).get("enabled") for setting in security])
    roles = [_inner(_inner(setting.get("authc")).get("anonymous")).get("roles") for setting in security]
    if any(roles):
        yield SettingSeen(name="strangers have no role", is_safe=False, told="anonymous users have a role")
    yield from _bound([address for node in nodes for address in _inner(node.get("http")).get("bound_address", ())])
    if repositories:
        kinds = sorted({str(_inner(repository).get("type")) for repository in repositories.values()})
        places = counted(len(repositories), "place")
        text = f"{places} for snapshots ({', '.join(kinds)}): they hold the same data"
        yield SettingSeen(name="snapshots", is_safe=None, told=text)


def _switch(name: str, values: Sequence[object], *, also: bool = False) -> SettingSeen:
    states = {str(value) for value in values if value is not None}
    if states == {"true"} or (also and "false" not in states):
        return SettingSeen(name=name, is_safe=True, told="yes, on every node that says so")
    if "false" in states:
        return SettingSeen(name=name, is_safe=False, told="no")
    return SettingSeen(name=name, is_safe=None, told="the nodes do not say")


def _bound(addresses: Sequence[str]) -> Iterator[SettingSeen]:
    """Where the cluster listens; at a public address, or at all of them, a firewall alone keeps strangers out."""
    wide = []
    for text in addresses:
        try:
            literal = ipaddress.ip_address(text.rpartition(":")[0].strip("[]"))
        except ValueError:
            continue
        if literal.is_global or literal.is_unspecified:
            wide.append(text)
    if addresses:
        description = f"listens on {', '.join(sorted(set(wide)))}" if wide else "only addresses inside"
        yield SettingSeen(name="listens inside alone", is_safe=not wide, told=description)
