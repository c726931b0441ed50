"""`leakguard scan --from-...`: the file of another tool becomes targets in one command, as far as the scope goes."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.cli.scan.imports import open_import
from leakguard.errors import BadFile
from leakguard.scanning.imports.json_values import JsonValues
from leakguard.use_cases.scans.import_targets import JSON_READERS
from support.fake_prober import FakeProber, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import statuses

SHODAN = "\n".join(
    json.dumps({"ip_str": address, "port": 9200, "transport": "tcp", "data": "canary-banner-77aa"})
    for address in ("127.0.0.1", "127.0.0.2", "198.51.100.1")
)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.network = FakeProber(
        servers={"127.0.0.1:9200": store_server(), "127.0.0.2:9200": store_server(locked=True)}
    )
    return commands


def stdin(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))


@pytest.mark.parametrize("is_packed", [False, True])
def test_what_a_file_names_inside_the_scope_is_scanned_and_the_rest_is_counted(
    leakguard: ScanCommands, *, is_packed: bool
) -> None:
    text = SHODAN.encode()
    (leakguard.folder / "ours.json").write_bytes(gzip.compress(text) if is_packed else text)

    ran = leakguard("scan", "--from-shodan", "ours.json", "--format", "json")

    assert ran.code == 1
    assert ran.document["endpoints"] == statuses(exposed=1, protected=1)
    assert "1 endpoint outside the scope `campus-2026`: left out." in ran.err
    assert "2 endpoints taken over." in ran.err
    assert "canary" not in ran.out + ran.err


def test_several_files_and_stdin_are_joined(leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch) -> None:
    (leakguard.folder / "ours.json").write_text(SHODAN, encoding="utf-8")
    stdin(monkeypatch, b'[{"ip": "127.0.0.3", "ports": [{"port": 1, "proto": "tcp", "status": "open"}]},\n]')

    ran = leakguard("scan", "--from-shodan", "ours.json", "--from-masscan", "-", "--dry-run")

    assert ran.code == 0
    assert "3 endpoints taken over." in ran.err


def test_nmap_is_read_too_and_says_what_it_left(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scan.xml").write_text(
        '<nmaprun><host><address addr="127.0.0.1" addrtype="ipv4"/><ports><port protocol="udp" portid="53"/>'
        '<port protocol="tcp" portid="9200"><state state="open"/></port></ports></host>',
        encoding="utf-8",
    )

    ran = leakguard("scan", "--from-nmap", "scan.xml", "--format", "jsonl")

    assert ran.code == 1
    assert "scan.xml: the file ends in the middle" in ran.err
    assert "scan.xml: 1 entry without an open TCP port." in ran.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"ip_str": "198.51.100.1", "port": 9200}', "names 1 endpoint, and none is in the scope"),
        ('{"some": "thing"}', "names no open TCP port"),
        ("canary", "no JSON"),
    ],
)
def test_a_file_without_anything_to_scan_never_means_the_whole_scope(
    leakguard: ScanCommands, text: str, says: str
) -> None:
    (leakguard.folder / "ours.json").write_text(text, encoding="utf-8")

    ran = leakguard("scan", "--from-shodan", "ours.json")

    assert ran.code == 2
    assert says in ran.err
    assert leakguard.world.network.asked == []
    assert "canary" not in ran.err


def test_a_file_that_is_not_there_is_said_so(leakguard: ScanCommands) -> None:
    assert "No such file" in leakguard("scan", "--from-nmap", "none.xml").err


def test_plain_lists_come_from_a_pipe(leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"127.0.0.1:9200\n127.0.0.2:9200  # the locked one\n")

    ran = leakguard("scan", "-", "--format", "json")

    assert ran.document["endpoints"] == statuses(exposed=1, protected=1)


@pytest.mark.parametrize("value", [b"{}\n", b"0,", b'{"ip": ""}\n'])
def test_a_small_archive_of_millions_of_values_that_name_nothing_is_refused_at_the_first_thousand(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, value: bytes
) -> None:
    """Two thousand members of gzip, of seventy bytes each, kept a processor busy for a minute."""
    (leakguard.folder / "ours.json.gz").write_bytes(gzip.compress(value * 10_000) * 200)
    read: list[object] = []

    def reading(value: object) -> Iterator[None]:
        read.append(value)
        yield from ()

    monkeypatch.setitem(JSON_READERS, "shodan", reading)

    ran = leakguard("scan", "--from-shodan", "ours.json.gz")

    assert ran.code == 2
    assert "more than 1,000 values that can name no port" in ran.err
    assert len(read) <= 1000


def test_a_number_that_goes_on_for_many_pieces_is_read_a_few_times_and_not_once_a_piece(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[int] = []

    class Counting(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[object, int]:
            looks.append(idx)
            return super().raw_decode(s, idx)

    monkeypatch.setattr("leakguard.scanning.imports.json_values.json.JSONDecoder", Counting)
    pieces = ["1.", *["1" * 1000] * 500, ' {"port": 9200, "ip_str": ""}']

    assert len(list(JsonValues(pieces, "ours.json"))) == 2
    assert len(looks) < 30


def test_a_bomb_and_a_broken_archive_end_with_an_error(tmp_path: Path) -> None:
    packed = gzip.compress(b"x" * 10_000)
    (tmp_path / "bomb.gz").write_bytes(packed)
    (tmp_path / "broken.gz").write_bytes(packed[:-9])

    with (
        open_import(str(tmp_path / "bomb.gz"), most_bytes=100) as stream,
        pytest.raises(BadFile, match="more than 100"),
    ):
        stream.read(1000)
    with open_import(str(tmp_path / "broken.gz")) as stream, pytest.raises(BadFile, match="to its end"):
        stream.read()
