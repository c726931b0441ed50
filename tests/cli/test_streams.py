"""A full disk or a closed file behind a stream of ours: never a bug, never a verdict, and never the end of a scan."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from leakguard.store.sql_store import SqlStore
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens, make_record
from support.scans import SCOPE_TEXT

FULL = Path("/dev/full")
pytestmark = [pytest.mark.long, pytest.mark.skipif(not FULL.exists(), reason="this machine has no /dev/full")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a scope of loopback addresses, and a store with one run."""
    (tmp_path / "scope.yaml").write_text(SCOPE_TEXT, encoding="utf-8")
    opening = make_record("run_started", {"targets": [], "ports": [], "checks": [], "vantage": "local"})
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as kept:
        kept.append("R-1", [opening])
        kept.save_findings("R-1", [make_finding(f"F-{number}") for number in range(60)], {})
    return tmp_path


def ended(folder: Path, words: str, streams: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """How `leakguard WORDS STREAMS` ends in a shell, with these variables."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
    command = f"exec {sys.executable} -m leakguard {words} {streams}"
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "words",
    ["scan show", "scan show R-1", "scan show R-1 --format jsonl", "scan show R-1 --format html", "scan diff R-1 R-1",
     "checks list", "--help", "--version"],
)  # fmt: skip
def test_a_result_that_the_disk_does_not_take_is_no_verdict(words: str, folder: Path) -> None:
    done = ended(folder, words, ">/dev/full")

    assert done.returncode == 3
    assert done.stderr.startswith("Error: the result could not be written to stdout: No space left on device\nNext: ")
    assert "Exception" not in done.stderr


def test_what_the_disk_did_not_take_is_not_tried_again_at_the_end(folder: Path) -> None:
    """From Python 3.13 on it was, and a trace stood before the message; in its development mode, before that too."""
    done = ended(folder, "scan show", ">/dev/full", PYTHONDEVMODE="1")

    assert done.stderr.startswith("Error: the result could not be written to stdout: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-"])
@pytest.mark.parametrize(
    ("words", "code"), [("scan show R-1", 1), ("scan show R-2", 2), ("scan --nonsense", 2), ("scan 192.0.2.1", 2)]
)
def test_a_remark_that_nobody_can_take_changes_nothing(words: str, code: int, streams: str, folder: Path) -> None:
    spoken, silenced = ended(folder, words), ended(folder, words, streams)

    assert spoken.returncode == silenced.returncode == code
    assert silenced.stdout == spoken.stdout


@pytest.mark.parametrize("progress", ["auto", "line", "json", "live"])
@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-"])
def test_a_scan_goes_on_without_its_progress(progress: str, streams: str, folder: Path) -> None:
    done = ended(folder, f"scan 127.0.0.1:1 --format json --progress {progress}", streams)

    assert done.returncode == 0
    assert '"interrupted": false' in done.stdout


def test_a_closed_stdout_leads_nowhere(folder: Path) -> None:
    done = ended(folder, "scan show R-1", ">&-")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Run R-1: ")


def test_a_closed_stdin_is_an_empty_one(folder: Path) -> None:
    done = ended(folder, "scan --targets -", "<&-")

    assert done.returncode == 2
    assert "no target is in stdin" in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize("words", ["scan show R-1 --format csv", "duties show cn-pipl-57-individuals"])
def test_a_result_in_a_file_is_the_same_whatever_the_locale_says(words: str, encoding: str, folder: Path) -> None:
    """What the encoding of a locale lacked ended a command as a bug, in the middle of its result."""
    usual, other = ended(folder, words, ">usual"), ended(folder, words, ">other", PYTHONIOENCODING=encoding)

    assert (other.returncode, other.stderr) == (usual.returncode, usual.stderr)
    assert (folder / "other").read_bytes() == (folder / "usual").read_bytes()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_what_comes_through_a_pipe_is_read_as_a_file_is(encoding: str, folder: Path) -> None:
    (folder / "assets.yaml").write_text(SCOPE_TEXT.replace("Example University", "示例大学"), encoding="utf-8")
    piped = ended(folder, "scope show --scope - --format json", "<assets.yaml", PYTHONIOENCODING=encoding)

    assert (piped.returncode, json.loads(piped.stdout)["organisation"]) == (0, "示例大学")


def test_a_terminal_gets_escaped_what_its_encoding_lacks(folder: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "leakguard", "duties", "show", "cn-pipl-57-individuals"]
    shown = subprocess.Popen(command, cwd=folder, env=environment, stdout=theirs)
    os.close(theirs)
    told = bytearray()
    with os.fdopen(ours, "rb", buffering=0) as terminal, suppress(OSError):  # Linux ends a closed one so
        while part := terminal.read(4096):
            told += part

    assert shown.wait() == 0
    assert b"name_zh: \\u53d7" in told
