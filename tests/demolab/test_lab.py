"""The lab over real loopback sockets, asked by the standard library's own clients."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from leakguard.demolab import lab as lab_module
from leakguard.demolab.asks import Sort
from leakguard.demolab.lab import BACKEND, DECOY, OPEN, PAGE, PROTECTED, REDIS, DemoLab
from leakguard.errors import LeakGuardError

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def lab() -> Iterator[DemoLab]:
    with DemoLab() as running:
        yield running


def ask(lab: DemoLab, server: str, path: str, method: str = "GET") -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of one request."""
    address, port = lab.endpoints[server]
    connection = http.client.HTTPConnection(address, port, timeout=30)
    try:
        connection.request(method, path)
        reply = connection.getresponse()
        return reply.status, reply.read(), {name.lower(): value for name, value in reply.getheaders()}
    finally:
        connection.close()


def ask_json(lab: DemoLab, server: str, path: str) -> Any:  # noqa: ANN401  (JSON holds anything)
    return json.loads(ask(lab, server, path)[1])


def ask_redis(lab: DemoLab, data: bytes) -> bytes:
    """What Redis answers until it closes the connection."""
    with socket.create_connection(lab.endpoints[REDIS], timeout=30) as connection:
        connection.sendall(data)
        parts = []
        while part := connection.recv(4096):
            parts.append(part)
        return b"".join(parts)


def test_every_server_listens_on_loopback_and_the_decoy_on_an_address_of_its_own(lab: DemoLab) -> None:
    addresses = {name: address for name, (address, _) in lab.endpoints.items()}

    assert addresses.pop(DECOY) == "127.0.0.9"
    assert addresses == dict.fromkeys((OPEN, PROTECTED, REDIS, PAGE, BACKEND), "127.0.0.1")


def test_the_open_server_answers_like_a_6_7_1_of_spring_2019(lab: DemoLab) -> None:
    status, body, headers = ask(lab, OPEN, "/")

    assert status == 200
    assert "x-elastic-product" not in headers
    assert json.loads(body)["version"]["number"] == "6.7.1"
    assert json.loads(body)["version"]["lucene_version"] == "7.7.0"


def test_it_grows_from_7_to_8_4_terabytes_and_to_9_5_billion_documents(lab: DemoLab) -> None:
    before = ask_json(lab, OPEN, "/_stats/docs,store")["_all"]["primaries"]["store"]["size_in_bytes"]
    lab.grow()
    after = ask_json(lab, OPEN, "/_stats/docs,store")["_all"]["primaries"]
    lab.grow()

    assert before == 7_000_000_000_000
    assert after == {"docs": {"count": 9_500_000_000, "deleted": 0}, "store": {"size_in_bytes": 8_400_000_000_000}}
    assert ask_json(lab, OPEN, "/_count")["count"] == 9_500_000_000


def test_the_twin_and_the_closed_server_ask_for_a_login_on_every_path(lab: DemoLab) -> None:
    assert ask(lab, OPEN, "/")[0] == 200
    lab.close_door()

    for server in (OPEN, PROTECTED):
        for path in ("/", "/_cat/indices", "/_search", "/nothing"):
            status, body, headers = ask(lab, server, path)
            assert status == 401
            assert headers["www-authenticate"] == 'Basic realm="security" charset="UTF-8"'
            assert json.loads(body)["error"]["type"] == "security_exception"


def test_reading_a_record_is_possible_and_leaves_a_trace(lab: DemoLab) -> None:
    """Otherwise the demo's claim that nobody read one would prove nothing."""
    body = ask(lab, OPEN, "/zimbra-mta-2019.05.19/_search?size=1")[1]
    reply = ask_redis(lab, b"GET session:1\r\nQUIT\r\n")

    assert lab.canary.encode() in body
    assert lab.canary.encode() in reply
    assert [(seen.server, seen.method) for seen in lab.asked(Sort.READS_RECORDS)] == [(OPEN, "GET"), (REDIS, "GET")]


def test_looking_leaves_no_trace_of_reading_and_meets_no_canary(lab: DemoLab) -> None:
    pages = [ask(lab, OPEN, path)[1] for path in ("/", "/_cat/indices", "/_mapping", "/_stats", "/_count", "/none")]
    pages.append(ask_redis(lab, b"PING\r\nINFO\r\nDBSIZE\r\nQUIT\r\n"))

    assert lab.canary.encode() not in b"".join(pages)
    assert lab.asked(Sort.READS_RECORDS) == lab.asked(Sort.WRITES) == lab.asked(Sort.LOGS_IN) == ()
    assert len(lab.requests) == 10


def test_a_write_is_refused_and_kept_in_the_log(lab: DemoLab) -> None:
    status = ask(lab, OPEN, "/zimbra-mta-2019.05.19", "DELETE")[0]

    assert status == 405
    assert [seen.method for seen in lab.asked(Sort.WRITES)] == ["DELETE"]
    assert ask_json(lab, OPEN, "/_count")["count"] > 0


def test_a_kept_connection_answers_again_and_again(lab: DemoLab) -> None:
    address, port = lab.endpoints[DECOY]
    connection = http.client.HTTPConnection(address, port, timeout=30)
    counts = []
    for _ in range(3):
        connection.request("GET", "/_count")
        counts.append(json.loads(connection.getresponse().read())["count"])
    connection.close()

    assert counts == [48_211] * 3


def test_stopping_closes_open_connections_and_may_be_called_twice() -> None:
    lab = DemoLab()
    lab.start()
    with socket.create_connection(lab.endpoints[REDIS], timeout=30) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(100) == b"+PONG\r\n"
        lab.stop()
        lab.stop()

        try:
            rest = connection.recv(100)
        except ConnectionResetError:
            rest = b""
        assert rest == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(lab.endpoints[REDIS], timeout=30)


def test_a_lab_that_was_never_started_can_be_stopped() -> None:
    lab = DemoLab()

    lab.stop()

    assert lab.endpoints == {}


def test_a_machine_without_the_decoys_address_gets_a_sentence_and_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """192.0.2.1 is reserved for documentation, so no machine has it and the bind fails."""
    monkeypatch.setattr(lab_module, "DECOY_HOME", "192.0.2.1")
    lab = DemoLab()

    with pytest.raises(LeakGuardError, match=r"cannot listen on 127\.0\.0\.1 and 192\.0\.2\.1") as caught:
        lab.start()
    assert "Linux" in caught.value.next_step
    lab.stop()


def test_more_connections_than_the_cap_are_closed_at_once(lab: DemoLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab_module, "CONNECTIONS_CAP", 1)
    with socket.create_connection(lab.endpoints[REDIS], timeout=30) as first:
        first.sendall(b"PING\r\n")
        assert first.recv(100) == b"+PONG\r\n"
        with socket.create_connection(lab.endpoints[REDIS], timeout=30) as second:
            try:
                answer = second.recv(100)
            except ConnectionResetError:
                answer = b""

    assert answer == b""


def test_a_caller_that_resets_the_connection_disturbs_nobody(lab: DemoLab) -> None:
    with socket.create_connection(lab.endpoints[OPEN], timeout=30) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.sendall(b"GET / HT")

    assert ask(lab, OPEN, "/")[0] == 200
