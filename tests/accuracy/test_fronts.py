"""A sample of the fronts of real networks, before two servers of the core set."""

from __future__ import annotations

from pathlib import Path

import pytest

from accuracy.fronts import STATES
from accuracy.scanning import LEAVE, measure_fronts, scan
from lab.conftest import lab_command, write_scope
from lab.model import Lab
from leakguard.frozen import replace

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.enable_socket, pytest.mark.timeout(1000)]
SAMPLE = ("etcd-open", "prometheus-open")


def test_open_servers_are_told_rightly_behind_every_front(tmp_path: Path) -> None:
    try:
        lab_command("start", str(tmp_path / "lab"), *SAMPLE)
        lab = Lab.read(tmp_path / "lab")
        assert lab is not None
        if lab.missing:
            pytest.skip(lab.missing[0].missing)
        sample = replace(lab, servers=tuple(server for server in lab.servers if server.name in SAMPLE))
        write_scope(tmp_path, sample, default_accounts=LEAVE)
        rows = measure_fronts(tmp_path, sample, scan(tmp_path, sample.running), group="core")
    finally:
        lab_command("stop", str(tmp_path / "lab"))

    assert {(row.server, row.state) for row in rows} == {(name, state) for name in SAMPLE for state in STATES}
    assert [(row.server, row.state, row.found) for row in rows if not row.is_right] == []
