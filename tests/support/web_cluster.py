"""A stand-in for a cluster that answers as it is told to, by path; what it was asked is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from support.web_stands import served

OWN_NODE = {
    "version": "8.19.0",
    "http": {"bound_address": ["10.0.0.1:9200", "odd"]},
    "settings": {"xpack": {"security": {"enabled": "true", "http": {"ssl": {"enabled": "true"}}}}},
}


@dataclass(slots=True)
class WebCluster:
    """Answers by path, without its question mark; anything else is 404."""

    answers: dict[str, tuple[int, Any]]
    asked: list[str] = field(default_factory=list)


def a_cluster(**changes: tuple[int, Any]) -> WebCluster:
    """A cluster of one node with two indices of people."""
    properties = {
        "shenfenzheng": {"type": "keyword"},
        "contact": {"properties": {"email": {"type": "keyword", "fields": {"raw": {"type": "keyword"}}}}},
        "broken": 1,
    }
    answers: dict[str, tuple[int, Any]] = {
        "/": (200, {"cluster_uuid": "u-1", "version": {"number": "8.19.0"}}),
        "/_cluster/health": (200, {"cluster_name": "own", "number_of_nodes": 1}),
        "/_nodes": (200, {"nodes": {"n": OWN_NODE}}),
        "/_snapshot": (200, {"s3-a": {"type": "s3"}, "s3-b": {"type": "s3"}}),
        "/_cat/indices": (
            200,
            [
                {"index": "people", "docs.count": "41000", "store.size": "7", "creation.date": "1558483200000"},
                {"index": ".security-7", "docs.count": "3", "store.size": "9", "creation.date": "x"},
                {"index": None},
            ],
        ),
        "/people/_mapping": (200, {"people": {"mappings": {"properties": properties}}}),
    }
    return WebCluster({**answers, **{f"/{name.replace('__', '/')}": answer for name, answer in changes.items()}})


@contextmanager
def web_cluster(cluster: WebCluster) -> Iterator[str]:
    """Run it; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            cluster.asked.append(self.path)
            status, value = cluster.answers.get(urlsplit(self.path).path, (404, {}))
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with served(Handler) as url:
        yield url


def settings_of(told: Mapping[str, Any]) -> dict[str, bool | None]:
    """The settings of a JSON document by name."""
    return {one["name"]: one["safe"] for one in told["settings"]}
