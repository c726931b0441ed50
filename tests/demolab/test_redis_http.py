"""An HTTP request to the Redis-shaped server ends as it does with Redis: an error, then a closed connection."""

from __future__ import annotations

import socket

import pytest

from leakguard.demolab.lab import DemoLab


@pytest.mark.enable_socket
def test_http_sent_to_redis_reads_nothing_and_is_closed() -> None:
    """`GET / HTTP/1.1` has two arguments too many, and `Host:` is taken for an attack."""
    with DemoLab() as lab, socket.create_connection(lab.endpoints["redis"], timeout=30) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while piece := client.recv(4096):
            answer += piece

    assert answer.startswith(b"-ERR wrong number of arguments")
    assert lab.canary.encode() not in answer
