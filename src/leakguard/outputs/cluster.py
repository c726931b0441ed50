"""The owner's view of one cluster, for a person and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

from leakguard.models.clusters import ClusterSeen
from leakguard.models.moments import to_z
from leakguard.outputs.terminal import Column, Table
from leakguard.outputs.words import byte_words, count_words, printable
from leakguard.sensitivity.masks import shown_name
from leakguard.use_cases.owners.own_cluster import OwnIndex

_SETTINGS = (Column(heading="SAFE"), Column(heading="SETTING", is_whole=True), Column(heading="TOLD", gives_way=1))
_INDICES = (
    Column(heading="INDEX", is_whole=True), Column(heading="RECORDS", is_number=True, gives_way=1),
    Column(heading="BYTES", is_number=True, gives_way=2), Column(heading="SINCE", gives_way=4),
    Column(heading="FIELDS", is_number=True, gives_way=3), Column(heading="KINDS OF DATA", gives_way=5),
)  # fmt: skip
_MARKS = {True: "yes", False: "NO", None: "?"}


def cluster_parts(seen: ClusterSeen, indices: Sequence[OwnIndex]) -> Iterator[str | Table]:
    """What keeps strangers out, the unsafe settings in colour, and what the cluster holds."""
    nodes = "node" if seen.node_count == 1 else "nodes"
    yield f"{printable(seen.name)}, version {printable(seen.version) or 'unknown'}, {seen.node_count} {nodes}"
    settings = [
        (
            Text(_MARKS[setting.is_safe], style="bold red" if setting.is_safe is False else ""),
            setting.name,
            printable(setting.told),
        )
        for setting in seen.settings
    ]
    yield Table(columns=_SETTINGS, rows=tuple(settings))
    yield Table(columns=_INDICES, rows=tuple(map(_row, indices)))


def _row(own_index: OwnIndex) -> tuple[str, ...]:
    since = own_index.seen.created_at
    return (
        shown_name(own_index.seen.name), count_words(own_index.seen.records), byte_words(own_index.seen.bytes),
        f"{since:%Y-%m-%d}" if since else "unknown",
        f"{len(own_index.seen.fields):,}{'+' if own_index.seen.is_cut else ''}",
        ", ".join(_kinds(own_index)),
    )  # fmt: skip


def _kinds(index: OwnIndex) -> list[str]:
    return list(dict.fromkeys(category.category for category in index.data.categories)) if index.data else []


def cluster_json(seen: ClusterSeen, indices: Sequence[OwnIndex]) -> dict[str, Any]:
    """The document `leakguard.cluster/1`."""
    return {
        "schema": "leakguard.cluster/1",
        "name": seen.name,
        "cluster_id": seen.id,
        "version": seen.version,
        "nodes": seen.node_count,
        "settings": [
            {"name": setting.name, "safe": setting.is_safe, "told": setting.told} for setting in seen.settings
        ],
        "not_permitted": list(seen.not_permitted),
        "indices_left_out": seen.left_out,
        "indices": [_index_json(index) for index in indices],
    }


def _index_json(index: OwnIndex) -> dict[str, Any]:
    seen, data = index.seen, index.data
    return {
        "name": shown_name(seen.name),
        "records": seen.records,
        "bytes": seen.bytes,
        "created_at": to_z(seen.created_at) if seen.created_at else None,
        "fields": [{"name": shown_name(name), "type": kind} for name, kind in seen.fields],
        "fields_cut": seen.is_cut,
        "categories": [
            {"category": category.category, "where": category.where, "by": category.by}
            for category in (data.categories if data else ())
        ],
        "sensitive": [
            {
                "category": sensitive.category,
                "standard": sensitive.standard,
                "version": sensitive.version,
                "class": sensitive.data_class,
            }
            for sensitive in (data.sensitive if data else ())
        ],
    }
