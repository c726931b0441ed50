"""A web server over TLS that gives out calendars; the path says how it behaves.

`python -m support.calendar_server LOG FOLDER` prints its port; FOLDER gets its certificate.
`/roster` is a calendar, `/latin` no UTF-8, `/status/CODE` that answer, `/redirect` points to `/roster`, `/slow` never
answers, `/drip` sends a byte now and then, `/flood` sends without an end.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.certificates import server_context
from support.servers import SILENCE

ROSTER = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


class Page(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self) -> None:
        with Path(sys.argv[1]).open("a", encoding="utf-8") as log:
            log.write(json.dumps({"path": self.path, "headers": dict(self.headers.items())}) + "\n")
        kind, _, number = self.path.partition("?")[0].strip("/").partition("/")
        with suppress(OSError):
            self.answer(kind, number)

    def answer(self, kind: str, number: str) -> None:
        """Behave as the path says."""
        if kind == "slow":
            time.sleep(SILENCE)
        elif kind == "redirect":
            self.head(302, ("Location", "/roster"))
        elif kind == "status":
            self.head(int(number))
        else:
            self.head(200)
            self.body(kind)

    def body(self, kind: str) -> None:
        """What follows the headers."""
        while kind == "flood":
            self.wfile.write(b"x" * 65536)
        while kind == "drip":
            self.wfile.write(b"x")
            time.sleep(0.1)
        self.wfile.write(b"\xe9" if kind == "latin" else ROSTER)

    def head(self, status: int, *headers: tuple[str, str]) -> None:
        """Status and headers."""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.socket = server_context(Path(sys.argv[2])).wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)  # noqa: T201  (the parent reads it)
    server.serve_forever()
