"""The export on real clusters: findings reach them twice and are there once, from Elasticsearch 6 to OpenSearch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from lab.conftest import contents_to_oneself, leakguard, plain_environment, write_scope
from lab.model import Lab

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.enable_socket]


@pytest.mark.parametrize("name", ["elasticsearch-6-open", "elasticsearch-7-open", "opensearch-open"])
def test_a_repeated_export_changes_nothing_on_a_real_cluster(lab: Lab, tmp_path: Path, name: str) -> None:
    server = next((one for one in lab.running if one.name == name), None)
    if server is None and os.environ.get("CI") != "true":
        pytest.skip(f"{name} could not be had")
    assert server is not None
    base, prefix = f"http://127.0.0.1:{server.port}", f"leakguard-{os.getpid()}"
    write_scope(tmp_path, lab)
    leakguard(tmp_path, "scan", f"127.0.0.1:{server.port}", "--scope", "scope.yaml")
    leakguard(tmp_path, "incident", "open", "--title", "An open cluster")
    words = ("export", "elasticsearch", "--url", base, "--index-prefix", prefix, "--format", "json")
    with contents_to_oneself():
        try:
            first, again = (json.loads(leakguard(tmp_path, *words).stdout) for _ in range(2))
            ask("POST", f"{base}/{prefix}-*/_refresh")
            count = ask("GET", f"{base}/{prefix}-*/_count")["count"]
            found = ask("GET", f"{base}/{prefix}-findings/_search?q=event.kind:alert")["hits"]["hits"]
        finally:
            for index in ("findings", "events"):
                ask("DELETE", f"{base}/{prefix}-{index}")

    assert (first["new"], first["known"], first["failed"]) == (count, 0, 0)
    assert (again["new"], again["known"], again["failed"]) == (0, count, 0)
    assert [one["_source"]["rule"]["id"] for one in found] == [f"{server.datastore}_open"]


def ask(method: str, url: str) -> dict[str, Any]:
    """Ask the lab's own server, as its owner."""
    request = urllib.request.Request(url, method=method)  # noqa: S310  (loopback)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        value: dict[str, Any] = json.loads(answer.read())
    return value


@pytest.mark.parametrize("name", ["elasticsearch-6-open", "elasticsearch-7-open", "opensearch-open"])
def test_the_owner_of_a_real_cluster_sees_its_indices_by_kinds_of_data(lab: Lab, tmp_path: Path, name: str) -> None:
    server = next((one for one in lab.running if one.name == name), None)
    if server is None and os.environ.get("CI") != "true":
        pytest.skip(f"{name} could not be had")
    assert server is not None
    write_scope(tmp_path, lab)
    url = f"http://127.0.0.1:{server.port}"
    words = ("cluster", "show", "--url", url, "--scope", "scope.yaml", "--format", "json")
    ran = subprocess.run(
        [sys.executable, "-m", "leakguard", *words], cwd=tmp_path, env=plain_environment("src"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    (customers,) = (one for one in json.loads(ran.stdout)["indices"] if one["name"] == "customers")

    assert ran.returncode == 1  # it lets its owner in without a login, and everybody else
    assert customers["records"] == server.records
    assert "contact.email" in {one["category"] for one in customers["categories"]}
