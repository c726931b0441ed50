"""Serves the metrics of a running scan on loopback: one page, one reader at a time.

`prometheus-client` has a server too: it starts a thread for each reader, waits for a silent one for ever and answers
whatever name it is asked for by.
"""

from __future__ import annotations

import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from socketserver import TCPServer
from threading import Thread
from typing import Any, Self

from leakguard.errors import UsageProblem
from leakguard.models.targets import join_host_port
from leakguard.outputs.prometheus import CONTENT_TYPE, Collector, page_for

PATH = "/metrics"
_READER_SECONDS = 5.0
"""How long a reader may take; the next one waits so long at most."""


class MetricsServer(TCPServer):
    """Holds the last state and gives its page to whoever asks; a context manager."""

    allow_reuse_address = True

    def __init__(self, address: str, port: int) -> None:
        """Listen; raises `UsageProblem` when the port is taken. Port 0 takes a free one."""
        self.collector: Collector | None = None
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        try:
            super().__init__((address, port), _Page)
        except OSError as error:
            raise UsageProblem(
                f"{join_host_port(address, port)} cannot be listened on: {error.strerror}",
                next_step="Choose another port.",
            ) from error
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def where(self) -> str:
        """The address of the page."""
        address, port = self.server_address[:2]
        return f"http://{join_host_port(str(address), int(port))}{PATH}"

    def before(self) -> str:
        """Nothing: the page begins with the scan."""
        return ""

    def put(self, collector: Collector) -> None:
        """Replace the state."""
        self.collector = collector

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401  (the library's own)
        """A reader that hangs up is no news."""

    def __enter__(self) -> Self:
        """Serve from now on."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Page(BaseHTTPRequestHandler):
    timeout = _READER_SECONDS
    server_version, sys_version = "leakguard", ""
    server: MetricsServer

    def do_GET(self) -> None:
        if not _is_here(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.FORBIDDEN)
        elif self.path != PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._give(self.server.collector)

    do_HEAD = do_GET  # noqa: N815  (the library's name; a monitor may ask whether the page is there)

    def _give(self, collector: Collector | None) -> None:
        accept = self.headers.get("Accept", "")
        content_type, text = page_for(accept, collector) if collector is not None else (CONTENT_TYPE, "")
        page = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401  (the library's own)
        """Nothing: stderr belongs to the scan."""


def _is_here(host: str) -> bool:
    """Whether the reader asked for this machine: a web page elsewhere, under a name that leads here, did not."""
    name = host.rpartition(":")[0] if not host.endswith("]") and ":" in host else host
    try:
        return name == "localhost" or ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
