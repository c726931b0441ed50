"""OpenMetrics of a running scan, as a monitor asks for them."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from leakguard.models.targets import Endpoint
from support.fake_prober import FakeProber, store_server
from support.scan_commands import scan_commands

ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
"""As Prometheus 2.50 asks."""


@pytest.mark.enable_socket
def test_a_monitor_that_asks_for_open_metrics_gets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    leakguard = scan_commands(tmp_path, monkeypatch, capsys)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    seen: list[tuple[str | None, str]] = []

    async def look(_: Endpoint) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/metrics", headers={"Accept": ACCEPT})
        answer = connection.getresponse()
        seen.append((answer.headers.get("Content-Type"), answer.read().decode()))
        connection.close()

    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()}, pause=look)
    assert leakguard("scan", "127.0.0.1:9200", "--metrics", f"127.0.0.1:{port}").code == 1

    content_type, text = seen[0]
    assert content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    families = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]  # (the library's own)
    kinds = {family.name: family.type for family in families}
    assert (kinds["leakguard_scan_running"], kinds["leakguard_scan_endpoints"]) == ("gauge", "counter")
