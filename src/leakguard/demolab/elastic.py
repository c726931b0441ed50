"""An Elasticsearch-shaped server of spring 2019: 6.7.1, without the product header that came two years later.

The shapes follow what a real 6.x node answers: a pretty root, `_cat` as text or JSON, types in the mapping,
`index_not_found_exception` with 404 for an unknown index, `security_exception` with 401 when a login is asked.
"""

from __future__ import annotations

from collections.abc import Callable

from leakguard.demolab import elastic_pages as pages
from leakguard.demolab.asks import AskLog, Sort
from leakguard.demolab.clusters import Cluster
from leakguard.demolab.http import HttpAnswer, HttpAsk, json_answer

_READING = {
    "_search",
    "_msearch",
    "_mget",
    "_doc",
    "_source",
    "_termvectors",
    "_explain",
    "_sql",
    "_graph",
    "_rollup_search",
}
"""Path parts that lead to records, and `_sql`, whose answers are records too."""

_PAGES: dict[str, Callable[[Cluster, HttpAsk, str], HttpAnswer]] = {
    "_cat": pages.cat,
    "_stats": pages.stats,
    "_count": pages.count,
    "_mapping": pages.mapping,
    "_mappings": pages.mapping,
    "_cluster": pages.cluster,
    "_nodes": pages.nodes,
    "_aliases": pages.aliases,
}


class ElasticServer:
    """Answers for one cluster; asks for a login once its door is closed."""

    def __init__(self, name: str, cluster: Cluster, log: AskLog, *, asks_login: bool = False) -> None:
        """`name` is how the log calls this server."""
        self.name = name
        self.cluster = cluster
        self.asks_login = asks_login
        self._log = log

    def handle(self, ask: HttpAsk) -> HttpAnswer:
        """One request, one answer; no request changes anything."""
        sort = sort_of(ask)
        self._log.note(self.name, ask.method, ask.target, sort)
        if self.asks_login:
            return pages.login_asked(ask)
        if sort is Sort.READS_RECORDS:
            return pages.records(self.cluster)
        if sort is Sort.WRITES:
            error = f"Incorrect HTTP method for uri [{ask.target}] and method [{ask.method}], allowed: [GET]"
            return json_answer({"error": error, "status": 405}, status=405, Allow="GET,HEAD")
        return self._look(ask)

    def _look(self, ask: HttpAsk) -> HttpAnswer:
        parts = [part for part in ask.path.split("/") if part]
        if not parts:
            return pages.root(self.cluster)
        if parts[0] in _PAGES:
            return _PAGES[parts[0]](self.cluster, ask, "_all")
        if parts[0].startswith("_") and parts[0] != "_all":
            return pages.bad_index_name(parts[0])
        found = self.cluster.find(parts[0])
        if not found and "*" not in parts[0]:
            return pages.no_such_index(parts[0])
        page = parts[1] if len(parts) > 1 else "_mapping"
        return _PAGES[page](self.cluster, ask, parts[0]) if page in _PAGES else pages.no_handler(ask)


def sort_of(ask: HttpAsk) -> Sort:
    """What the request would do to a real server."""
    if "authorization" in ask.headers:
        return Sort.LOGS_IN
    parts = [part for part in ask.path.split("/") if part]
    if any(part in _READING for part in parts) or _names_a_document(parts):
        return Sort.READS_RECORDS
    if ask.method in {"GET", "HEAD"} or (ask.method == "POST" and parts[-1:] == ["_count"]):
        return Sort.LOOKS
    return Sort.WRITES


def _names_a_document(parts: list[str]) -> bool:
    """`/index/type/id`: the way to one record in 6.x."""
    return len(parts) >= 3 and not any(part.startswith("_") for part in parts[:3])  # noqa: PLR2004  (index, type, id)
