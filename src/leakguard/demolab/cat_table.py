"""`/_cat` of the Elasticsearch-shaped server: rows of text values, as JSON or as a padded table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leakguard.demolab.clusters import Cluster, Index

_DEFAULT = "health,status,index,uuid,pri,rep,docs.count,docs.deleted,store.size,pri.store.size"
_UNITS = ("kb", "mb", "gb", "tb", "pb")
_KIBI = 1024
_RIGHT = ("docs", "store", "pri.", "count")
"""Columns that hold numbers stand right."""


def cat_rows(cluster: Cluster, kind: str, pattern: str, query: Mapping[str, str]) -> list[dict[str, str]] | None:
    """The rows of one `_cat` page; nothing when the lab has no such page."""
    if kind == "indices":
        columns = (query.get("h") or _DEFAULT).split(",")
        in_bytes = query.get("bytes") == "b"
        found = cluster.find(pattern)
        return [
            {name: _cell(index, name, in_bytes=in_bytes) for name in columns if name in _known(index)}
            for index in found
        ]
    if kind == "count":
        return [{"count": str(cluster.docs_count)}]
    if kind == "health":
        return [{"cluster": cluster.name, "status": "green", "node.total": "1", "node.data": "1"}]
    return None


def text_table(rows: Sequence[Mapping[str, str]], *, with_heading: bool) -> str:
    """Columns padded to their widest value, with a line break after each row."""
    if not rows:
        return ""
    heading = [{name: name for name in rows[0]}] if with_heading else []
    shown = [*heading, *rows]
    widths = {name: max(len(row[name]) for row in shown) for name in rows[0]}
    return "".join(" ".join(_pad(name, row[name], widths[name]) for name in row).rstrip() + "\n" for row in shown)


def human_size(size: int) -> str:
    """`1.2tb`: powers of 1024 with at most one decimal, as Elasticsearch writes sizes."""
    value, unit = float(size), "b"
    for larger in _UNITS:
        if value < _KIBI:
            break
        value, unit = value / _KIBI, larger
    return f"{value:.1f}".removesuffix(".0") + unit


def _pad(name: str, value: str, width: int) -> str:
    return value.rjust(width) if name.startswith(_RIGHT) else value.ljust(width)


def _cell(index: Index, name: str, *, in_bytes: bool) -> str:
    value = _known(index)[name]
    return value if in_bytes or not name.endswith("store.size") else human_size(int(value))


def _known(index: Index) -> dict[str, str]:
    return {
        "health": "green",
        "status": "open",
        "index": index.name,
        "uuid": index.uuid,
        "pri": "5",
        "rep": "0",
        "docs.count": str(index.docs_count),
        "docs.deleted": "0",
        "store.size": str(index.size_bytes),
        "pri.store.size": str(index.size_bytes),
        "creation.date": str(index.created_ms),
        "creation.date.string": index.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
    }
