"""The main promise, on real servers: LeakGuard tells open from protected, states sizes, and takes nothing away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.catalogue import wanted_names
from lab.conftest import Scan, had, leakguard, write_scope
from lab.model import CANARY, Lab, records_of
from lab.recipes.objects import BUCKETS
from lab.recorder import conversations
from lab.said import only_read

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.timeout(1000)]

SERVERS = tuple(
    name for name in wanted_names() if name not in {"versitygw", "fake-gcs-open", "azurite-open", "swift-open"}
)
"""Object stores are asked by the names of their buckets; the second and third at their providers' own hosts only."""
NOT_TRIED = {"mariadb-root-open", "postgresql-one-open"}
"""Open by an account that may exist, which is never tried."""
NO_SAFE_QUESTION = {"orthanc-dicom-open", "orthanc-dicom-default-protected"}
"""Only a question that reads records would tell an open one from another."""
REACHES_NOTHING = {"redis-exporter-blind-protected", "redis-greets-protected"}
"""Nothing can be read of it now, and nobody knows of later, or by which key."""
SAYS_NO_SIZE = {
    "nats-open", "jupyter-open", "yarn-open", "hazelcast-open", "phpmyadmin-open", "flower-open",
    "flower-proxied-open", "syncthing-open", "syncthing-proxied-open", "adminer-open", "adminer-proxied-open",
    "superset-open", "superset-proxied-open", "laravel-open",
    "marimo-open", "radicale-open", "haproxy-open", "monit-open", "transmission-open", "node-red-open",
    "caddy-admin-open", "glances-open", "dagster-open", "ray-open",
    "n8n-unclaimed-open", "json-server-read-only-open", "git-daemon-open",
    "mosquitto-one-open", "pymodbus-open", "pymodbus-nameless-open", "asyncua-open",
    "mcp-open", "mcp-stateless-open", *NOT_TRIED, *NO_SAFE_QUESTION,
}  # fmt: skip
"""NATS tells a client nothing of what its streams keep (its monitoring page does), Jupyter no
sums of its folders, YARN keeps nothing, Flower has no worker here, and Hazelcast's maps are not asked for."""
SHOWS_NAMES_ONLY = {
    "nats-monitoring-open", "hazelcast-open", "orientdb-open", "orientdb-proxied-open", "redis-exporter-open",
    "elasticsearch-7-cat-open", "tgt-chap-open", "nbd-server-open", "nbdkit-open", "nfs-open", "haproxy-open",
    "n8n-unclaimed-open", "cups-private-open", "pymodbus-open",
    "pymodbus-nameless-open", "asyncua-open", "mcp-open", "mcp-stateless-open",
}  # fmt: skip
EXPOSED = {"exposed", "partially_exposed"}


def outcomes(findings: list[Mapping[str, Any]]) -> list[str]:
    return [finding["outcome"] for finding in findings]


@pytest.mark.parametrize("name", SERVERS)
def test_open_is_told_from_protected(lab: Lab, scan: Scan, name: str) -> None:
    server = had(lab, name)
    findings = scan.of(server)

    if name in NOT_TRIED:
        assert [finding["reason_code"] for finding in findings] == ["accounts_not_tried"]
    elif name in NO_SAFE_QUESTION:
        assert [finding["reason_code"] for finding in findings] == ["no_safe_question"]
    elif name in REACHES_NOTHING:
        assert outcomes(findings) == ["inconclusive"]
    elif server.form == "open":
        wanted = "partially_exposed" if name in SHOWS_NAMES_ONLY else "exposed"
        found = {finding["datastore"] for finding in findings if finding["outcome"] == wanted}
        assert found == {server.datastore}, findings
    else:
        assert not EXPOSED & set(outcomes(findings)), findings
        assert "not_exposed" in outcomes(findings), findings


@pytest.mark.parametrize("name", [name for name in SERVERS if name.endswith("-open") and name not in SAYS_NO_SIZE])
def test_a_finding_states_the_size_that_the_server_states(lab: Lab, scan: Scan, name: str) -> None:
    server = had(lab, name)
    sizes = [finding["size"] or {} for finding in scan.of(server) if finding["outcome"] in EXPOSED]

    if server.records is not None:
        assert [size["records"] for size in sizes] == [server.records]
    else:
        assert any(size.get(unit) for size in sizes for unit in ("records", "bytes", "collections")), sizes


@pytest.mark.parametrize("bucket", BUCKETS, ids=lambda bucket: bucket.name)
def test_a_bucket_is_open_when_strangers_may_list_it(lab: Lab, scan: Scan, bucket: Any) -> None:  # noqa: ANN401  (the recipe's)
    findings = scan.of(had(lab, "versitygw"), bucket.name)

    assert outcomes(findings) == ["exposed" if bucket.form == "open" else "not_exposed"], findings
    if bucket.form == "open":
        assert findings[0]["size"]["records"] == 1
        assert findings[0]["size"]["bytes"] > len(str(records_of(bucket.name))) // 2


def test_the_exit_code_says_that_something_is_exposed(scan: Scan) -> None:
    assert scan.code == 1, scan.stderr


def test_no_record_of_any_server_appears_anywhere(scan: Scan) -> None:
    left = {path: path.read_bytes() for path in scan.folder.rglob("*") if path.is_file()}

    assert Path(scan.folder / "store.db") in left
    assert CANARY not in scan.stdout
    assert CANARY not in scan.stderr
    assert [path for path, data in left.items() if CANARY.encode() in data] == []


def test_nothing_but_reading_leaves_for_a_server(lab: Lab, scan: Scan) -> None:
    said = {server.name: conversations(scan.logs / f"{server.name}.jsonl") for server in lab.running}

    assert all(said.values())
    wrong = [(name, one[:200]) for name, all_said in said.items() for one in all_said if not only_read(one)]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "code"), [("redis-open", 1), ("redis-protected", 0), ("elasticsearch-7-protected", 0)]
)
def test_one_server_scanned_by_hand_gives_its_own_exit_code(lab: Lab, tmp_path: Path, name: str, code: int) -> None:
    server = had(lab, name)
    write_scope(tmp_path, lab)

    done = leakguard(tmp_path, "scan", server.target, "--scope", "scope.yaml")

    assert done.returncode == code, done.stdout + done.stderr
    assert CANARY not in done.stdout + done.stderr
