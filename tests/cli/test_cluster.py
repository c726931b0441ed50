"""`leakguard cluster show`, as the owner types it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from leakguard.outputs.words import printable
from leakguard.owners.elasticsearch import owner_view
from support.hostile_words import TRICKS
from support.scan_commands import ScanCommands, scan_commands
from support.web_cluster import OWN_NODE, a_cluster, settings_of, web_cluster

pytestmark = pytest.mark.enable_socket
CANARY = "canary-secret-3f21"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("LEAKGUARD_ES_USER", "owner")
    monkeypatch.setenv("LEAKGUARD_ES_PASSWORD", CANARY)
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.names["127.0.0.1"] = ("127.0.0.1",)
    return commands


def test_an_index_is_told_with_its_kinds_of_data_by_standard_and_version(leakguard: ScanCommands) -> None:
    with web_cluster(a_cluster()) as url:
        ran = leakguard("cluster", "show", "--url", url, "--format", "json")
    people = ran.document["indices"][1]

    assert ran.code == 0
    assert people["name"] == "people"
    assert {one["category"] for one in people["categories"]} >= {
        "identification_number.cn_resident_id",
        "contact.email",
    }
    assert all(one["standard"] and one["version"] for one in people["sensitive"])
    assert settings_of(ran.document)["a login is asked for"] is True
    assert CANARY not in ran.out + ran.err


def test_indices_that_are_left_out_are_counted_and_the_look_is_not_finished(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner_view, "MOST_INDICES", 1)
    with web_cluster(a_cluster()) as url:
        ran = leakguard("cluster", "show", "--url", url)
        document = leakguard("cluster", "show", "--url", url, "--format", "json").document

    assert ran.code == 3
    assert "Not shown: 1 index is beyond the most that are read" in ran.err
    assert (len(document["indices"]), document["indices_left_out"]) == (1, 1)


def test_the_table_says_what_is_not_safe_and_the_exit_code_too(leakguard: ScanCommands) -> None:
    open_node = {**OWN_NODE, "settings": {"xpack": {"security": {"enabled": "false"}}}}
    with web_cluster(a_cluster(_nodes=(200, {"nodes": {"n": open_node}}))) as url:
        ran = leakguard("cluster", "show", "--url", url)

    assert ran.code == 1
    assert "NO    a login is asked for" in ran.out
    assert "identification_number.cn_resident_id" in ran.out


@pytest.mark.parametrize("url", ["search.example.edu:9200", "https://", "ftp://127.0.0.1", "http://[::1"])
def test_what_is_no_url_is_told_as_that(leakguard: ScanCommands, url: str) -> None:
    """It was looked up as a name without a letter, which has no address."""
    ran = leakguard("cluster", "show", "--url", url)

    assert ran.code == 2
    assert "https://search.example.edu:9200" in ran.err


@pytest.mark.parametrize("trick", [trick for trick in TRICKS.values() if printable(trick) == trick])
def test_a_name_of_an_index_is_a_text_in_the_table(leakguard: ScanCommands, trick: str) -> None:
    indices = [{"index": trick, "docs.count": "1", "store.size": "7", "creation.date": "1558483200000"}]
    health = {"cluster_name": trick, "number_of_nodes": 1}
    cluster = a_cluster(_cat__indices=(200, indices), _cluster__health=(200, health))
    cluster.answers[f"/{quote(trick, safe='')}/_mapping"] = (200, {})
    with web_cluster(cluster) as url:
        ran = leakguard("cluster", "show", "--url", url)

    assert ran.out.count(trick.strip()) == 2


def test_what_was_not_permitted_is_told_and_the_look_unfinished(leakguard: ScanCommands) -> None:
    with web_cluster(a_cluster(people___mapping=(403, {}))) as url:
        ran = leakguard("cluster", "show", "--url", url)

    assert ran.code == 3
    assert "Not permitted, so not known: /INDEX/_mapping" in ran.err


@pytest.mark.parametrize(
    ("address", "says"),
    [("192.0.2.9", "is not in the scope"), ("", "the name has no address\nNext: Check the name")],
)
def test_a_cluster_outside_the_scope_is_not_asked_anything(leakguard: ScanCommands, address: str, says: str) -> None:
    leakguard.world.names["search.example.org"] = (address,) if address else ()
    ran = leakguard("cluster", "show", "--url", "https://search.example.org:9200")

    assert ran.code == 2
    assert says in ran.err


def test_a_name_of_an_index_that_is_a_value_is_never_shown(leakguard: ScanCommands) -> None:
    secret = "mary.canary@example.edu"
    rows = [{"index": secret, "docs.count": "1", "store.size": "1", "creation.date": "1"}]
    cluster = a_cluster(_cat__indices=(200, rows))
    cluster.answers[f"/{secret}/_mapping"] = (200, {})
    with web_cluster(cluster) as url:
        shown = [leakguard("cluster", "show", "--url", url, *more) for more in ((), ("--format", "json"))]

    assert not [ran for ran in shown if secret in ran.out + ran.err]
