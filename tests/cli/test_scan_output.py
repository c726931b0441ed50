"""Where a result goes: into a file in one step, into a pipe as it comes, and never over what is no file."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.cli.writing import write_result
from leakguard.errors import UsageProblem
from leakguard.store.sql_store import SqlStore
from support.fake_prober import FakeProber, store_server
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens, make_record
from support.scan_commands import ScanCommands, scan_commands


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


def breaking() -> Iterator[str]:
    yield "half"
    raise KeyboardInterrupt


def test_a_file_is_the_old_one_until_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_text("old", encoding="utf-8")

    with pytest.raises(KeyboardInterrupt):
        write_result(breaking(), str(path))

    assert path.read_text(encoding="utf-8") == "old"
    write_result(["new ", "数据"], str(path))
    assert path.read_text(encoding="utf-8") == "new 数据"
    assert [each.name for each in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "link").symlink_to("real")

    write_result(["new"], str(tmp_path / "link"))

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == "new"


def test_a_named_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """So does `/dev/null`, which a careless rename would replace for everybody."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()

    write_result(["a\n", "b\n"], str(pipe))

    reader.join(timeout=30)
    assert got == ["a\nb\n"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("output", [None, "-"])
def test_without_a_file_it_goes_to_stdout(capsys: pytest.CaptureFixture[str], output: str | None) -> None:
    write_result(["a", "b\n"], output)

    assert capsys.readouterr().out == "ab\n"


@pytest.mark.parametrize("place", ["nowhere/out.json", "."])
def test_a_place_that_cannot_be_written_is_named_with_a_next_step(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be written") as refused:
        write_result(["x"], str(tmp_path / place))

    assert refused.value.next_step.startswith("Make its folder" if "/" in place else "Free the disk")


@pytest.mark.parametrize(
    "words", [(), ("--format", "html"), ("--explain", "--format", "json"), ("--dry-run",), ("--aws", "prod")], ids=str
)
@pytest.mark.parametrize("place", ["nowhere/out", "."])
def test_a_scan_tries_the_place_of_its_result_before_the_first_probe(
    leakguard: ScanCommands, words: tuple[str, ...], place: str
) -> None:
    targets = () if "--aws" in words else ("127.0.0.1:9200",)

    ran = leakguard("scan", *targets, *words, "-o", place)

    assert (ran.code, ran.out) == (2, "")
    assert f"{place} cannot be written" in ran.err
    assert leakguard.world.network.opened == []
    assert [each.name for each in leakguard.folder.iterdir()] == ["scope.yaml"]


@pytest.mark.parametrize("words", [(), ("--format", "json"), ("--format", "html"), ("--explain", "--format", "json")])
@pytest.mark.parametrize(("port", "code"), [(9200, 1), (9201, 3)])
def test_a_result_that_cannot_be_written_when_all_is_done_is_never_clean_and_hides_no_exposure(
    leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], port: int, code: int
) -> None:
    """As on a disk that was full by then."""
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": store_server()})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("leakguard.cli.writing.replacing", full)

    ran = leakguard("scan", f"127.0.0.1:{port}", *words, "-o", "out")

    assert (ran.code, ran.out) == (code, "")
    assert "out cannot be written: No space left on device" in ran.err
    run = leakguard("scan", "show").out.split()[0]
    assert f"leakguard scan show {run} -o FILE" in ran.err


def test_a_reader_who_leaves_ends_the_command_quietly(tmp_path: Path) -> None:
    """`| head -1` on a long result: no trace, no warning, and no verdict either."""
    store = tmp_path / "leakguard.db"
    opening = make_record("run_started", {"targets": [], "ports": [], "checks": [], "vantage": "local"})
    with closing(SqlStore.open(str(store), now=FakeClock(), token=Tokens())) as kept:
        kept.append("R-1", [opening])
        kept.save_findings("R-1", [make_finding(f"F-{number}") for number in range(600)], {})
    command = [sys.executable, "-m", "leakguard", "--store", str(store), "scan", "show", "R-1", "--format", "jsonl"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=-1, stderr=-1, env=environment, cwd=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b'{"access":')
        process.stdout.close()
        told = process.stderr.read()

    assert told == b""
    assert process.returncode == 3
