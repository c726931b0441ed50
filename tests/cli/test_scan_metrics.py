"""Metrics of a scan: in a file that is never half written, or on a page that this machine alone can read."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from leakguard.cli.scan.metrics import EVERY_SECONDS, Metrics, loopback
from leakguard.cli.scan.metrics_server import MetricsServer
from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.models.observations import Ending
from leakguard.models.scan_state import ScanState
from leakguard.models.targets import Endpoint
from leakguard.outputs.prometheus import OPEN_CONTENT_TYPE, Collector, MetricsInput, last_success_in, metrics_text
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import NOW, finding_of

RUNNING = MetricsInput(state=ScanState(planned=1, done=0), scope="campus-2026", version="0.1.0", is_running=True)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


@dataclass
class NotedShelf:
    """Notes what is put on it, and can be made to fail."""

    where: str = "a shelf"
    texts: list[str] = field(default_factory=list)
    is_full: bool = False

    def before(self) -> str:
        return ""

    def put(self, collector: Collector) -> None:
        if self.is_full:
            raise UsageProblem("no space left", next_step="Free the disk.")
        self.texts.append(metrics_text(collector))


def metrics_on(shelf: NotedShelf) -> Metrics:
    return Metrics(shelf=shelf, scope="campus-2026", now=lambda: 1_764_000_000.0)


def at(seconds: float) -> ScanState:
    return ScanState(planned=10, done=5, counts={"closed": 5}, elapsed_seconds=seconds)


def test_the_text_is_made_anew_every_few_seconds_and_at_the_end() -> None:
    shelf = NotedShelf()
    metrics = metrics_on(shelf)
    metrics.started(10)
    for tick in range(int(4 * 2 * EVERY_SECONDS) + 2):
        metrics.moved(at(tick / 4))
    metrics.found(finding_of())
    during = len(shelf.texts)
    metrics.finished()

    assert during == 4, "at once, with the first state, and twice on the way"
    assert "leakguard_scan_running 1.0\n" in shelf.texts[-2]
    assert "leakguard_scan_running 0.0\n" in shelf.texts[-1]
    assert last_success_in(shelf.texts[-1]) is None
    metrics.succeeded()
    assert last_success_in(shelf.texts[-1]) == 1_764_000_000.0


def test_a_disk_that_is_full_does_not_stop_a_scan() -> None:
    shelf = NotedShelf(is_full=True)
    metrics = metrics_on(shelf)
    metrics.started(10)
    metrics.finished()

    assert (shelf.texts, metrics.failure) == ([], "no space left")


def test_a_file_tells_the_end_and_the_last_success(leakguard: ScanCommands) -> None:
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})

    ran = leakguard("scan", "127.0.0.1:9200", "--metrics", "leakguard.prom")

    text = (leakguard.folder / "leakguard.prom").read_text()
    assert ran.code == 1
    assert "Metrics: leakguard.prom" in ran.err
    assert 'leakguard_scan_endpoints_total{standing="exposed"} 1.0\n' in text
    assert 'leakguard_scan_info{run="R-20261124-' in text
    assert 'scope="campus-2026"' in text
    assert "leakguard_scan_running 0.0\n" in text
    assert last_success_in(text) == NOW.timestamp()
    assert "127.0.0" not in text
    assert [path.name for path in leakguard.folder.iterdir() if path.name.endswith(".part")] == []


def test_a_run_without_a_clear_answer_keeps_the_last_success_of_an_earlier_one(leakguard: ScanCommands) -> None:
    file = leakguard.folder / "leakguard.prom"
    file.write_text("leakguard_scan_last_success_timestamp_seconds 1700000000\n")
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": Ending.FILTERED})

    assert leakguard("scan", "127.0.0.1:9200", "--metrics", str(file)).code == 3
    assert last_success_in(file.read_text()) == 1_700_000_000.0


def test_a_scan_that_is_refused_does_not_run_for_ever_in_its_file(leakguard: ScanCommands) -> None:
    assert leakguard("scan", "8.8.8.8", "--metrics", "leakguard.prom").code == 2

    assert "leakguard_scan_running 0.0\n" in (leakguard.folder / "leakguard.prom").read_text()


def test_a_file_that_cannot_be_written_is_told_before_the_scan(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", "--metrics", "missing/leakguard.prom")

    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert leakguard.world.network.asked == []


def test_a_file_that_can_no_longer_be_written_is_told_after_the_scan(leakguard: ScanCommands) -> None:
    folder = leakguard.folder / "metrics"
    folder.mkdir()

    async def gone(_: Endpoint) -> None:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        leakguard.world.network.pause = FakeProber().pause

    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()}, pause=gone)
    ran = leakguard("scan", "127.0.0.1:9200", "--metrics", "metrics/leakguard.prom")

    assert ran.code == 1
    assert "The metrics are not up to date" in ran.err


@pytest.mark.parametrize(
    "place", ["0.0.0.0:9477", "192.0.2.1:9477", "[::]:9477", "[2001:db8::1]:9477", ":9477", "example.edu:9477", "[]:1",
              "127.0.0.1:99999"]
)  # fmt: skip
def test_metrics_are_served_to_this_machine_alone(leakguard: ScanCommands, place: str) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", "--metrics", place)

    assert ran.code == 2
    assert "this machine alone" in ran.err
    assert leakguard.world.network.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.99", "::1", "localhost"])
def test_loopback_is_this_machine(address: str) -> None:
    assert loopback(address, 9477) == ("127.0.0.1" if address == "localhost" else address, 9477)


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    with MetricsServer("127.0.0.1", 0) as made:
        made.put(RUNNING)
        yield made


def fetched(
    server: MetricsServer, path: str = "/metrics", host: str | None = None, **more: str
) -> tuple[int, str, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.server_address[1]), timeout=10)
    connection.request("GET", path, headers={"Host": host} | more if host is not None else more)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), answer.headers.get("Content-Type")
    connection.close()
    return found


@pytest.mark.enable_socket
def test_the_page_tells_the_last_state(server: MetricsServer) -> None:
    assert fetched(server) == (200, metrics_text(RUNNING), "text/plain; version=0.0.4; charset=utf-8")
    server.put(replace(RUNNING, is_running=False))
    assert "leakguard_scan_running 0.0\n" in fetched(server)[1]
    assert fetched(server, "/")[0] == 404
    assert server.before() == ""


@pytest.mark.enable_socket
def test_a_page_without_a_state_yet_is_empty() -> None:
    with MetricsServer("127.0.0.1", 0) as made:
        assert fetched(made)[:2] == (200, "")


@pytest.mark.enable_socket
def test_who_asks_for_open_metrics_gets_them(server: MetricsServer) -> None:
    status, text, content_type = fetched(server, Accept="application/openmetrics-text; version=1.0.0")

    assert (status, content_type) == (200, OPEN_CONTENT_TYPE)
    assert text.endswith("# EOF\n")


@pytest.mark.enable_socket
def test_a_monitor_may_ask_whether_the_page_is_there(server: MetricsServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(server.server_address[1]), timeout=10)
    connection.request("HEAD", "/metrics")
    answer = connection.getresponse()

    assert (answer.status, answer.headers["Content-Length"], answer.read()) == (
        200,
        str(len(metrics_text(RUNNING))),
        b"",
    )
    connection.close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("host", ["evil.example", "192.0.2.1:9477", "", "127.0.0.1.evil.example:80", "["])
def test_a_web_page_elsewhere_cannot_read_it(server: MetricsServer, host: str) -> None:
    """A name of a stranger may lead to loopback, and a browser would ask for it."""
    assert fetched(server, host=host)[0] == 403


@pytest.mark.enable_socket
@pytest.mark.parametrize("host", ["localhost", "localhost:9477", "127.0.0.1:9477", "[::1]:9477", "[::1]"])
def test_every_name_of_this_machine_can_read_it(server: MetricsServer, host: str) -> None:
    assert fetched(server, host=host)[0] == 200


@pytest.mark.enable_socket
def test_a_reader_who_hangs_up_or_talks_nonsense_does_not_stop_the_page(server: MetricsServer) -> None:
    place = ("127.0.0.1", int(server.server_address[1]))
    for words in (b"", b"\x00\xff\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        with socket.create_connection(place, timeout=10) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            line.sendall(words)

    assert fetched(server)[0] == 200


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_told_before_the_scan(leakguard: ScanCommands, server: MetricsServer) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", "--metrics", f"127.0.0.1:{server.server_address[1]}")

    assert ran.code == 2
    assert "cannot be listened on" in ran.err


@pytest.mark.enable_socket
def test_the_page_is_there_while_the_scan_runs(leakguard: ScanCommands) -> None:
    with MetricsServer("127.0.0.1", 0) as free:
        port = int(free.server_address[1])
    seen: list[str] = []

    async def look(_: Endpoint) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/metrics")
        seen.append(connection.getresponse().read().decode())
        connection.close()

    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()}, pause=look)
    ran = leakguard("scan", "127.0.0.1:9200", "--metrics", f"127.0.0.1:{port}")

    assert ran.code == 1
    assert f"Metrics: http://127.0.0.1:{port}/metrics" in ran.err
    assert "leakguard_scan_running 1.0\n" in seen[0]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
