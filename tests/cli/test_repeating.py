"""Commands that are printed as the next step work where the command at hand did: on its store, within its scope."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from leakguard.cli.app import app
from leakguard.cli.repeating import repeating
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT

GIVEN = {"--store": "other place/s.db", "--scope": "our.yaml"}
STORE = "--store 'other place/s.db'"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("See: leakguard scan show R-1", f"See: leakguard scan show {STORE} R-1"),
        ("leakguard scan --resume R-1, or --wait", f"leakguard scan {STORE} --scope our.yaml --resume R-1, or --wait"),
        ("`leakguard scan` and `leakguard watch`",
         f"`leakguard scan {STORE} --scope our.yaml` and `leakguard watch {STORE} --scope our.yaml`"),
        ("`leakguard scope show` lists it", "`leakguard scope show --scope our.yaml` lists it"),
        ("See them: leakguard clock list --incident IR-1, leakguard duties list",
         f"See them: leakguard clock list {STORE} --incident IR-1, leakguard duties list"),
        ("Next:\n  leakguard playbook start IR-1", f"Next:\n  leakguard playbook start {STORE} IR-1"),
    ],
)  # fmt: skip
def test_each_command_names_what_was_given_and_what_it_knows(text: str, told: str) -> None:
    assert repeating(text, GIVEN, app) == told


@pytest.mark.parametrize(
    "text",
    [
        "leakguard duties list", "See `leakguard fleet --help`", "there is no leakguard here, and no scan",
        "leakguard scan show R-1 --store mine.db", "leakguard nothing", "my-leakguard scan show", "leakguard.db: empty",
    ],
)  # fmt: skip
def test_what_names_its_own_or_could_use_none_is_left_alone(text: str) -> None:
    assert repeating(text, GIVEN, app) == text


def test_nothing_is_repeated_where_nothing_was_given() -> None:
    assert repeating("leakguard scan show R-1", {}, app) == "leakguard scan show R-1"


@pytest.mark.parametrize("url", ["postgresql+psycopg://us:secret@db/x", "postgresql+psycopg://us@db/x?password=secret"])
def test_a_password_is_never_repeated(url: str) -> None:
    told = repeating("leakguard scan show R-1", {"--store": url}, app)

    assert "secret" not in told
    assert "--store 'postgresql+psycopg://us" in told


def test_what_is_no_url_at_all_is_not_repeated_as_one() -> None:
    assert repeating("leakguard scan show", {"--store": "://secret"}, app) == "leakguard scan show --store URL"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys, scope=None)
    commands.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})
    (tmp_path / "our scope.yaml").write_text(SCOPE_TEXT, encoding="utf-8")
    return commands


def run_printed(leakguard: ScanCommands, said: str, command: str) -> int:
    """Run the first printed line that begins with `command`, as somebody who pastes it does."""
    found = re.search(rf"leakguard {command}[^\n`]*", said)
    assert found is not None, said
    return leakguard(*shlex.split(found[0])[1:]).code


def test_a_printed_command_can_be_pasted(leakguard: ScanCommands) -> None:
    place = ("--store", "one/of our.db")
    (leakguard.folder / "one").mkdir()
    scan = leakguard("scan", "127.0.0.1:9200", "--scope", "our scope.yaml", *place)
    assert scan.code == 1

    assert run_printed(leakguard, leakguard("scan", "show", "R-none", *place).err, "scan show") == 0
    opened = leakguard(*place, "incident", "open", "--title", "x").err
    assert run_printed(leakguard, opened, "playbook start") == 0
    refused = leakguard("scan", "192.0.2.1", "--scope", "our scope.yaml", *place)
    assert run_printed(leakguard, refused.err, "scope show") == 0
    assert not (leakguard.folder / "leakguard.db").exists()


def test_a_watch_tells_machines_as_well_where_to_go_on(leakguard: ScanCommands) -> None:
    place = ("--store", "our.db", "--scope", "our scope.yaml")

    ran = leakguard("watch", "127.0.0.1:9200", "--once", "--format", "jsonl", *place)

    assert json.loads(ran.out)["next"].startswith("leakguard incident open --store our.db --finding F-")


def test_a_long_table_tells_how_to_see_the_rest_of_it(leakguard: ScanCommands) -> None:
    hosts = [f"127.0.0.{number}:9200" for number in range(11, 240)]
    leakguard.world.network = FakeProber(servers=dict.fromkeys(hosts, store_server()))

    ran = leakguard("scan", *hosts, "--scope", "our scope.yaml", "--store", "our.db")

    assert "leakguard scan show --store our.db R-" in ran.out
