"""Brokers through TLS, as the documentation asks for: a whole scan comes through."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.real_fleet import TLS_BROKERS, expected, real_fleet, told

pytestmark = [pytest.mark.long, pytest.mark.enable_socket]


@pytest.mark.parametrize("name", sorted(TLS_BROKERS))
def test_a_fleet_scans_through_tls(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with real_fleet(name, tmp_path, monkeypatch, capsys) as fleet:
        fleet.start("campus")

        code, document = fleet.scan("--vantage", "campus")

        assert code == 1
        assert told(document) == expected(fleet.servers, ("campus",))
