"""A real web server that keeps what it is posted; the path says how it behaves.

`python -m support.hook_server LOG` prints its port.
`/503/N` refuses N times and then takes it, `/status/CODE` always answers so, `/redirect` points to `/status/200`,
`/slow` never answers, `/drip` sends one byte of a header now and then, `/flood` sends a body without an end.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.servers import SILENCE

REFUSED = 503
COUNTS: dict[str, int] = {}


class Hook(BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        with Path(sys.argv[1]).open("a", encoding="utf-8") as log:
            log.write(json.dumps({"path": self.path, "headers": dict(self.headers.items()), "body": body}) + "\n")
        COUNTS[self.path] = COUNTS.get(self.path, 0) + 1
        kind, _, number = self.path.partition("?")[0].strip("/").partition("/")
        with suppress(OSError):
            self.answer(kind, number)

    def do_GET(self) -> None:
        """A page, for whoever follows a redirect."""
        self.head(200)

    def answer(self, kind: str, number: str) -> None:
        """Behave as the path says."""
        if kind == "slow":
            time.sleep(SILENCE)
        elif kind == "drip":
            for _ in range(600):
                self.wfile.write(b"H")
                time.sleep(0.1)
        elif kind == "redirect":
            self.head(302, ("Location", "/status/200"))
        elif kind == "flood":
            self.head(200)
            while True:
                self.wfile.write(b"x" * 65536)
        elif kind == "status":
            self.head(int(number))
        else:
            self.head(REFUSED if COUNTS[self.path] <= int(number or 0) else 200)

    def head(self, status: int, *headers: tuple[str, str]) -> None:
        """Status and headers."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    print(server.server_address[1], flush=True)  # noqa: T201  (the parent reads it)
    server.serve_forever()
