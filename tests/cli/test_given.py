"""What is given and empty, such as an unset variable of a script, never means "everything"."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.scan_commands import ScanCommands, scan_commands

SCAN = ("--resume", "--targets", "--checks", "--ports", "--rate", "--per-host", "--timeout", "--vantage", "--aws",
        "--aws-region", "--metrics", "--scope", "--store", "--mutes", "--from-nmap", "--output")  # fmt: skip
WATCH = ("--targets", "--checks", "--ports", "--rate", "--per-host", "--vantage", "--scope", "--store", "--every")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize(
    "words",
    [
        *(("scan", option, "") for option in SCAN),
        *(("scan", "--dry-run", option, "") for option in ("--resume", "--targets", "--checks")),
        *(("watch", "--once", option, "") for option in WATCH),
        ("scan", "run", "--resume="),
        ("scan", "127.0.0.1:9200", ""),
        ("--store", "", "scan"),
        ("scan", "--from-nmap", "some.xml", "--from-nmap", ""),
        ("scan", "show", ""),
        ("scan", "verify", "F-1", ""),
        ("scan", "mute", "", "--reason", "r", "--owner", "o", "--until", "2027-01-01"),
        ("incident", "open", "--finding", ""),
        ("export", "elasticsearch", "--to-file", "bulk.ndjson", "--run", ""),
        ("export", "elasticsearch", "--to-file", "bulk.ndjson", "--incident", ""),
    ],
    ids=" ".join,
)
def test_an_empty_text_is_refused_before_anything_is_probed_or_kept(
    words: tuple[str, ...], leakguard: ScanCommands
) -> None:
    ran = leakguard(*words)

    assert (ran.code, ran.out) == (2, "")
    assert "was given an empty text\nNext: Write what you mean" in ran.err
    assert leakguard.world.network.opened == []
    assert {each.name for each in leakguard.folder.iterdir()} == {"scope.yaml"}


@pytest.mark.parametrize(
    "words",
    [
        ("scan", "--checks", ","), ("scan", "--checks", "redis_open,"), ("watch", "--once", "--checks", ","),
        ("scan", "--aws", ","), ("scan", "--aws", "prod", "--aws-region", " , "), ("scan", "--rate", " "),
        ("scan", "--resume", " "), ("scan", "--targets", " "),
    ],
    ids=" ".join,
)  # fmt: skip
def test_commas_and_spaces_alone_are_refused_too(words: tuple[str, ...], leakguard: ScanCommands) -> None:
    ran = leakguard(*words)

    assert (ran.code, ran.out) == (2, "")
    assert leakguard.world.network.opened == []
