"""Names of fields of real servers, in English and in pinyin, are classified by kind, standard and version.

The samples of the same servers tell counts, and none of the values that were planted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from lab.clients.web import Web
from lab.conftest import contents_to_oneself, had, leakguard, write_scope
from lab.model import CANARY, Lab, Server

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.enable_socket]

SEARCH = ("elasticsearch-7-open", "opensearch-open")
TABLES = ("postgresql-open", "mariadb-open", "clickhouse-open")
DOCUMENTS = ("ferretdb-open",)
PINYIN = {"shenfenzheng": {"type": "keyword"}, "shoujihao": {"type": "keyword"}, "jiatingdizhi": {"type": "text"}}
"""Added to the mapping of the lab's own index, which has no document with them: neither counts nor sizes change."""
ENGLISH = {"basic.name", "contact.email", "contact.phone"}


@pytest.fixture(scope="module")
def findings(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, Any]]:
    """One finding a server, by its name; also that nothing of what the servers hold was printed or kept."""
    servers = [one for one in lab.running if one.name in SEARCH + TABLES + DOCUMENTS]
    for server in servers:
        if server.name in SEARCH:
            mapped = Web(port=server.port).ask(
                "PUT", "/customers/_mapping", json.dumps({"properties": PINYIN}).encode()
            )
            assert mapped.status == 200, mapped.body
    folder = tmp_path_factory.mktemp("kinds")
    write_scope(folder, lab)
    scope = json.loads((folder / "scope.yaml").read_text(encoding="utf-8"))
    (folder / "scope.yaml").write_text(json.dumps({**scope, "sampling": "allowed"}), encoding="utf-8")
    words = ["--fields", "--sample", "20", "--format", "json"]
    with contents_to_oneself():
        done = leakguard(folder, "scan", *(one.target for one in servers), "--scope", "scope.yaml", *words)
    assert CANARY not in done.stdout + done.stderr
    assert [path.name for path in folder.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()] == []
    found = json.loads(done.stdout)["findings"]
    return {one.name: _of(one, found) for one in servers}


@pytest.fixture(autouse=True)
def _is_had(request: pytest.FixtureRequest, lab: Lab) -> None:
    """A test about a server that could not be had says so, instead of not finding what was found of it."""
    if "name" in request.fixturenames:
        had(lab, request.getfixturevalue("name"))


def _of(server: Server, found: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next(one for one in found if one["target"] == server.target and one["outcome"] == "exposed")


def wheres(finding: Mapping[str, Any], by: str = "field_name") -> dict[str, str]:
    return {one["where"].rpartition(" ")[2]: one["category"] for one in finding["categories"] if one["by"] == by}


@pytest.mark.parametrize("name", SEARCH)
def test_names_in_pinyin_are_classified_with_standard_and_version(
    findings: Mapping[str, Mapping[str, Any]], name: str
) -> None:
    told = wheres(findings[name])

    assert told["shenfenzheng"] == "identification_number.cn_resident_id"
    assert told["shoujihao"] == "contact.phone"
    assert told["jiatingdizhi"] == "contact.address"
    said = {(one["category"], one["standard"], one["version"]) for one in findings[name]["sensitive"]}
    assert ("identification_number.cn_resident_id", "GB/T 35273-2020 annex B", "2020") in said
    assert not [one for one in said if one[0] == "identification_number.cn_resident_id" and "45574" in one[1]]


@pytest.mark.parametrize("name", SEARCH + TABLES)
def test_names_in_english_are_classified(findings: Mapping[str, Mapping[str, Any]], name: str) -> None:
    assert {one["category"] for one in findings[name]["categories"]} >= ENGLISH


@pytest.mark.parametrize("name", SEARCH)
def test_people_are_bounded_and_the_exposure_is_no_older_than_the_data(
    findings: Mapping[str, Mapping[str, Any]], name: str
) -> None:
    finding = findings[name]

    assert 0 < finding["people"]["low"] <= finding["people"]["high"]
    assert finding["exposed_since"]["earliest"] < finding["exposed_since"]["latest"]


@pytest.mark.parametrize("name", [*SEARCH, *DOCUMENTS, "postgresql-open"])
def test_a_sample_of_a_real_server_is_counts(findings: Mapping[str, Mapping[str, Any]], name: str) -> None:
    finding = findings[name]

    assert wheres(finding, by="value")["email"] == "contact.email"
    assert "were read, counted by kind and dropped" in finding["sampled"]


@pytest.mark.parametrize("name", ["mariadb-open", "clickhouse-open"])
def test_a_server_that_nobody_can_sample_yet_says_so(findings: Mapping[str, Mapping[str, Any]], name: str) -> None:
    assert findings[name]["sampled"].startswith("not sampled")
