"""Samples of stores that speak HTTP: Elasticsearch, OpenSearch and CouchDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from leakguard.models.observations import Ending
from leakguard.models.texts import is_text
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.http.client import request_bytes, request_headers
from leakguard.probes.protocols.http.reader import HttpReader
from leakguard.probes.sampling.asking import CAP, MOST_COLLECTIONS, RunningSample
from leakguard.probes.sampling.records import read_json, take_records
from leakguard.probes.wire.content import ContentCommand
from leakguard.probes.wire.verbs import ReadCommand

_OK = 200
_INDICES = "/_cat/indices?format=json&bytes=b&h=index,docs.count"
_STATS = "/_stats/docs"


class _Web:
    """Asks one endpoint, and takes the bodies of its answers as they are, to be overwritten."""

    def __init__(self, sampling: RunningSample) -> None:
        self._sampling = sampling
        self._caller: Caller = sampling.way.caller()

    async def get(self, path: str, shown: str, *, verb: str | None = None) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The JSON of an answer, or `None`; with `verb` the path asks for records."""
        answer = await self._caller.call(self._command(path, verb), HttpReader, cap=CAP)
        reader = answer.reader
        self._sampling.note("GET", shown, status=reader.status, size=answer.size)
        if answer.ended is not Ending.COMPLETE or reader.status != _OK:
            reader.body[:] = bytes(len(reader.body))
            return None
        return read_json(reader.body)

    def close(self) -> None:
        """Hang up."""
        self._caller.close()

    def _command(self, path: str, verb: str | None) -> ReadCommand:
        endpoint = self._sampling.endpoint
        headers = request_headers(
            endpoint.host or endpoint.address, endpoint.port, self._sampling.way.user_agent, {},
            in_tls=self._caller.in_tls,
        )  # fmt: skip
        data = request_bytes("GET", path, headers)
        if verb is None:
            return ReadCommand(kind="http", verb="GET", data=data)
        return ContentCommand(kind="http", verb=verb, data=data)


async def sample_elastic(sampling: RunningSample) -> None:
    """A few documents of each of the largest indices, as they were put in."""
    web = _Web(sampling)
    try:
        names = await _indices(web)
        share = sampling.share(len(names))
        for number, name in enumerate(names[:MOST_COLLECTIONS], start=1):
            if (count := sampling.left(share)) > 0:
                path = f"/{quote(name, safe='')}/_search?size={count}&filter_path=hits.hits._source"
                found = await web.get(path, f"/(index {number})/_search?size={count}", verb="search")
                sampling.read += take_records(sampling.tally, "index", name, _sources(found)[:count])
    finally:
        web.close()


async def _indices(web: _Web) -> Sequence[str]:
    """The names of indices that are not the server's own, the largest first."""
    listed = await web.get(_INDICES, "/_cat/indices")
    sizes = {
        document["index"]: document.get("docs.count")
        for document in _dicts(listed)
        if isinstance(document.get("index"), str)
    }
    if not sizes:
        stats = await web.get(_STATS, _STATS)
        indices = stats.get("indices") if isinstance(stats, dict) else None
        sizes = {name: _count_in(body) for name, body in indices.items()} if isinstance(indices, dict) else {}
    own = [name for name in sizes if name and is_text(name) and not name.startswith((".", "_", "-", "+"))]
    return sorted(own, key=lambda name: -_number(sizes[name]))


def _count_in(body: object) -> object:
    try:
        return body["primaries"]["docs"]["count"]  # type: ignore[index]  # (whatever the host sent)
    except (TypeError, LookupError):
        return 0


async def sample_couchdb(sampling: RunningSample) -> None:
    """A few documents of each of the first databases."""
    web = _Web(sampling)
    try:
        listed = await web.get("/_all_dbs", "/_all_dbs")
        names = [name for name in listed if is_text(name)] if isinstance(listed, list) else []
        own = [name for name in names if name and not name.startswith("_")]
        share = sampling.share(len(own))
        for number, name in enumerate(own[:MOST_COLLECTIONS], start=1):
            if (count := sampling.left(share)) > 0:
                path = f"/{quote(name, safe='')}/_all_docs?include_docs=true&limit={count}"
                found = await web.get(path, f"/(database {number})/_all_docs?limit={count}", verb="all_docs")
                rows = _dicts(found.get("rows") if isinstance(found, dict) else None)
                docs = [_without_marks(row["doc"]) for row in rows if isinstance(row.get("doc"), dict)]
                sampling.read += take_records(sampling.tally, "database", name, docs[:count])
    finally:
        web.close()


def _sources(found: object) -> list[Any]:
    hits = found.get("hits") if isinstance(found, dict) else None
    listed = hits.get("hits") if isinstance(hits, dict) else None
    return [document.get("_source") for document in _dicts(listed)]


def _without_marks(document: dict[str, Any]) -> dict[str, Any]:
    """Without the store's own `_rev` and `_attachments`; its `_id` may be somebody's number and stays."""
    return {name: value for name, value in document.items() if name == "_id" or not name.startswith("_")}


def _dicts(listed: object) -> list[dict[str, Any]]:
    return [document for document in listed if isinstance(document, dict)] if isinstance(listed, list) else []


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0  # noqa: PLR2004  (19 digits fit 64 bits)
