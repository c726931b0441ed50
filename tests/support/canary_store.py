"""An open Elasticsearch in a process of its own, full of invented people whose values nobody else knows.

`python -m support.canary_store SEED` prints its port; each value is made of the seed, so that a test that looks for
them in another process need not hold them itself before it looks.
"""

from __future__ import annotations

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HITS = 20


def canary(seed: str) -> str:
    """A word that stands nowhere but in the store's documents."""
    return f"canary{hashlib.sha256(seed.encode()).hexdigest()[:24]}"


def documents(seed: str) -> list[dict[str, object]]:
    """The documents of the index `people`."""
    word = canary(seed)
    return [
        {"email": f"{word}@example.org", "sfz": "11010519491231002X", "note": f"about {word}", f"{word}@example.net": 1}
        for _ in range(HITS)
    ]


def answer(path: str, seed: str) -> object:
    """What an open node says."""
    if path == "/":
        version = {"number": "6.8.23", "lucene_version": "7.7.3"}
        return {"version": version, "tagline": "You Know, for Search", "cluster_uuid": "lab-canary"}
    if path.startswith("/_cat/indices"):
        return [{"index": "people", "docs.count": str(HITS), "pri.store.size": "70", "creation.date": "1558483200000"}]
    if path == "/_count":
        return {"count": HITS, "_shards": {"total": 1}}
    if path == "/_mapping":
        return {"people": {"mappings": {"properties": {"email": {"type": "keyword"}, "sfz": {"type": "keyword"}}}}}
    if "size=0" in path:
        return {"aggregations": {"n": {"value": 3}}}
    return {"hits": {"hits": [{"_source": each} for each in documents(seed)]}}


def main(seed: str) -> None:
    """Serve until the process is ended."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = json.dumps(answer(self.path, seed)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)  # noqa: T201  (the one who started it reads this)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1])
