"""The tutorials, played as a reader plays them: line by line in one folder, against the web server that they start."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from leakguard.cli.main import run
from rules.docs_parts import DOCS
from support.documents_of_ours import typed_lines

pytestmark = pytest.mark.enable_socket
TUTORIALS = {
    lang: [DOCS / home / "tutorials" / name for name in ("first-scan.md", "first-incident.md")]
    for lang, home in {"en": "", "zh": "zh"}.items()
}
SERVER = "python3 -m http.server 8000 "
SHOWN_PORT, SHOWN_FINDING = "8000", "F-1a2b3c4d5e6f7089"
"""What the pages say in the place of a free port, and of the reader's own finding."""
STOPPED_BEFORE = "leakguard playbook done "
"""The page says in a sentence to stop the server; its step is finished behind that."""
OTHERWISE = {
    "leakguard scan 192.0.2.1": 2,
    "leakguard scan 127.0.0.1:8000": 1,
    "leakguard scan --explain 127.0.0.1:8000": 1,
    "leakguard incident close IR-2026-0001 --dry-run": 1,
}
"""The exit codes that the pages speak of; every other command ends with 0."""


@dataclass
class Reader:
    """Somebody who types line by line what a page says."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    port: str = ""
    finding: str = ""
    incident: str = ""
    server: subprocess.Popen[str] | None = None
    told: dict[str, str] = field(default_factory=dict)
    """What each command printed, by its line on the page."""

    def type(self, line: str) -> None:
        """One line, with the reader's own port and ids in it."""
        if line.startswith(SERVER):
            self.serve(line)
        elif line.startswith("leakguard "):
            self.play(line)
        else:
            subprocess.run(["bash", "-ec", line], cwd=self.folder, check=True)

    def serve(self, line: str) -> None:
        """The page's own web server, at a port that the kernel gives."""
        words = shlex.split(line.replace(SHOWN_PORT, "0"))[1:]
        self.server = subprocess.Popen(
            [sys.executable, "-u", *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.server.stdout is not None
        found = re.search(r"port (\d+)", self.server.stdout.readline())
        assert found
        self.port = found[1]

    def play(self, line: str) -> None:
        """A command of ours, which ends as the page says."""
        if line.startswith(STOPPED_BEFORE):
            self.stop()
        own = line.replace(SHOWN_PORT, self.port).replace(SHOWN_FINDING, self.finding)
        own = own.replace("IR-2026-0001", self.incident)
        code = run(["--no-color", *shlex.split(own)[1:]])
        said = self.capsys.readouterr()
        assert code == OTHERWISE.get(line, 0), (line, said.err)
        self.told[line] = said.out
        if line.startswith("leakguard scope init "):
            self.hurry()
        self.finding = next(iter(re.findall(r"F-[0-9a-f]{16}", said.out)), self.finding)
        self.incident = next(iter(re.findall(r"IR-\d{4}-\d{4}", said.out)), self.incident)

    def hurry(self) -> None:
        """A reader has ten minutes, a test has not: the server is our own."""
        scope = self.folder / "scope.yaml"
        scope.write_text(
            scope.read_text(encoding="utf-8").replace("per_host: 5/s", "per_host: 500/s"), encoding="utf-8"
        )

    def stop(self) -> None:
        """Ctrl-C in the second terminal."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)
            try:
                self.server.wait(60)
            finally:
                self.server.kill()
        if self.server is not None and self.server.stdout is not None:
            self.server.stdout.close()


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    somebody = Reader(folder=tmp_path, capsys=capsys)
    yield somebody
    somebody.stop()


@pytest.mark.parametrize("lang", TUTORIALS)
def test_a_reader_gets_through_both_tutorials_as_they_say(reader: Reader, lang: str) -> None:
    for page in TUTORIALS[lang]:
        for line in typed_lines(page):
            reader.type(line)

    assert "HIGH" in reader.told["leakguard scan 127.0.0.1:8000"]
    assert "database dumps" in reader.told["leakguard scan 127.0.0.1:8000"]
    assert "verifies" in reader.told["leakguard evidence verify"]
    assert "contain" in reader.told["leakguard playbook next IR-2026-0001"]
    assert "exposures" not in reader.told["leakguard incident close IR-2026-0001 --dry-run"]
    assert "remediation_verified" in reader.told["leakguard incident timeline IR-2026-0001"]
    assert "<script" not in (reader.folder / "report.html").read_text(encoding="utf-8")


def test_every_exit_code_that_the_pages_speak_of_belongs_to_one_of_their_lines() -> None:
    for tutorials in TUTORIALS.values():
        assert set(OTHERWISE) - {line for page in tutorials for line in typed_lines(page)} == set()
