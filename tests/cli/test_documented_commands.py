"""Every `leakguard` line of the documentation is run, in the order of its page, or is named here with the reason.

A line that is run ends as commands end that did their work: with 0, 1, 3 or 4, and never with 2 (refused) or 128 (a
bug). `PARSED` names those that are only parsed, which `tests/rules/test_docs.py` does for all; `REFUSED` those that
end with 2 here, with the reason.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.docs_parts import DOCS, ROOT, pages
from support.documented import COMMAND, Reader, copy_of, lines_of

pytestmark = [pytest.mark.long, pytest.mark.enable_socket, pytest.mark.timeout(1800)]

SERVES = "runs until it is stopped: "
ELSEWHERE = "asks a service that this machine does not have: "
PARSED = {
    "leakguard web": f"{SERVES}tests/web start it",
    "leakguard watchman run": f"{SERVES}tests/watchman start it",
    "leakguard --log-level info --log-format json --log-file leakguard.log watchman run": f"{SERVES}as above",
    "leakguard watch ": f"{SERVES}tests/cli/test_watch.py starts it",
    "leakguard watch": f"{SERVES}tests/cli/test_watch.py starts it",
    "leakguard demo": f"{SERVES}tests/cli/test_demo.py plays the same story",
    "leakguard drill run university-2019 --web": f"{SERVES}tests/web play a drill in the console",
    "leakguard drill run university-2019 --interactive": "asks on the terminal: tests/cli/test_drill.py answers",
    "leakguard clock watch": f"{SERVES}tests/cli/test_clock_watch.py starts it",
    "leakguard fleet": f"{ELSEWHERE}a broker; tests/fleet have real ones",
    "leakguard scan --vantage": f"{ELSEWHERE}a broker; tests/fleet have real ones",
    "leakguard scan verify F-1a2b3c4d5e --vantage": f"{ELSEWHERE}a broker; tests/fleet have real ones",
    "leakguard scan --aws": f"{ELSEWHERE}AWS; tests/cli/test_scan_aws.py has a stand-in",
    "leakguard cluster show": f"{ELSEWHERE}a cluster; tests/cli/test_cluster.py has one",
    "leakguard export elasticsearch": f"{ELSEWHERE}a cluster; tests/cli/test_export.py has one",
    "leakguard report import --imap": f"{ELSEWHERE}a mailbox; tests/mailing have one",
}
"""By the beginning of a line: why it is only parsed."""
REFUSED: dict[str, str] = {}
PLAYED = {"tutorials/first-scan.md", "tutorials/first-incident.md"}
"""Pages that `test_tutorials` plays to the word, with what each line says."""
EMPTY = {"tutorials/first-drill.md", "how-to/run-a-drill.md"}
"""Pages that begin in an empty folder."""
PAGES = [
    page
    for page in pages()
    if lines_of(page) and str(page.relative_to(DOCS) if page.is_relative_to(DOCS) else "") not in PLAYED
]


def is_parsed(line: str) -> bool:
    return any(line.startswith(start) for start in PARSED)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A web server with a dump in it, at a port that the kernel gives."""
    root = tmp_path_factory.mktemp("website")
    (root / "backup.sql").write_text("-- MySQL dump 10.13\nCREATE TABLE customers (id INT, email TEXT);\n")
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(root)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    yield int(server.stdout.readline().partition("port ")[2].split()[0])
    server.terminate()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def world() -> dict[str, object]:
    """The prepared folder and its ids, once made."""
    return {}


@pytest.fixture
def reader(
    tmp_path: Path, port: int, world: dict[str, object], capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory,
) -> Reader:  # fmt: skip
    if not world:
        first = Reader(folder=tmp_path_factory.mktemp("world"), port=port, capsys=capsys, patch=monkeypatch)
        first.prepare()
        world |= {"folder": first.folder, "ids": first.ids}
    somebody = Reader(folder=tmp_path, port=port, capsys=capsys, patch=monkeypatch, ids=dict(world["ids"]))  # type: ignore[call-overload]
    copy_of(Path(str(world["folder"])), tmp_path)
    monkeypatch.chdir(tmp_path)
    return somebody


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_the_page_runs(page: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    if page.is_relative_to(DOCS) and str(page.relative_to(DOCS)).removeprefix("zh/") in EMPTY:
        empty = reader.folder / "empty"
        empty.mkdir()
        monkeypatch.chdir(empty)
    wrong = []
    for line in lines_of(page):
        if COMMAND.match(line) and is_parsed(line):
            continue
        code = reader.type(line)
        expected = {2} if line in REFUSED else {0, 1, 3, 4}
        if code not in expected:
            wrong.append((line, code, reader.said[-500:]))

    assert wrong == []


def test_what_is_only_parsed_or_refused_stands_on_a_page() -> None:
    lines = [line for page in pages() for line in lines_of(page)]

    assert [start for start in PARSED if not any(line.startswith(start) for line in lines)] == []
    assert set(REFUSED) - set(lines) == set()


def test_most_lines_are_run() -> None:
    lines = [line for page in pages() for line in lines_of(page) if COMMAND.match(line)]

    assert lines
    assert sum(map(is_parsed, lines)) < len(lines) / 4
    assert all(shlex.split(start) for start in PARSED)
