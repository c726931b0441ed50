"""Fronts that speak HTTP/1.0 with odd heads, or say 429 after a few requests: `PORT=BEHIND=PLAIN=LIMIT...`."""

from __future__ import annotations

import http.client
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

SECONDS = 20.0
LEFT_OUT = frozenset({"content-length", "transfer-encoding", "connection", "server", "date", "keep-alive"})


class OddHandler(BaseHTTPRequestHandler):
    """Passes each request on, and answers without a reason, without a length, with names of headers in odd letters."""

    behind = 0
    plain = True
    limit = 0
    numbers = count(1)

    def log_message(self, *_words: object) -> None:
        """Says nothing."""

    def __getattr__(self, name: str) -> object:
        """Any method."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        if self.limit and next(self.numbers) > self.limit:
            page = b"<html><body>Too Many Requests</body></html>"
            self.wfile.write(
                b"HTTP/1.0 429 Too Many Requests\r\nRetry-After: 600\r\nContent-Type: text/html\r\n\r\n" + page
            )
            return
        status, headers, body = self._asked()
        head = [f"HTTP/1.0 {status}"] + [f"{name.swapcase()}:{value}" for name, value in headers]
        self.wfile.write("\r\n".join(head).encode("latin-1") + b"\r\nX-odd:\t  yes\r\n\r\n" + body)

    def _asked(self) -> tuple[int, list[tuple[str, str]], bytes]:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length) if length else None
        connection = self._connection()
        try:
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in {"host", "connection"}
            }
            connection.request(self.command, self.path, body=sent, headers={**headers, "Connection": "close"})
            answer = connection.getresponse()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in LEFT_OUT]
            return answer.status, kept, answer.read()
        except (OSError, http.client.HTTPException):
            return 502, [], b"bad gateway"
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        if self.plain:
            return http.client.HTTPConnection("127.0.0.1", self.behind, timeout=SECONDS)
        context = ssl._create_unverified_context()  # noqa: S323, SLF001  (the lab makes its own certificates)
        return http.client.HTTPSConnection("127.0.0.1", self.behind, timeout=SECONDS, context=context)


class OddServer(ThreadingHTTPServer):
    """Many ports in one process."""

    daemon_threads = True
    request_queue_size = 64


def main() -> None:
    """Serve until the end."""
    for word in sys.argv[1:]:
        port, behind, plain, limit = map(int, word.split("="))
        fields = {"behind": behind, "plain": bool(plain), "limit": limit, "numbers": count(1)}
        server = OddServer(("127.0.0.1", port), type("Handler", (OddHandler,), fields))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
